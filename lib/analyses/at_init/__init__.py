"""Pruning before training, and layer collapse."""

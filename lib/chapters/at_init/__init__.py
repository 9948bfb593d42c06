"""Pruning before training: layer collapse, and activation regions between images."""

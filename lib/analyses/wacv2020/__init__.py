"""Blakeney et al. (WACV 2020): does pruning keep representations, and is its structure any good?"""

"""Tartaglione et al. (ICANN 2020): where gradual pruning ends; minima, and what neurons say."""

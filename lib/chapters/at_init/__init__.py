"""The chapter on pruning before training."""

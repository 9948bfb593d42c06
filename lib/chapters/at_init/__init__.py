"""Pruning before training: layer collapse, and activation regions between images."""

EXPERIMENTS = tuple(f"vgg_svhn_{score}_to_collapse" for score in ("synflow", "magnitude", "random"))

"""The experiments of the chapter on pruning before training."""

from ...study.scales import THREE_NETWORKS

EXPERIMENTS = tuple(f"vgg_svhn_{score}_to_collapse" for score in ("synflow", "magnitude", "random"))

_THREE = dict.fromkeys(EXPERIMENTS, THREE_NETWORKS)
"""Pruned before training, an initial network has one mask, however often it is trained then."""

CHANGES = {"smoke": _THREE, "laptop": _THREE, "paper": _THREE}

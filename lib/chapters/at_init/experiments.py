"""The experiments of the chapter on pruning before training."""

from ...study.declarations import THREE_NETWORKS, Declared
from ..networks import AT_INIT

_TO_COLLAPSE = AT_INIT | {"pruning.levels": (0.1, 0.03, 0.01, 0.003, 0.001)}

VARIANTS: Declared = {
    "synflow_to_collapse": (
        "before training, by synaptic flow in 100 rounds, to one weight in a thousand",
        lambda e: _TO_COLLAPSE | {"pruning.score": "synflow", "pruning.rounds": 100},
    ),
    "magnitude_to_collapse": (
        "before training, by magnitude, to one weight in a thousand",
        lambda e: _TO_COLLAPSE | {"pruning.score": "magnitude"},
    ),
    "random_to_collapse": (
        "before training, at random, to one weight in a thousand",
        lambda e: _TO_COLLAPSE | {"pruning.score": "random"},
    ),
}

EXPERIMENTS = tuple(f"vgg_svhn_{name}" for name in VARIANTS)

_THREE = dict.fromkeys(EXPERIMENTS, THREE_NETWORKS)
"""Pruned before training, an initial network has one mask, however often it is then trained."""

CHANGES = {"smoke": _THREE, "laptop": _THREE, "paper": _THREE}

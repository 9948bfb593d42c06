"""The experiments of the chapter on pruning before training."""

from ...study.declarations import THREE_NETWORKS, VariantSpecs
from ..companion_recipes import AT_INIT

_TO_COLLAPSE = AT_INIT | {"pruning.levels": (0.1, 0.03, 0.01, 0.003, 0.001)}

VARIANTS: VariantSpecs = {
    f"{score}_to_collapse": (
        f"before training, {how}, to one weight in a thousand",
        lambda e, changes=changes | {"pruning.score": score}: _TO_COLLAPSE | changes,
    )
    for score, how, changes in (
        ("synflow", "by synaptic flow in 100 rounds", {"pruning.rounds": 100}),
        ("magnitude", "by magnitude", {}),
        ("random", "at random", {}),
    )
}

EXPERIMENTS = tuple(f"vgg_svhn_{name}" for name in VARIANTS)

_THREE = dict.fromkeys(EXPERIMENTS, THREE_NETWORKS)
"""Pruned before training, an initial network has one mask, however often it is then trained."""

CHANGES = {"smoke": _THREE, "laptop": _THREE, "paper": _THREE}

"""The experiments of the chapter on pruning before training."""

from collections.abc import Callable
from typing import Any

from ...study.declarations import THREE_NETWORKS, Declared, one_shot
from ...study.experiment import Experiment
from ..networks import AT_INIT


def _to_collapse(score: str, **more: Any) -> Callable[[Experiment], dict[str, Any]]:
    levels = (0.1, 0.03, 0.01, 0.003, 0.001)
    values = {"pruning.levels": levels, "pruning.score": score, **AT_INIT}
    values |= {f"pruning.{name}": value for name, value in more.items()}
    return lambda e: values


VARIANTS: Declared = {
    "synflow_at_init": (
        "before training, at once, by synaptic flow in 100 rounds",
        lambda e: {
            **one_shot(e),
            **AT_INIT,
            "pruning.score": "synflow",
            "pruning.rounds": 100,
        },
    ),
    "magnitude_at_init": (
        "before training, at once, by magnitude",
        lambda e: one_shot(e) | AT_INIT,
    ),
    "synflow_to_collapse": (
        "before training, by synaptic flow in 100 rounds, to one weight in a thousand",
        _to_collapse("synflow", rounds=100),
    ),
    "magnitude_to_collapse": (
        "before training, by magnitude, to one weight in a thousand",
        _to_collapse("magnitude"),
    ),
    "random_to_collapse": (
        "before training, at random, to one weight in a thousand",
        _to_collapse("random"),
    ),
}

EXPERIMENTS = tuple(f"vgg_svhn_{score}_to_collapse" for score in ("synflow", "magnitude", "random"))

_THREE = dict.fromkeys(EXPERIMENTS, THREE_NETWORKS)
"""Pruned before training, an initial network has one mask, however often it is then trained."""

CHANGES = {"smoke": _THREE, "laptop": _THREE, "paper": _THREE}

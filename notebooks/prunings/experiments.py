"""The experiments on other ways to prune, and on pruning before training.

The former are all from the same complete networks.
"""

from functools import partial
from typing import Any

from lib.pruning import LearningRateRewind
from lib.study.declarations import Chapter, Value, VariantSpecs
from lib.study.experiment import Experiment
from notebooks.shared.paper import HYPERPARAMETERS
from notebooks.shared.sizes import (
    LARGER,
    ONE_RUN,
    REGRESSION,
    THREE_NETWORKS,
    laptop,
    smoke,
    tiny,
)
from notebooks.shared.variants import AT_INIT

BASE_NETWORK = "vgg_svhn"

LEVELS = {"early": 1 / 2, "midway": 1 / 8, "late": 1 / 64}
"""Where the paper looks: which share of the weights is left."""

LATER_LEVELS = ("midway", "late")

BASE = "rewound"
"""The way of the paper at the pace of this chapter."""

CHANGED = ("fine_tune", "weight_rewind", "late_reset", "local", "filters", "random")
STEPWISE = (BASE, *CHANGED, "gradual")
"""Ways whose runs pass all levels; "gradual" is the way of the paper at its own pace."""


def ways(level: str) -> tuple[str, ...]:
    """The ways that have a network of their own at a level."""
    return (*STEPWISE, "one_shot", "accelerated") if level in LATER_LEVELS else STEPWISE


def experiment_name(way: str, level: str) -> str:
    """The experiment that has the networks of a way to prune at a level.

    Args:
        way: of `ways`.
        level: a key of `LEVELS`.
    """
    if way == "gradual":
        return BASE_NETWORK
    return f"{BASE_NETWORK}_{way}" if way in STEPWISE else f"{BASE_NETWORK}_{way}_{level}"


_HALVES = {"early": 1, "midway": 3, "late": 6}


def _halves(e: Experiment, level: str) -> int:
    return min(_HALVES[level], e.pruning.iterations // 2)


def _at_once(e: Experiment, level: str) -> dict[str, Any]:
    return {"pruning.levels": (0.5 ** _halves(e, level),)}


def _by_halves(e: Experiment, level: str = "late") -> dict[str, Any]:
    taken = {"pruning.iterations": _halves(e, level), "pruning.fraction": 0.5}
    return taken | {"pruning.retraining": LearningRateRewind()}


def _accelerated(e: Experiment, level: str) -> dict[str, Any]:
    return _by_halves(e, level) | {"pruning.short": max(e.recipe.epochs // 4, 1)}


VARIANTS: VariantSpecs = {
    "rewound": ("half of the weights at a time", _by_halves),
    "filters": (
        "in each layer the filters with the smallest L1 norm are removed",
        lambda e: {"pruning.granularity": "filter_l1", "pruning.scope": "local"},
    ),
} | {
    f"{name}_{level}": (f"{how}, to what is left {level} in pruning", partial(make, level=level))
    for name, how, make in (
        ("one_shot", "all at once", _at_once),
        ("accelerated", "by short re-trainings until the last", _accelerated),
    )
    for level in LATER_LEVELS
}
"""What no other chapter has; early in pruning, at once and accelerated would be the base itself."""

_OWN = dict.fromkeys(f"{BASE_NETWORK}_{name}" for name in (*CHANGED, *VARIANTS))

_NOTHING_ELSE = {
    path: Value(none, "the base has it, and the pages that read this do not need it")
    for path, none in {"permutations": 0, "also": (), "dimensions": False}.items()
}

_BY_HALVES = {
    path: Value(value, "a third of the training of the paper's pace")
    for path, value in {"pruning.iterations": _HALVES["late"], "pruning.fraction": 0.5}.items()
}

_LESS = dict.fromkeys(_OWN, _NOTHING_ELSE)
_LESS |= {f"{BASE_NETWORK}_{name}": _NOTHING_ELSE | _BY_HALVES for name in CHANGED}

_IN_TINY = {
    f"{BASE_NETWORK}_{name}": {"pruning.fraction": Value(0.2, REGRESSION)} for name in VARIANTS
}
_IN_TINY |= {
    f"{BASE_NETWORK}_one_shot_{at}": {"pruning.levels": Value((0.8,), REGRESSION)}
    for at in LATER_LEVELS
}

_BASE = {
    "smoke": smoke(0.25),
    "laptop": laptop(0.5, 24_000, 4, 0.1, **THREE_NETWORKS, **LARGER),
    "paper": THREE_NETWORKS,
    "tiny": tiny(0.125, **ONE_RUN),
}
"""Profile -> what changes in the paper's network, from which all of these are pruned."""

PRUNINGS = Chapter(
    name="prunings",
    experiments=(
        BASE_NETWORK,
        *_OWN,
        f"{BASE_NETWORK}_half_trained_as_long",
        f"{BASE_NETWORK}_independent",
    ),
    networks={BASE_NETWORK: HYPERPARAMETERS[BASE_NETWORK]},
    variants=VARIANTS,
    changes={
        profile: {BASE_NETWORK: base} | (_IN_TINY if profile == "tiny" else _LESS)
        for profile, base in _BASE.items()
    },
)

_TO_COLLAPSE = AT_INIT | {"pruning.levels": (0.1, 0.03, 0.01, 0.003, 0.001)}

_BEFORE_TRAINING: VariantSpecs = {
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
_TO_COLLAPSE_EXPERIMENTS = tuple(f"{BASE_NETWORK}_{name}" for name in _BEFORE_TRAINING)
_THREE = dict.fromkeys(_TO_COLLAPSE_EXPERIMENTS, THREE_NETWORKS)
"""Pruned before training, an initial network has one mask, however often it is then trained."""

BEFORE_TRAINING = Chapter(
    name="at_init",
    experiments=_TO_COLLAPSE_EXPERIMENTS,
    variants=_BEFORE_TRAINING,
    changes={"smoke": _THREE, "laptop": _THREE, "paper": _THREE},
)

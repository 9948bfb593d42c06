"""The experiments of the chapter on other ways to prune, all from the same complete networks."""

from functools import partial
from typing import Any

from ...settings import LearningRateRewind
from ...study.declarations import REGRESSION, ProfileOverride, VariantSpecs
from ...study.experiment import Experiment
from .ways import BASE_NETWORK, CHANGED, LATER_LEVELS, NEVER_PRUNED

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
    **{
        f"{name}_{level}": (
            f"{how}, to what is left {level} in pruning",
            partial(make, level=level),
        )
        for name, how, make in (
            ("one_shot", "all at once", _at_once),
            ("accelerated", "by short re-trainings until the last", _accelerated),
        )
        for level in LATER_LEVELS
    },
}
"""What no other chapter has; early in pruning, at once and accelerated would be the base itself."""

_OWN = dict.fromkeys(f"{BASE_NETWORK}_{name}" for name in (*CHANGED, *VARIANTS))
EXPERIMENTS = (BASE_NETWORK, *_OWN, NEVER_PRUNED, f"{BASE_NETWORK}_independent")

_NOTHING_ELSE = {
    path: ProfileOverride(
        none, "the main study has it, and the pages that read this do not need it"
    )
    for path, none in {"permutations": 0, "also": (), "dimensions": False}.items()
}

_BY_HALVES = {
    path: ProfileOverride(value, "a third of the training of the paper's pace")
    for path, value in {"pruning.iterations": _HALVES["late"], "pruning.fraction": 0.5}.items()
}

CHANGES = {
    "tiny": {
        f"{BASE_NETWORK}_{x}": {"pruning.fraction": ProfileOverride(0.2, REGRESSION)}
        for x in VARIANTS
    }
    | {
        f"{BASE_NETWORK}_one_shot_{at}": {"pruning.levels": ProfileOverride((0.8,), REGRESSION)}
        for at in LATER_LEVELS
    },
    **dict.fromkeys(
        ("smoke", "laptop", "paper"),
        dict.fromkeys(_OWN, _NOTHING_ELSE)
        | {f"{BASE_NETWORK}_{name}": _NOTHING_ELSE | _BY_HALVES for name in CHANGED},
    ),
}

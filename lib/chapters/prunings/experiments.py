"""The experiments of the chapter on other ways to prune, all from the same complete networks."""

from collections.abc import Callable
from typing import Any

from ...pruning import LearningRateRewind
from ...study.declarations import HOURS, Change, Declared, left
from ...study.experiment import Experiment

NETWORK = "vgg_svhn"

LEVELS = {"early": 3, "midway": 10, "late": 18}
"""Where the paper looks, and after how many iterations of 20 %: 51, 11 and 1.8 % are left. A study
with fewer iterations ends with its last."""


def _iterations(e: Experiment, level: str) -> int:
    return min(LEVELS[level], e.pruning.iterations)


def _at_once(level: str) -> Callable[[Experiment], dict[str, Any]]:
    return lambda e: {"pruning.levels": (left(e, _iterations(e, level)),)}


def _accelerated(level: str) -> Callable[[Experiment], dict[str, Any]]:
    return lambda e: {
        "pruning.iterations": _iterations(e, level),
        "pruning.retraining": LearningRateRewind(),
        "pruning.short": max(e.recipe.epochs // 4, 1),
    }


VARIANTS: Declared = {
    "rewound": (
        "the paper's way, on the matrices of the paper alone",
        lambda e: {"pruning.retraining": LearningRateRewind()},
    ),
    "never_pruned": (
        "trained again as often, but never pruned, on the matrices of the paper alone",
        lambda e: {"pruning.levels": (1.0,) * _iterations(e, "late")},
    ),
    "filters": (
        "in each layer the filters with the smallest L1 norm are removed",
        lambda e: {"pruning.granularity": "filter_l1", "pruning.scope": "local"},
    ),
    **{
        f"one_shot_{level}": (f"all at once, to what is left {level} in pruning", _at_once(level))
        for level in LEVELS
    },
    **{
        f"accelerated_{level}": (
            f"to what is left {level} in pruning, by re-trainings of a quarter of the epochs "
            "except the last",
            _accelerated(level),
        )
        for level in LEVELS
    },
}
"""What no other chapter has. At once and accelerated, there is no useful network on the way."""

PAPERS = "rewound"
"""The way of the paper."""

STEPWISE = (PAPERS, "fine_tune", "weight_rewind", "late_reset", "local", "filters", "random")
"""Ways whose runs pass all levels."""


def experiment(way: str, level: str) -> str:
    """The experiment that has the networks of a way to prune at a level.

    Args:
        way: of `STEPWISE`, "one_shot" or "accelerated".
        level: a key of `LEVELS`.
    """
    return f"{NETWORK}_{way}" if way in STEPWISE else f"{NETWORK}_{way}_{level}"


_OWN = dict.fromkeys(f"{NETWORK}_{name}" for name in (*STEPWISE, *VARIANTS))
EXPERIMENTS = (*_OWN, f"{NETWORK}_independent")

_NOTHING_ELSE = {
    "permutations": Change(0, "the chapter compares ways to prune, not metrics with chance"),
    "also": Change((), "the chapter compares ways to prune, not matrices"),
    "dimensions": Change(False, "the chapter compares ways to prune, not dimensions"),
}
_TO_A_FIFTIETH = {"pruning.iterations": Change(LEVELS["late"], HOURS)}

CHANGES = {
    "laptop": dict.fromkeys(_OWN, _NOTHING_ELSE)
    | {f"{NETWORK}_{name}": _NOTHING_ELSE | _TO_A_FIFTIETH for name in STEPWISE}
}

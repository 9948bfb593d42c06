"""The experiments of the chapter on other ways to prune, all from the same complete networks."""

from collections.abc import Callable
from typing import Any

from ...pruning import LearningRateRewind
from ...study.declarations import HOURS, Change, Declared, left
from ...study.experiment import Experiment

BASE = "vgg_svhn"

LEVELS = {"early": 3, "midway": 10, "late": 18}
"""Where the paper looks, and after how many iterations of 20 %: 51, 11 and 1.8 % are left. A study
with fewer iterations ends with its last."""


def _iterations(e: Experiment, level: str) -> int:
    return min(LEVELS[level], e.pruning.iterations)


def _one_shot(level: str) -> Callable[[Experiment], dict[str, Any]]:
    return lambda e: {"pruning.levels": (left(e, _iterations(e, level)),)}


def _accelerated(level: str) -> Callable[[Experiment], dict[str, Any]]:
    return lambda e: {
        "pruning.iterations": _iterations(e, level),
        "pruning.retraining": LearningRateRewind(),
        "pruning.short": max(e.recipe.epochs // 4, 1),
    }


VARIANTS: Declared = {
    **{
        f"one_shot_{level}": (
            f"all at once, to what is left {level} in iterative pruning",
            _one_shot(level),
        )
        for level in LEVELS
    },
    **{
        f"accelerated_{level}": (
            f"to what is left {level} in iterative pruning, by re-trainings of a quarter of the "
            "epochs except the last",
            _accelerated(level),
        )
        for level in LEVELS
    },
}
"""Ways that have no useful network on the way, and so need a run for each level."""

STEPWISE = ("fine_tune", "weight_rewind", "late_reset", "local", "filters_l1", "random")
"""Ways whose runs pass all levels."""


def experiment(way: str, level: str) -> str:
    """The experiment that has the networks of a way to prune at a level.

    Args:
        way: of `STEPWISE`, "one_shot" or "accelerated"; empty for that of the paper.
        level: a key of `LEVELS`.
    """
    if not way:
        return BASE
    return f"{BASE}_{way}" if way in STEPWISE else f"{BASE}_{way}_{level}"


EXPERIMENTS = (
    BASE,
    *(f"{BASE}_{name}" for name in ("trained_on", "independent", *STEPWISE, *VARIANTS)),
)

_NOTHING_ELSE = {
    "permutations": Change(0, "the chapter compares ways to prune, not metrics with chance"),
    "also": Change((), "the chapter compares ways to prune, not matrices"),
    "dimensions": Change(False, "the chapter compares ways to prune, not dimensions"),
}
_TO_A_FIFTIETH = {"pruning.iterations": Change(LEVELS["late"], HOURS)}

CHANGES = {
    "laptop": {f"{BASE}_{name}": _NOTHING_ELSE | _TO_A_FIFTIETH for name in STEPWISE}
    | {f"{BASE}_{name}": _NOTHING_ELSE for name in VARIANTS}
}

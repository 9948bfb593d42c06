"""VGG_SVHN by the paper's recipe, and with half the channels, a quarter of the epochs, or both.

What pruning does to representations differed between small and large studies. Is that the width of
the networks or the length of their training? The experiment `vgg_svhn` of the main study and those
here are a grid: from cell to cell one of the two changes, and nothing else.
"""

from ...study.declarations import (
    LARGER,
    Hyperparameter,
    Hyperparameters,
    ProfileOverride,
    experiment_of,
    laptop,
    smoke,
    tiny,
)
from ...study.paper import HYPERPARAMETERS
from ...training import PiecewiseLinear
from ..companion_recipes import MAIN, SHARED, TINY_SCALE

PAPERS_CELL = "vgg_svhn"
NARROW = f"{PAPERS_CELL}_narrow"
SHORT = f"{PAPERS_CELL}_short"
NARROW_SHORT = f"{PAPERS_CELL}_narrow_short"
CELLS = (NARROW, SHORT, NARROW_SHORT)

_HALF_AS_WIDE = "ours: half of the paper's width"
_PAPERS = HYPERPARAMETERS[PAPERS_CELL]
_EPOCHS = _PAPERS["recipe.epochs"].value
_QUARTER = round(_EPOCHS / 4)
_FASTER = "ours: a quarter of the paper's epochs, with its decays where they were"


def _declared(name: str, narrow: bool, short: bool) -> Hyperparameters:
    changed = {
        "name": Hyperparameter(name, MAIN),
        "train_seeds": SHARED["train_seeds"],
        "prune_seeds": SHARED["prune_seeds"],
    }
    if narrow:
        changed["width"] = Hyperparameter(0.5, _HALF_AS_WIDE)
    if short:
        schedule = experiment_of(_PAPERS).recipe.compressed(_QUARTER).schedule
        changed["recipe.epochs"] = Hyperparameter(_QUARTER, _FASTER)
        changed["recipe.schedule.milestones"] = Hyperparameter(schedule.milestones, _FASTER)
    return _PAPERS | changed


NETWORKS: dict[str, Hyperparameters] = {
    NARROW: _declared(NARROW, narrow=True, short=False),
    SHORT: _declared(SHORT, narrow=False, short=True),
    NARROW_SHORT: _declared(NARROW_SHORT, narrow=True, short=True),
}

_ENDS_EARLY = "what networks are that had not finished training"


def _stopped(peak: float) -> dict[str, ProfileOverride]:
    """One epoch, in which the rate rises to the same peak and falls."""
    schedule = PiecewiseLinear((0, 0.25, 1), (0, peak, 0))
    return {
        "recipe.epochs": ProfileOverride(1, _ENDS_EARLY),
        "recipe.schedule": ProfileOverride(schedule, _ENDS_EARLY),
    }


_COMPARED_ON = {"probe.images": ProfileOverride(1000, "comparisons take far less time")}

CHANGES = {
    "smoke": {
        NARROW: smoke(0.125),
        SHORT: smoke(0.25) | _stopped(0.1),
        NARROW_SHORT: smoke(0.125) | _stopped(0.1),
    },
    "laptop": {
        NARROW: laptop(0.25, 24_000, 4, 0.1, **LARGER),
        SHORT: laptop(0.5, 24_000, 4, 0.1, **LARGER) | _stopped(0.1),
        NARROW_SHORT: laptop(0.25, 24_000, 4, 0.1, **LARGER) | _stopped(0.1),
    },
    "paper": dict.fromkeys(CELLS, _COMPARED_ON),
    "tiny": {
        NARROW: tiny(1 / 16, **TINY_SCALE),
        SHORT: tiny(1 / 8, **TINY_SCALE) | _stopped(0.05),
        NARROW_SHORT: tiny(1 / 16, **TINY_SCALE) | _stopped(0.05),
    },
}

EXPERIMENTS = tuple(f"{cell}{way}" for cell in CELLS for way in ("", "_trained_on"))

"""VGG_SVHN by the paper's recipe, and with half the channels, a quarter of the epochs, or both.

What pruning does to representations differed between small and large studies. Is that
the width of the networks or the length of their training? The experiment `vgg_svhn` of
the main study and those here are a grid: from cell to cell one of the two changes, and
nothing else.
"""

from lib.study.declarations import Chapter, Value, Values, experiment_of
from lib.study.paper import HYPERPARAMETERS, declared_again
from lib.study.scales import COMPARED_ON, LARGER, TINY_SCALE, laptop, smoke, stopped, tiny

PAPERS_CELL = "vgg_svhn"
NARROW_CELL, SHORT_CELL, NARROW_SHORT_CELL = OTHER_CELLS = (
    "vgg_svhn_half_recipe",
    "vgg_svhn_quarter_of_recipe",
    "vgg_svhn_half_quarter_of_recipe",
)
"""The cells of the grid."""

_HALF_AS_WIDE = "ours: half of the paper's width"
_PAPERS = HYPERPARAMETERS[PAPERS_CELL]
_EPOCHS = _PAPERS["recipe.epochs"].value
_QUARTER = round(_EPOCHS / 4)
_FASTER = "ours: a quarter of the paper's epochs, with its decays where they were"


def _declared(name: str, narrow: bool, short: bool) -> Values:
    changed = {}
    if narrow:
        changed["width"] = Value(0.5, _HALF_AS_WIDE)
    if short:
        schedule = experiment_of(_PAPERS).recipe.compressed(_QUARTER).schedule
        changed["recipe.epochs"] = Value(_QUARTER, _FASTER)
        changed["recipe.schedule.milestones"] = Value(schedule.milestones, _FASTER)
    return declared_again(PAPERS_CELL, name, changed)


CHAPTER = Chapter(
    name="width_and_length",
    experiments=tuple(f"{cell}{way}" for cell in OTHER_CELLS for way in ("", "_trained_as_long")),
    networks={
        NARROW_CELL: _declared(NARROW_CELL, narrow=True, short=False),
        SHORT_CELL: _declared(SHORT_CELL, narrow=False, short=True),
        NARROW_SHORT_CELL: _declared(NARROW_SHORT_CELL, narrow=True, short=True),
    },
    names={
        NARROW_CELL: ("vgg_svhn_half", "recipe"),
        SHORT_CELL: ("vgg_svhn", "quarter_of_recipe"),
        NARROW_SHORT_CELL: ("vgg_svhn_half", "quarter_of_recipe"),
    },
    changes={
        "smoke": {
            NARROW_CELL: smoke(0.125),
            SHORT_CELL: smoke(0.25) | stopped(1, 0.1),
            NARROW_SHORT_CELL: smoke(0.125) | stopped(1, 0.1),
        },
        "laptop": {
            NARROW_CELL: laptop(0.25, 24_000, 4, 0.1, **LARGER),
            SHORT_CELL: laptop(0.5, 24_000, 4, 0.1, **LARGER) | stopped(1, 0.1),
            NARROW_SHORT_CELL: laptop(0.25, 24_000, 4, 0.1, **LARGER) | stopped(1, 0.1),
        },
        "paper": dict.fromkeys(OTHER_CELLS, COMPARED_ON),
        "tiny": {
            NARROW_CELL: tiny(1 / 16, **TINY_SCALE),
            SHORT_CELL: tiny(1 / 8, **TINY_SCALE) | stopped(1, 0.05),
            NARROW_SHORT_CELL: tiny(1 / 16, **TINY_SCALE) | stopped(1, 0.05),
        },
    },
)

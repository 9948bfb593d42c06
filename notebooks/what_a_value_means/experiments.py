"""VGG_SVHN by the paper's recipe, and with half the channels, a quarter of the epochs, or both.

What pruning does to representations differed between small and large studies. Is that
the width of the networks or the length of their training? The experiment `vgg_svhn` of
the chapter `prunings` and those here are a grid: from cell to cell one of the two
changes, and nothing else.

The pace
--------
The paper removes a fifth of the weights twenty times; in four steps of two thirds, or in one,
as many weights are left. Does the pace matter? The rule was committed before the networks of
`BY_PACE` were trained: VGG_SVHN with a quarter of the channels and of the epochs, pruned to
1.2 % of its weights in twenty steps, in four and in one, from the same three originals. More
steps are also more training, which this does not separate.

The pace costs accuracy if the interval over networks of the difference, more steps minus fewer,
lies above 0.5 points. It is visible in relative similarity if the interval of that difference
lies beyond a tenth of the scale on either side, and not visible if it lies within, for each of
the four metrics; relative similarity is of means over hidden layers. Twenty steps are compared
with four, and four with one. Expected, as in rule (g) of `notebooks/layers/experiments.py`: four
steps cost accuracy, and are not visible in relative similarity.
"""

from collections.abc import Callable

from lib.study.declarations import Chapter, Value, Values, experiment_of
from lib.training import PiecewiseLinear
from notebooks.shared.paper import HYPERPARAMETERS, declared_again
from notebooks.shared.sizes import (
    COMPARED_ON,
    LARGER,
    SMALL,
    TINY_SIZE,
    in_four_steps,
    laptop,
    smoke,
    tiny,
)

_CELLS = {
    "vgg_svhn_half_recipe": (0.5, False),
    "vgg_svhn_quarter_of_recipe": (1.0, True),
    "vgg_svhn_half_quarter_of_recipe": (0.5, True),
}
"""Cell of the grid -> its width, the paper's being 1, and whether a training is short."""

_PACES = {
    "vgg_svhn_quarter_twenty_steps": "twenty_steps",
    "vgg_svhn_quarter_four_steps": "four_steps",
}
BY_PACE = (*_PACES, "vgg_svhn_quarter_four_steps_one_shot")
"""The experiments that come to 1.2 % of the weights in twenty prunings, in four, and in one."""

LAST = (20, 10, 4, 2, 1)
"""Their last prunings; those of the digits have half as many.

Each experiment is compared after all of these that it has, so twenty steps also after 1, 2, 4 and
10, which no page reads: the names of published jobs contain a digest of this tuple.
"""

_NETWORKS = _CELLS | dict.fromkeys(_PACES, (0.25, True))

_FASTER = "ours: a quarter of the paper's epochs, with its decays where they were"
_LATER = "ours: an analysis compares the kept networks"
_COMPARED_LATER = {
    "also": Value((), _LATER),
    "dimensions": Value(False, _LATER),
    "permutations": Value(0, _LATER),
}


def _declared(name: str, width: float, short: bool) -> Values:
    changed = {}
    if width < 1:
        changed["width"] = Value(width, "ours: slimmer than the paper's")
    if short:
        whole = experiment_of(HYPERPARAMETERS["vgg_svhn"]).recipe
        recipe = whole.compressed(round(whole.epochs / 4))
        changed["recipe.epochs"] = Value(recipe.epochs, _FASTER)
        changed["recipe.schedule.milestones"] = Value(recipe.schedule.milestones, _FASTER)
    if name in _PACES:
        changed |= _COMPARED_LATER
    if name.endswith("four_steps"):
        changed |= in_four_steps("ours: five of the paper's prunings at once")
    return declared_again("vgg_svhn", name, changed)


def _sized(size: Callable[[float], Values], highest_rate: float) -> dict[str, Values]:
    """All cells at a size, which is given the width.

    A short training is one epoch there, with a rate that rises to that of a whole one, and falls.
    """
    why = "what networks are that had not finished training"
    schedule = PiecewiseLinear((0, 0.25, 1), (0, highest_rate, 0))
    one_epoch = {"recipe.epochs": Value(1, why), "recipe.schedule": Value(schedule, why)}
    return {
        name: size(width) | (one_epoch if short else {})
        for name, (width, short) in _NETWORKS.items()
    }


_SMOKE = _sized(lambda width: smoke(width / 4), 0.1)
_SMOKE["vgg_svhn_quarter_four_steps"] |= {"pruning.iterations": Value(2, SMALL)}

CHAPTER = Chapter(
    name="width_and_length",
    experiments=(
        *(f"{cell}{way}" for cell in _CELLS for way in ("", "_trained_as_long")),
        *BY_PACE,
    ),
    networks={name: _declared(name, *cell) for name, cell in _NETWORKS.items()},
    names={
        name: ("vgg_svhn" if width == 1 else "vgg_svhn_half", f"{'quarter_of_' * short}recipe")
        for name, (width, short) in _CELLS.items()
    }
    | {name: ("vgg_svhn_quarter", regime) for name, regime in _PACES.items()},
    changes={
        "smoke": _SMOKE,
        "laptop": _sized(lambda width: laptop(width / 2, 24_000, 4, 0.1, **LARGER), 0.1),
        "paper": dict.fromkeys(_NETWORKS, COMPARED_ON),
        "tiny": _sized(lambda width: tiny(width / 8, **TINY_SIZE), 0.05),
    },
)

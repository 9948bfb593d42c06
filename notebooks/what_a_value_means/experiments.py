"""VGG_SVHN by the paper's recipe, and with half the channels, a quarter of the epochs, or both.

What pruning does to representations differed between small and large studies. Is that
the width of the networks or the length of their training? The experiment `vgg_svhn` of
the chapter `prunings` and those here are a grid: from cell to cell one of the two
changes, and nothing else.
"""

from collections.abc import Callable

from lib.study.catalogue import Chapter, Value, Values, experiment_of
from notebooks.experiments.paper import HYPERPARAMETERS, declared_again
from notebooks.experiments.scales import (
    COMPARED_ON,
    LARGER,
    TINY_SCALE,
    laptop,
    smoke,
    stopped,
    tiny,
)

_CELLS = {
    "vgg_svhn_half_recipe": (0.5, False),
    "vgg_svhn_quarter_of_recipe": (1.0, True),
    "vgg_svhn_half_quarter_of_recipe": (0.5, True),
}
"""Cell of the grid -> its width, the paper's being 1, and whether a training is short."""

_FASTER = "ours: a quarter of the paper's epochs, with its decays where they were"


def _declared(name: str, width: float, short: bool) -> Values:
    changed = {}
    if width < 1:
        changed["width"] = Value(width, "ours: half of the paper's width")
    if short:
        whole = experiment_of(HYPERPARAMETERS["vgg_svhn"]).recipe
        recipe = whole.compressed(round(whole.epochs / 4))
        changed["recipe.epochs"] = Value(recipe.epochs, _FASTER)
        changed["recipe.schedule.milestones"] = Value(recipe.schedule.milestones, _FASTER)
    return declared_again("vgg_svhn", name, changed)


def _scaled(scale: Callable[[float], Values], highest_rate: float) -> dict[str, Values]:
    """All cells at a scale, which is given the width; a short training is one epoch there."""
    return {
        name: scale(width) | (stopped(1, highest_rate) if short else {})
        for name, (width, short) in _CELLS.items()
    }


CHAPTER = Chapter(
    name="width_and_length",
    experiments=tuple(f"{cell}{way}" for cell in _CELLS for way in ("", "_trained_as_long")),
    networks={name: _declared(name, *cell) for name, cell in _CELLS.items()},
    names={
        name: ("vgg_svhn" if width == 1 else "vgg_svhn_half", f"{'quarter_of_' * short}recipe")
        for name, (width, short) in _CELLS.items()
    },
    changes={
        "smoke": _scaled(lambda width: smoke(width / 4), 0.1),
        "laptop": _scaled(lambda width: laptop(width / 2, 24_000, 4, 0.1, **LARGER), 0.1),
        "paper": dict.fromkeys(_CELLS, COMPARED_ON),
        "tiny": _scaled(lambda width: tiny(width / 8, **TINY_SCALE), 0.05),
    },
)

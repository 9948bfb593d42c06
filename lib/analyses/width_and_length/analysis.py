"""Does what pruning does to representations depend on the width, or on the length of training?

The rule was committed before the networks of the grid were trained: in each cell, the similarity of
pruned networks to their complete ones after the last iteration, minus that of the same networks
trained as long without pruning, mean over the hidden layers. Two cells that differ in the width
alone, or in the length of training alone, are compared by the interval of the difference of their
means (Welch); the complete network is the unit.
"""

from collections.abc import Mapping
from itertools import product
from typing import NamedTuple

import pandas as pd

from ...book.findings import Decided, compared
from ...book.report import values
from ...book.report.format import percent
from ...book.report.names import METRICS
from ...book.report.results import Results
from ...book.report.statistics import interval
from ..frames import frame_of
from .experiments import NARROW, NARROW_SHORT, PAPERS_CELL, SHORT

COMPARED = ("svcca", "cka")
"""The metrics by which cells are compared."""

PAIRS = {
    "width-whole-training": (PAPERS_CELL, NARROW),
    "width-short-training": (SHORT, NARROW_SHORT),
    "length-full-width": (PAPERS_CELL, SHORT),
    "length-half-width": (NARROW, NARROW_SHORT),
}
"""What differs, and what both have -> the two cells; that of more channels or epochs first."""


class Cell(NamedTuple):
    """A network of the grid, and the study that has it."""

    study: Results
    experiment: str


def grid(full: Results, study: Results) -> dict[str, Cell]:
    """The cells that were measured.

    Args:
        full: the paper's networks by the paper's recipe.
        study: the chapter of the others.
    """
    cells = {PAPERS_CELL: full, **dict.fromkeys((NARROW, SHORT, NARROW_SHORT), study)}
    return {
        name: Cell(where, name)
        for name, where in cells.items()
        if name in where and f"{name}_trained_on" in where
    }


def beyond_training(cell: Cell, metric: str) -> pd.Series:
    """Similarity after pruning minus that after training alone, at the end; index train_seed."""
    pruned = _mean_similarity(cell, "", metric)
    return (pruned - _mean_similarity(cell, "_trained_on", metric)).dropna()


def _mean_similarity(cell: Cell, end: str, metric: str) -> pd.Series:
    by_layer = values.by_run(cell.study, f"{cell.experiment}{end}", metric)
    by_layer = by_layer[values.hidden(cell.study, cell.experiment)]
    return by_layer.mean(axis="columns").groupby(values.NETWORK).mean()


def effects(cells: Mapping[str, Cell]) -> list[Decided]:
    """How two cells differ in what pruning adds, for each of `PAIRS` that was measured."""
    found = []
    for (pair, (larger, smaller)), metric in product(PAIRS.items(), COMPARED):
        if larger in cells and smaller in cells:
            difference = interval(
                beyond_training(cells[larger], metric), beyond_training(cells[smaller], metric)
            )
            words = f"{METRICS[metric]}, pruned minus trained as long: {larger} minus {smaller}"
            found.append(compared(f"grid-{pair}-{metric}", words, difference, difference.side))
    return found


def grid_table(cells: Mapping[str, Cell]) -> pd.DataFrame:
    """The cells as texts: width, epochs, accuracies, and what pruning does beyond training."""
    rows = {}
    for name, cell in cells.items():
        setting = cell.study.settings(name)
        accuracy = values.accuracy(cell.study, name)["mean"]
        alone = values.accuracy(cell.study, f"{name}_trained_on")["mean"]
        beyond = {
            f"{METRICS[metric]}, beyond training": interval(beyond_training(cell, metric))
            for metric in COMPARED
        }
        rows[f"{setting['width']:g}", str(setting["epochs"])] = {
            "Complete": percent(accuracy.iloc[0], 1),
            "Trained as long": percent(alone.iloc[-1], 1),
            "Pruned": percent(accuracy.iloc[-1], 1),
            **{head: difference.text(sign=True) for head, difference in beyond.items()},
            "Networks": str(len(beyond_training(cell, COMPARED[0]))),
        }
    return frame_of(rows, "Width", "Epochs")

"""Does what pruning does to representations depend on the width, or on the length of training?

The rule was committed before the networks of the grid were trained: in each cell, the
similarity of pruned networks to their complete ones after the last iteration, minus
that of the same networks trained as long without pruning, mean over the hidden layers.
Two cells that differ in the width alone, or in the length of training alone, are
compared by the interval of the difference of their means (Welch); the complete network
is the unit.
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
from ...book.report.scale import short_width
from ...book.report.statistics import interval
from ..frames import frame_of
from ..robustness.full_scale import mean_similarity
from .cells import (
    NARROW_CELL,
    NARROW_SHORT_CELL,
    OTHER_CELLS,
    PAPERS_CELL,
    SHORT_CELL,
)

GRID_METRICS = ("svcca", "cka")
"""The metrics by which cells are compared."""

CELL_PAIRS = {
    "width-whole-training": (PAPERS_CELL, NARROW_CELL),
    "width-short-training": (SHORT_CELL, NARROW_SHORT_CELL),
    "length-full-width": (PAPERS_CELL, SHORT_CELL),
    "length-half-width": (NARROW_CELL, NARROW_SHORT_CELL),
}
"""What differs, and what both have -> the two cells; that of more channels or epochs first."""


class Cell(NamedTuple):
    """A network of the grid, and the study that has it."""

    study: Results
    experiment: str

    @property
    def words(self) -> str:
        """`full width, 15 epochs`."""
        setting = self.study.settings(self.experiment)
        return f"{short_width(setting['width'])} width, {setting['epochs']:g} epochs"


def grid(full: Results, study: Results) -> dict[str, Cell]:
    """The cells that were measured.

    Args:
        full: the paper's networks by the paper's recipe.
        study: the chapter of the others.
    """
    cells = {PAPERS_CELL: full} | dict.fromkeys(OTHER_CELLS, study)
    return {
        name: Cell(where, name)
        for name, where in cells.items()
        if name in where and f"{name}_trained_as_long" in where
    }


def added_by_pruning(cell: Cell, metric: str) -> pd.Series:
    """Similarity after pruning minus that after training alone, at the end; index train_seed."""
    pruned, alone = (
        mean_similarity(cell.study, f"{cell.experiment}{end}", cell.experiment, metric)
        for end in ("", "_trained_as_long")
    )
    return (pruned - alone).dropna()


def effects(cells: Mapping[str, Cell]) -> list[Decided]:
    """How two cells differ in what pruning adds, for each of `CELL_PAIRS` that was measured."""
    verdicts = []
    for (pair, (larger, smaller)), metric in product(CELL_PAIRS.items(), GRID_METRICS):
        if larger in cells and smaller in cells:
            difference = interval(
                added_by_pruning(cells[larger], metric), added_by_pruning(cells[smaller], metric)
            )
            both = f"{cells[larger].words}, minus {cells[smaller].words}"
            words = f"{METRICS[metric]}, pruned minus trained as long: {both}"
            verdicts.append(compared(f"grid-{pair}-{metric}", words, difference, difference.side))
    return verdicts


def grid_table(cells: Mapping[str, Cell]) -> pd.DataFrame:
    """The cells as texts: width, epochs, accuracies, and what pruning does beyond training."""
    rows = {}
    for name, cell in cells.items():
        setting = cell.study.settings(name)
        accuracy = values.accuracy(cell.study, name)["mean"]
        alone = values.accuracy(cell.study, f"{name}_trained_as_long")["mean"]
        beyond = {
            f"{METRICS[metric]}, beyond training": interval(added_by_pruning(cell, metric))
            for metric in GRID_METRICS
        }
        rows[f"{setting['width']:g}", str(setting["epochs"])] = {
            "Complete": percent(accuracy.iloc[0], 1),
            "Trained as long": percent(alone.iloc[-1], 1),
            "Pruned": percent(accuracy.iloc[-1], 1),
            **{head: difference.text(sign=True) for head, difference in beyond.items()},
            "Networks": str(len(added_by_pruning(cell, GRID_METRICS[0]))),
        }
    return frame_of(rows, "Width", "Epochs")

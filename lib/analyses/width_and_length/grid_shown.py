"""What the page shows of the grid beside its table: a figure, and how complete networks began."""

from collections.abc import Mapping

import pandas as pd

from ...book.report import values
from ...book.report.dot_plot import draw_intervals
from ...book.report.figure import PanelFigure
from ...book.report.format import number, percent
from ...book.report.names import METRICS, enumerate_words
from ...book.report.statistics import interval
from ...book.report.style import METRIC_STYLES
from ..robustness.full_scale import mean_similarity
from .analysis import GRID_METRICS, Cell, added_by_pruning
from .cells import NARROW_CELL, PAPERS_CELL


def draw_grid(cells: Mapping[str, Cell]) -> PanelFigure:
    """A row for each cell, a mark for each metric, in one panel.

    Args:
        cells: as `analysis.grid` returns them; without any there is no panel.
    """
    figure = PanelFigure("width-and-length")
    if not cells:
        return figure
    rows = {}
    for cell in cells.values():
        rows[cell.words] = {
            METRICS[metric]: interval(added_by_pruning(cell, metric)) for metric in GRID_METRICS
        }
    axes = figure.panel("VGG_SVHN", left=0.44)
    looks = {METRICS[metric]: METRIC_STYLES[metric] for metric in GRID_METRICS}
    draw_intervals(axes, pd.DataFrame.from_dict(rows, orient="index"), looks)
    axes.set_xlabel("pruned minus trained as long")
    return figure


def whole_trainings(cells: Mapping[str, Cell], control: str = "") -> str:
    """SVCCA at the end after whole trainings, at full and at half the width: `0.60 and 0.58`.

    Args:
        cells: as `analysis.grid` returns them.
        control: the end of its name, such as `_trained_as_long`; empty for the pruned
            networks.
    """
    means = [
        mean_similarity(cells[name].study, f"{name}{control}", name, "svcca").mean()
        for name in (PAPERS_CELL, NARROW_CELL)
        if name in cells
    ]
    return enumerate_words([number(mean) for mean in means]) or "not measured"


def complete_accuracies(cells: Mapping[str, Cell], name: str) -> str:
    """Test accuracy of each complete network of a cell, by seed: `20 %, 21 % and 89 %`.

    Args:
        cells: as `analysis.grid` returns them.
        name: of the cell; if it was not measured, the words say so.
    """
    if name not in cells:
        return "not measured"
    rows = cells[name].study.of(name, "performance")
    complete = rows[rows.iteration == 0].groupby(values.NETWORK).accuracy.mean()
    return enumerate_words([percent(accuracy, 0) for accuracy in complete])

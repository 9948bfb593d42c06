"""Means with their intervals as marks and whiskers: what a table of them says at a glance."""

from collections.abc import Mapping

import pandas as pd
from matplotlib.axes import Axes

from .statistics import Interval
from .style import INK

APART = 0.2
"""How far apart the marks of a row stand, as a share of the distance between two rows."""


def draw_intervals(
    axes: Axes,
    intervals: pd.DataFrame,
    looks: Mapping[str, Mapping[str, object]],
    reference: float | None = 0.0,
) -> None:
    """A row for each of the frame's, from the top, and in it a mark for each of its columns.

    A whisker is the interval; a mean without one has none, and what was not measured
    has no mark.

    Args:
        axes: a panel with room on its left for the names of the rows.
        intervals: cells are an `Interval`; the index names the rows, the columns the
            marks.
        looks: {column: colour and marker}, for `Axes.plot`.
        reference: where a vertical line stands, such as at no difference; None for no
            line.
    """
    rows = range(len(intervals))
    if reference is not None:
        axes.axvline(reference, color=INK, linewidth=0.8)
    for column, shift in zip(intervals, _shifts(len(intervals.columns)), strict=True):
        cells: list[Interval] = list(intervals[column])
        heights = [row + shift for row in rows]
        look = {"markersize": 6} | dict(looks[column]) | {"linestyle": "None"}
        ends = [cell.low for cell in cells], [cell.high for cell in cells]
        axes.hlines(heights, *ends, color=look["color"], linewidth=1.6)
        axes.plot([cell.mean for cell in cells], heights, label=column, **look)
    axes.set_yticks(rows, [str(name) for name in intervals.index], parse_math=False)
    axes.set_ylim(len(intervals) - 0.5, -0.5)
    axes.grid(axis="x")
    axes.grid(visible=False, axis="y")


def _shifts(marks: int) -> list[float]:
    """How far below the middle of its row each mark stands."""
    return [APART * (mark - (marks - 1) / 2) for mark in range(marks)]

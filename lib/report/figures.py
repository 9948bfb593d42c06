"""The style of the figures, and three kinds of plots that several pages share."""

from collections.abc import Mapping
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from .tables import TITLES, in_order

# any two differ by 35 or more (CIE76) to normal eyes, and to protan, deutan and tritan ones; each
# has a contrast of 3 or more with white
COLOURS = {"svcca": "#332288", "pwcca": "#3390cc", "cka": "#cc6677", "nbs": "#999933"}
MARKERS = {"svcca": "o", "pwcca": "s", "cka": "^", "nbs": "D"}
STRONG = "#182a66"
MOST_NAMES = 20  # more names of layers would overlap


def use_style() -> None:
    """Draw figures in the book's style, as reproducible SVG, and show tables in full."""
    from matplotlib_inline.backend_inline import set_matplotlib_formats

    plt.style.use(Path(__file__).with_name("book.mplstyle"))
    undated = {"Date": None, "Creator": None}
    set_matplotlib_formats("svg", bbox_inches=None, metadata=undated)
    pd.set_option("display.max_rows", None, "display.max_colwidth", None)


def draw_course(
    axes: Axes,
    frame: pd.DataFrame,
    by: str,
    left: pd.Series,
    names: Mapping[str, str] = TITLES,
    colours: Mapping[str, str] = COLOURS,
    **look: object,
) -> None:
    """A line with intervals from one pruning to the next, for each value of a level.

    Args:
        frame: of `intervals`, index `iteration` and `by`.
        left: label of each iteration, such as `33 %`; index iteration.
        names: value of `by` -> label of its line, in the order of the legend.
        colours: value of `by` -> colour; others take the next colour of the style.
        look: further arguments of `Axes.plot`.
    """
    for value in in_order(frame.index.get_level_values(by), names):
        part = frame.xs(value, level=by).reindex(left.index).dropna(subset="mean")
        x = left.index.get_indexer(part.index)
        style = {"color": colours.get(value), "marker": MARKERS.get(value, "o")} | look
        (line,) = axes.plot(x, part["mean"], **{"label": names.get(value, value)} | style)
        axes.vlines(x, part.low, part.high, color=line.get_color(), lw=0.8, alpha=0.6)
    axes.set_xticks(range(len(left)), left)


def draw_intervals(
    axes: Axes,
    frame: pd.DataFrame,
    by: str,
    names: Mapping[str, str] = TITLES,
    colours: Mapping[str, str] = COLOURS,
) -> None:
    """A row for each label of the other level, with a marker and an interval for each of `by`.

    Names and colours as in `draw_course`; values without a colour are dark blue.
    """
    rows = in_order(frame.index.droplevel(by), names)
    marks = in_order(frame.index.get_level_values(by), names)
    for shift, value in zip(np.linspace(-0.2, 0.2, len(marks)), marks, strict=True):
        part = frame.xs(value, level=by).reindex(rows)
        heights = np.arange(len(rows)) + shift
        colour = colours.get(value, STRONG)
        axes.hlines(heights, part.low, part.high, color=colour)
        look = {"marker": MARKERS.get(value, "o"), "color": colour}
        axes.plot(part["mean"], heights, ls="none", label=names.get(value, value), **look)
    axes.set_yticks(range(len(rows)), [str(names.get(row, row)) for row in rows])
    axes.set_ylim(len(rows) - 0.5, -0.5)


def draw_levels(axes: Axes, lines: pd.DataFrame, label: str = "pruned") -> None:
    """A line over the layers (columns) for each pruning (row), from pale to dark.

    The last line carries the label.
    """
    shades = np.linspace(0.3, 1, len(lines))
    for shade, (iteration, line) in zip(shades, lines.iterrows(), strict=True):
        name = label if iteration == lines.index[-1] else f"_{iteration}"
        axes.plot(line.to_numpy(), color=STRONG, alpha=shade, lw=1.2, label=name)
    name_layers(axes, lines.columns)


def name_layers(axes: Axes, layers: pd.Index) -> None:
    """Label the x axis with layers: all, or every second, third, ... counted from the last."""
    last = len(layers) - 1
    named = range(last, -1, -len(layers) // MOST_NAMES)[::-1]
    axes.set_xticks(named, layers[list(named)], rotation=90, fontsize="small")
    axes.set_xlim(-0.5, last + 0.5)

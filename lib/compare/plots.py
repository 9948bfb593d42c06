"""The tables of `compare_networks` and `compare_levels` as pictures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

MOST_NAMES = 24
LONGEST = 16
"""Most names of layers below a picture, and most characters of each."""

DARK, LIGHT = "#111111", "#fefefe"
BRIGHT = 0.6
"""Above this similarity a cell is bright, and its number dark."""


def plot_layers(table: pd.DataFrame, axes: Axes | None = None, **style: object) -> Axes:
    """Similarity layer by layer, in forward order: a line for each metric, reshape and level.

    Bars are the intervals of values. If there is only one line, the mean of its null is dashed,
    with a band of two standard deviations on both sides.

    Args:
        table: rows of `compare_networks`, one for each layer, metric and reshape; or of
            `compare_levels`.
        axes: to draw into; None for those of a new figure, `axes.figure`, with a legend.
        style: of the lines, as for `Axes.plot`.

    Raises:
        ValueError: the table has no value, or compares a layer with several layers.
    """
    lines = {name: rows for name, rows in _lines(table).items() if rows.value.notna().any()}
    if not lines:
        raise ValueError("table: has no value; the column `note` says why")
    for name, line in lines.items():
        if line.layer_x.duplicated().any():
            raise ValueError(
                f"table: {name} compares a layer with several layers; draw them by plot_pairs, or "
                "select rows, such as table[table.layer_x == table.layer_y]"
            )
    names = list(dict.fromkeys(table.layer_x))
    own_figure = axes is None
    axes = axes or _new_axes(0.3 * min(len(names), MOST_NAMES) + 3, 3.5)
    for name, line in lines.items():
        line = line.set_index("layer_x").reindex(names)
        if len(lines) == 1:
            _draw_null(axes, line)
        look = {"marker": "o", "markersize": 3, "label": name} | style
        [drawn] = axes.plot(range(len(names)), line.value, **look)
        ends = {"colors": drawn.get_color(), "linewidth": 0.8}
        axes.vlines(range(len(names)), line.ci_low, line.ci_high, **ends)
    step = -(-len(names) // MOST_NAMES)
    shown = [name if len(name) <= LONGEST else f"…{name[1 - LONGEST :]}" for name in names[::step]]
    axes.set_xticks(range(len(names))[::step], shown, rotation=90, fontsize=7, parse_math=False)
    if own_figure:
        axes.set_ylabel("similarity")
        axes.legend()
    return axes


def plot_levels(table: pd.DataFrame, axes: Axes | None = None, **style: object) -> Axes:
    """Similarity from level to level, averaged over the layers: a line for each metric and reshape.

    With strangers, their mean is dotted, and a band reaches from the least to the most similar
    stranger. A layer that has no value at some level is left out.

    Args:
        table: rows of `compare_levels`: all, or some, such as those of hidden layers,
            `table[table.kind != "out"]`, or of one layer.
        axes: to draw into; None for those of a new figure, `axes.figure`, with a legend.
        style: of the lines, as for `Axes.plot`.

    Raises:
        ValueError: the table has no levels; no layer has a value at every level, or a layer has
            several at one level.
    """
    if "level" not in table:
        raise ValueError("table: has no levels, want one of compare_levels; plot_layers draws it")
    strangers = [name for name in table if name.startswith("stranger_")]
    lines = {}
    for name, rows in _lines(table, ("metric", "reshape")).items():
        if rows.duplicated(["level", "layer_x"]).any():
            raise ValueError(
                f"table: {name} has several values of a layer at one level; select rows, such as "
                "table[table.layer_x == table.layer_y]"
            )
        gaps = rows.layer_x[rows[["value", *strangers]].isna().any(axis=1)]
        complete = rows[~rows.layer_x.isin(gaps)]
        if not complete.empty:
            lines[name] = complete.groupby("level", sort=False)[["value", *strangers]].mean()
    if not lines:
        raise ValueError("table: no layer has values at every level; the column `note` says why")
    levels = [*dict.fromkeys(table.level)]
    x = range(len(levels))
    own_figure = axes is None
    axes = axes or _new_axes(6, 3.5)
    label = "strangers"  # one of them stands for all in the legend
    for name, line in lines.items():
        look = {"marker": "o", "markersize": 3, "label": name} | style
        [drawn] = axes.plot(x, line.value, **look)
        if strangers:
            others, colour = line[strangers], drawn.get_color()
            axes.plot(x, others.mean(axis=1), color=colour, linestyle=":", label=label)
            ends = others.min(axis=1), others.max(axis=1)
            axes.fill_between(x, *ends, color=colour, alpha=0.15, linewidth=0)
            label = "_strangers"
    axes.set_xticks(x, [*map(_share, levels)])
    if own_figure:
        axes.set_xlabel("weights left")
        axes.set_ylabel("similarity")
        axes.legend()
    return axes


def plot_pairs(table: pd.DataFrame, axes: Axes | None = None, **text: object) -> Axes:
    """A map of all pairs of layers: dark for 0, bright for 1, with the number, or a dash for none.

    Args:
        table: rows of `compare_networks` with `pairs="all"`, of one metric and reshape.
            Layers of a run from top to bottom, layers of b from left to right.
        axes: to draw into; None for axes of a new figure, which is `axes.figure`.
        text: the style of names and numbers, as for `Axes.text`.

    Raises:
        ValueError: the table has several metrics, reshapes or levels.
    """
    lines = _lines(table)
    if len(lines) > 1:
        raise ValueError(
            f"table: has {', '.join(lines)}; select one of them, such as "
            "table[(table.metric == 'cka') & (table.reshape == 'flat')]"
        )
    values = table.pivot_table("value", "layer_x", "layer_y", sort=False, dropna=False)
    rows, columns = values.shape
    axes = axes or _new_axes(0.45 * columns + 2, 0.4 * rows + 2)
    axes.grid(False)
    axes.pcolormesh(values.to_numpy(), cmap="viridis", vmin=0, vmax=1)
    look = {"fontsize": 7, "parse_math": False} | text
    for (i, j), value in np.ndenumerate(values.to_numpy()):
        colour = DARK if value > BRIGHT else LIGHT
        axes.text(j + 0.5, i + 0.5, _number(value), color=colour, ha="center", va="center", **look)
    axes.set_xticks(np.arange(columns) + 0.5, values.columns, rotation=90, **look)
    axes.set_yticks(np.arange(rows) + 0.5, values.index, **look)
    axes.invert_yaxis()
    return axes


def _lines(
    table: pd.DataFrame, by: Sequence[str] = ("level", "metric", "reshape")
) -> dict[str, pd.DataFrame]:
    """The rows of each metric and reshape, at each level if the table has any, by their names."""
    groups = table.groupby([name for name in by if name in table], sort=False)
    return {
        " ".join(_share(part) if isinstance(part, float) else part for part in key): rows
        for key, rows in groups
    }


def _share(level: float) -> str:
    return f"{100 * level:.3g} %"


def _new_axes(width: float, height: float) -> Axes:
    """Axes of a new figure with room for the names of layers; its size is in inches."""
    import matplotlib.pyplot as plt  # takes a while

    return plt.subplots(figsize=(width, height), layout="constrained")[1]


def _draw_null(axes: Axes, line: pd.DataFrame) -> None:
    """Draw the null in the ink of the axes, if it is known."""
    if line.null_mean.isna().all():
        return
    ink = axes.spines["left"].get_edgecolor()
    spread = 2 * line.null_sd.fillna(0)
    low = (line.null_mean - spread).clip(lower=0)
    x = range(len(line))
    axes.fill_between(x, low, line.null_mean + spread, color=ink, alpha=0.12, linewidth=0)
    look = {"color": ink, "linestyle": "--", "linewidth": 0.7}
    axes.plot(x, line.null_mean, label="null, ± 2 sd", **look)


def _number(value: float) -> str:
    if np.isnan(value):
        return "-"
    return f"{round(round(value, 10), 2) + 0.0:.2f}".replace("-", "\u2212")

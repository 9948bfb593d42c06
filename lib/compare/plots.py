"""The tables of `compare_networks` and `compare_levels` as pictures."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

MOST_NAMES = 24
"""Most names of layers below a picture."""


def plot_layers(table: pd.DataFrame, axes: Axes | None = None, **style: object) -> Axes:
    """Similarity layer by layer, in forward order: a line for each metric, reshape and level.

    If there is only one line, the mean of its null is dashed, with a band of two standard
    deviations on both sides.

    Args:
        table: rows of `compare_networks`, one for each layer, metric and reshape; or of
            `compare_levels`.
        axes: to draw into; None for those of a new figure, `axes.figure`, with a legend.
        style: of the lines, as for `Axes.plot`.

    Raises:
        ValueError: the table has no value, or compares a layer with several layers.
    """
    lines = {name: line for name, line in _lines(table, "level") if line.value.notna().any()}
    if not lines:
        raise ValueError("table: has no value; the column `note` says why")
    names = [*dict.fromkeys(table.layer_x)]
    x, step = range(len(names)), -(-len(names) // MOST_NAMES)
    drawn = axes or _new_axes(0.3 * min(len(names), MOST_NAMES) + 3, 3.5)
    for name, line in lines.items():
        _check_pairs(name, line, ["layer_x"])
        line = line.set_index("layer_x").reindex(names)
        if len(lines) == 1 and line.null_mean.notna().any():
            ink, spread = drawn.spines["left"].get_edgecolor(), 2 * line.null_sd.fillna(0)
            ends = (line.null_mean - spread).clip(lower=0), line.null_mean + spread
            drawn.fill_between(x, *ends, color=ink, alpha=0.12, linewidth=0)
            drawn.plot(x, line.null_mean, "--", color=ink, linewidth=0.7, label="null, ± 2 sd")
        _draw(drawn, x, line.value, name, style)
    drawn.set_xticks(x[::step], names[::step], rotation=90, fontsize=7, parse_math=False)
    return axes or _with_legend(drawn, "")


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
    columns = ["value", *(name for name in table if name.startswith("stranger_"))]
    levels, drawn = [*dict.fromkeys(table.level)], axes or _new_axes(6, 3.5)
    x, before = range(len(levels)), len(drawn.lines)
    label = "strangers"  # one of them stands for all in the legend
    for name, rows in _lines(table):
        _check_pairs(name, rows, ["level", "layer_x"])
        gaps = rows.layer_x[rows[columns].isna().any(axis=1)]
        line = rows[~rows.layer_x.isin(gaps)].groupby("level", sort=False)[columns].mean()
        if line.empty:
            continue
        colour = _draw(drawn, x, line.value, name, style)
        if others := columns[1:]:
            drawn.plot(x, line[others].mean(axis=1), ":", color=colour, label=label)
            ends = line[others].min(axis=1), line[others].max(axis=1)
            drawn.fill_between(x, *ends, color=colour, alpha=0.15, linewidth=0)
            label = "_strangers"
    if len(drawn.lines) == before:
        raise ValueError("table: no layer has values at every level; the column `note` says why")
    drawn.set_xticks(x, [*map(_share, levels)])
    return axes or _with_legend(drawn, "weights left")


def plot_pairs(table: pd.DataFrame, axes: Axes | None = None) -> Axes:
    """A map of all pairs of layers: dark for 0, bright for 1, with the number, or a dash for none.

    Args:
        table: rows of `compare_networks` with `pairs="all"`, of one metric and reshape.
            Layers of a run from top to bottom, layers of b from left to right.
        axes: to draw into; None for axes of a new figure, which is `axes.figure`.

    Raises:
        ValueError: the table has several metrics, reshapes or levels.
    """
    if len(lines := [name for name, _ in _lines(table, "level")]) > 1:
        raise ValueError(
            f"table: has {', '.join(lines)}; select one of them, such as "
            "table[(table.metric == 'cka') & (table.reshape == 'flat')]"
        )
    values = table.pivot_table("value", "layer_x", "layer_y", sort=False, dropna=False)
    rows, columns = values.shape
    axes = axes or _new_axes(0.45 * columns + 2, 0.4 * rows + 2)
    axes.grid(False)
    axes.imshow(values, cmap="viridis", vmin=0, vmax=1, aspect="auto")
    look = {"fontsize": 7, "parse_math": False}
    for (i, j), value in np.ndenumerate(values):
        shown = "-" if np.isnan(value) else f"{value:z.2f}"
        colour = "#111111" if value > 0.6 else "#fefefe"  # on a bright cell, or on a dark one
        axes.text(j, i, shown, color=colour, ha="center", va="center", **look)
    axes.set_xticks(range(columns), values.columns, rotation=90, **look)
    axes.set_yticks(range(rows), values.index, **look)
    return axes


def _lines(table: pd.DataFrame, *more: str) -> Iterator[tuple[str, pd.DataFrame]]:
    """The name and the rows of each metric and reshape, and of each level if there are `more`."""
    by = [name for name in (*more, "metric", "reshape") if name in table]
    for key, rows in table.groupby(by, sort=False):
        yield " ".join(_share(part) if isinstance(part, float) else part for part in key), rows


def _check_pairs(name: str, rows: pd.DataFrame, columns: list[str]) -> None:
    if rows.duplicated(columns).any():
        raise ValueError(
            f"table: {name} compares a layer with several layers; draw them by plot_pairs, or "
            "select rows, such as table[table.layer_x == table.layer_y]"
        )


def _share(level: float) -> str:
    return f"{100 * level:.3g} %"


def _draw(axes: Axes, x: range, values: pd.Series, name: str, style: dict) -> str:
    """A line with its points; its colour."""
    look = {"marker": "o", "markersize": 3, "label": name} | style
    [line] = axes.plot(x, values, **look)
    return line.get_color()


def _new_axes(width: float, height: float) -> Axes:
    """Axes of a new figure with room for the names of layers; its size is in inches."""
    import matplotlib.pyplot as plt  # takes a while

    return plt.subplots(figsize=(width, height), layout="constrained")[1]


def _with_legend(axes: Axes, below: str) -> Axes:
    axes.set(xlabel=below, ylabel="similarity")
    axes.legend()
    return axes

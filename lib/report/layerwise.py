"""Similarity of each layer of the pruned networks with the complete one's (paper, Figs. 5-7)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from .format import percent
from .names import KINDS, METRICS
from .panels import Panels, box_swatch, legend_entry, line_swatch
from .results import PAPER_RESHAPE, Results, ResultsError
from .runs import over_runs
from .style import INK, KIND_COLOURS, iteration_colours, page_colours, panel, similarity_axis
from .tables import Table, side_by_side

SHOWN = ("svcca", "pwcca", "cka", "nbs")
"""The paper's four metrics, in its order."""

NAMED = 26
"""Names of so many layers can be read side by side."""

INDEPENDENT = {"color": INK, "linestyle": ":", "linewidth": 1.4}
NULL = {"color": INK, "linestyle": "--", "linewidth": 0.7}
"""How lines that speak of no iteration are drawn; dashes and dots instead of further colours."""

NULL_SWATCH = line_swatch(
    "currentColor",
    dashes="4 2.5",
    marker='<rect width="26" height="12" style="fill:currentColor;fill-opacity:.14"></rect>',
)
INDEPENDENT_SWATCH = line_swatch("currentColor", dashes="2 3")


def layers(results: Results, experiment: str) -> list[tuple[str, str]]:
    """[(name, kind)] of the layers in forward order."""
    rows = results.similarities(experiment)[["depth", "layer", "kind"]].drop_duplicates()
    rows = rows.sort_values("depth")
    return list(zip(rows.layer, rows.kind, strict=True))


def hidden(results: Results, experiment: str) -> list[str]:
    """Names of the layers before the output, in forward order."""
    return [name for name, kind in layers(results, experiment) if kind != "out"]


def curves(results: Results, experiment: str, metric: str, column: str = "value") -> pd.DataFrame:
    """Mean over the runs of a metric, or of its null.

    Args:
        results: a study's results.
        experiment: one of its experiments.
        metric: as it is called in the results.
        column: "value", or "null_mean" and "null_sd" for what unrelated representations would give.

    Returns:
        Index iteration (1..K; 0 for a control without pruning), one column for each layer in
        forward order; NaN where the metric is not defined.

    Raises:
        ResultsError: the metric was not computed.
    """
    rows = results.similarities(experiment)
    rows = rows[rows.metric == metric]
    if rows.empty:
        raise ResultsError(
            f"{results.folder} holds no {metric} of {experiment} on the reshape "
            f"{PAPER_RESHAPE.get(metric)!r}. Add the metric to the experiment and run `make book`."
        )
    means = over_runs(rows, ["iteration", "layer"], column)["mean"].unstack("layer")
    return means.reindex(columns=[name for name, _ in layers(results, experiment)])


def null(results: Results, experiment: str, metric: str) -> pd.DataFrame:
    """What unrelated representations would give after the last iteration.

    Returns:
        Index layer in forward order; columns `mean` and `sd` over permutations of the images, each
        averaged over the runs, NaN where unknown.
    """
    return pd.DataFrame(
        {
            "mean": curves(results, experiment, metric, "null_mean").iloc[-1],
            "sd": curves(results, experiment, metric, "null_sd").iloc[-1],
        }
    )


def independent(results: Results, experiment: str, metric: str) -> pd.Series:
    """How similar complete networks are that were trained independently of each other.

    Returns:
        Index layer in forward order: the mean over pairs of networks, NaN everywhere if the
        control `<experiment>_independent` is not among the results.
    """
    names = [name for name, _ in layers(results, experiment)]
    control = f"{experiment}_independent"
    if control not in results.variants:
        return pd.Series(np.nan, index=names)
    return curves(results, control, metric).iloc[-1].reindex(names)


def remaining(results: Results, experiment: str) -> pd.Series:
    """Fraction of the prunable weights left at each iteration, averaged over the runs."""
    return results.similarities(experiment).groupby("iteration").remaining.mean()


@dataclass(frozen=True)
class _Lines:
    """What one panel shows: a line for each iteration, the null, and independent networks."""

    iterations: pd.DataFrame
    null: pd.DataFrame
    independent: pd.Series

    @property
    def lowest(self) -> float:
        return float(
            np.nanmin(
                [
                    self.iterations.min().min(),
                    null_band(self.null)["low"].min(),
                    self.independent.min(),
                ]
            )
        )


def figure(results: Results, experiment: str) -> Panels:
    """One panel for each metric; layers in order, one line for each iteration.

    Thin and dashed: the null of the last iteration, with a band of 2 standard deviations. Dotted:
    complete networks that were trained independently, where they were compared. All panels share
    one vertical scale, so that heights can be compared between metrics.
    """
    shown = {METRICS[metric]: (experiment, metric) for metric in SHOWN}
    return figure_of(results, f"layers-{experiment}", shown)


def figure_of(results: Results, name: str, shown: Mapping[str, tuple[str, str]]) -> Panels:
    """The same with panels of one's choice.

    Args:
        results: a study's results.
        name: of the figure, different for each on a page.
        shown: title of a panel -> (experiment, metric). The networks may differ, and have other
            layers; the numbers of iterations must not.
    """
    orders = {title: layers(results, experiment) for title, (experiment, _) in shown.items()}
    left = remaining(results, next(iter(shown.values()))[0])
    data = {
        title: _Lines(
            curves(results, experiment, metric),
            null(results, experiment, metric),
            independent(results, experiment, metric),
        )
        for title, (experiment, metric) in shown.items()
    }
    low = min(lines.lowest for lines in data.values())
    figures = {title: _panel(title, lines, orders[title], low) for title, lines in data.items()}
    labels = {
        title: _label(METRICS[shown[title][1]], lines, orders[title])
        for title, lines in data.items()
    }
    colours = page_colours(len(left))
    legend = legend_entry(
        f"iteration {left.index[0]} to {left.index[-1]}: {percent(left.iloc[0])} to "
        f"{percent(left.iloc[-1])} of the weights left",
        box_swatch([colours[colour] for colour in iteration_colours(len(left))]),
    )
    if any(lines.null["mean"].notna().any() for lines in data.values()):
        legend += legend_entry("null of the last iteration, \u00b1 2 sd", NULL_SWATCH)
    if any(lines.independent.notna().any() for lines in data.values()):
        legend += legend_entry(
            "complete networks, trained independently of each other", INDEPENDENT_SWATCH
        )
    kinds = list(dict.fromkeys(layer for order in orders.values() for layer in order))
    return Panels(name, figures, labels, legend + kinds_legend(kinds, colours), colours)


def layer_panel(title: str, order: list[tuple[str, str]]) -> tuple[Figure, Axes]:
    """An empty panel with the layers on the horizontal axis, coloured by kind.

    Of more than `NAMED` layers, every so many have their name, the last one always.
    """
    figure, axes = panel(title, left=0.1, bottom=0.23)
    tint_kinds(axes, order)
    last = len(order) - 1
    shown = range(last, -1, -math.ceil(len(order) / NAMED))[::-1]
    axes.set_xticks(shown, [order[i][0] for i in shown], rotation=90, fontsize=8)
    for tick, i in zip(axes.get_xticklabels(), shown, strict=True):
        tick.set_color(KIND_COLOURS[order[i][1]])
    return figure, axes


def tint_kinds(axes: Axes, order: list[tuple[str, str]]) -> None:
    """Layers 0, 1, ... on the horizontal axis, the background in the colours of their kinds."""
    for i, (_, kind) in enumerate(order):
        if KIND_COLOURS[kind] != INK:
            axes.axvspan(i - 0.5, i + 0.5, color=KIND_COLOURS[kind], alpha=0.12, linewidth=0)
    axes.set_xlim(-0.5, len(order) - 0.5)


def kinds_legend(order: list[tuple[str, str]], colours: dict[str, str]) -> str:
    """Legend entries of the kinds of layers that occur."""
    return "".join(
        legend_entry(KINDS[kind], box_swatch([colours[KIND_COLOURS[kind]]]))
        for kind in dict.fromkeys(kind for _, kind in order)
    )


def null_band(null: pd.DataFrame) -> pd.DataFrame:
    """`low` and `high`: 2 standard deviations either side of the mean, as far as below 0."""
    spread = 2 * null["sd"].fillna(0)
    return pd.DataFrame(
        {"low": (null["mean"] - spread).clip(lower=0), "high": null["mean"] + spread}
    )


def draw_null(axes: Axes, null: pd.DataFrame) -> None:
    """The null as a thin dashed line in a pale band; nothing where it is unknown."""
    if null["mean"].isna().all():
        return
    x, band = range(len(null)), null_band(null)
    if null["sd"].notna().any():
        axes.fill_between(x, band["low"], band["high"], color=INK, alpha=0.12, linewidth=0)
    axes.plot(x, null["mean"], label="null", **NULL)


def _panel(name: str, lines: _Lines, order: list[tuple[str, str]], low: float) -> Figure:
    figure, axes = layer_panel(name, order)
    for colour, (iteration, row) in zip(
        iteration_colours(len(lines.iterations)), lines.iterations.iterrows(), strict=True
    ):
        axes.plot(range(len(order)), row, color=colour, linewidth=1.2, label=str(iteration))
    draw_null(axes, lines.null)
    if lines.independent.notna().any():
        axes.plot(range(len(order)), lines.independent, label="independent", **INDEPENDENT)
    similarity_axis(axes, low)
    return figure


def _label(metric: str, lines: _Lines, order: list[tuple[str, str]]) -> str:
    last = lines.iterations.iloc[-1]
    where = last.idxmin()
    text = (
        f"{metric} of {len(order)} layers, one line for each of {len(lines.iterations)} "
        f"iterations. After the last iteration the mean is {last.iloc[0]:.2f} at {last.index[0]}, "
        f"lowest with {last.min():.2f} at {where}, and {last.iloc[-1]:.2f} at {last.index[-1]}."
    )
    if pd.notna(lines.null["mean"][where]):
        text += f" The null at {where} is {lines.null['mean'][where]:.2f}."
    if pd.notna(lines.independent[where]):
        text += (
            f" Independently trained complete networks have {lines.independent[where]:.2f} there."
        )
    return text


def lowest(results: Results, experiment: str, metric: str) -> tuple[str, float]:
    """The hidden layer that the metric finds least similar after the last iteration.

    Returns:
        (layer, mean over the runs)
    """
    last = curves(results, experiment, metric).iloc[-1][hidden(results, experiment)]
    return last.idxmin(), float(last.min())


def rounded(value: float, digits: int = 2) -> str:
    """A number as text; a dash for NaN."""
    return "-" if pd.isna(value) else f"{value:.{digits}f}"


def signed(value: float, digits: int = 2) -> str:
    """A number with its sign, a true minus; what rounds to 0 is positive, NaN a dash."""
    if pd.isna(value):
        return "-"
    return f"{round(value, digits) + 0:+.{digits}f}".replace("-", "\u2212")


def overview(results: Results, experiment: str) -> Table:
    """For each metric after the last iteration: first layer, lowest hidden layer, output.

    Beside the lowest: its null, and what independently trained complete networks have there.
    """
    rows = []
    for metric in SHOWN:
        last = curves(results, experiment, metric).iloc[-1]
        layer, value = lowest(results, experiment, metric)
        rows.append(
            (
                METRICS[metric],
                rounded(last.iloc[0]),
                rounded(value),
                layer,
                rounded(null(results, experiment, metric)["mean"][layer]),
                rounded(independent(results, experiment, metric)[layer]),
                rounded(last.iloc[-1]),
            )
        )
    numeric = ("First layer", "Lowest", "Null there", "Independent there", "Output")
    return Table(
        ("Metric", "First layer", "Lowest", "Where", "Null there", "Independent there", "Output"),
        rows,
        numeric=numeric,
    )


def numbers(results: Results, experiment: str) -> str:
    """The numbers of the figure as text, one block for each metric.

    Each block gives the mean after the first and the last iteration, the null of the last, and,
    where they were compared, that of independently trained complete networks as `indep`.
    """
    names = [name for name, _ in layers(results, experiment)]
    blocks = {}
    for metric in SHOWN:
        values = curves(results, experiment, metric)
        columns = {
            "layer": names,
            "first": values.iloc[0].to_numpy(),
            "last": values.iloc[-1].to_numpy(),
            "null": null(results, experiment, metric)["mean"].to_numpy(),
        }
        others = independent(results, experiment, metric)
        if others.notna().any():
            columns["indep"] = others.to_numpy()
        blocks[METRICS[metric]] = pd.DataFrame(columns)
    return side_by_side(blocks, digits=3)

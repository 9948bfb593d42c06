"""Similarity of each layer of the pruned networks with the complete one's (paper, Figs. 5-7)."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from .names import KINDS, METRICS, percent
from .panels import Panels, box_swatch, legend_entry
from .results import PAPER_RESHAPE, Results, ResultsError
from .runs import over_runs
from .style import INK, KIND_COLOURS, iteration_colours, page_colours, panel, similarity_axis
from .tables import Table, side_by_side

SHOWN = ("svcca", "pwcca", "cka", "nbs")
"""The paper's four metrics, in its order."""


def layers(results: Results, experiment: str) -> list[tuple[str, str]]:
    """[(name, kind)] of the layers in forward order."""
    rows = results.similarities(experiment)[["depth", "layer", "kind"]].drop_duplicates()
    rows = rows.sort_values("depth")
    return list(zip(rows.layer, rows.kind, strict=True))


def curves(results: Results, experiment: str, metric: str, column: str = "value") -> pd.DataFrame:
    """Mean over the runs of a metric, or of its null.

    Args:
        results: a study's results.
        experiment: one of its experiments.
        metric: as it is called in the results.
        column: "value", or "null_mean" for what unrelated representations would give.

    Returns:
        Index iteration (1..K), one column for each layer in forward order; NaN where the metric
        is not defined.

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


def remaining(results: Results, experiment: str) -> pd.Series:
    """Fraction of the prunable weights left at each iteration, averaged over the runs."""
    return results.similarities(experiment).groupby("iteration").remaining.mean()


def figure(results: Results, experiment: str) -> Panels:
    """One panel for each metric; layers in order, one line for each iteration.

    All panels share one vertical scale, so that heights can be compared between metrics.
    """
    order = layers(results, experiment)
    left = remaining(results, experiment)
    data = {metric: curves(results, experiment, metric) for metric in SHOWN}
    low = min(frame.min().min() for frame in data.values())
    figures = {
        METRICS[metric]: _panel(METRICS[metric], frame, order, low)
        for metric, frame in data.items()
    }
    labels = {METRICS[metric]: _label(metric, frame, order) for metric, frame in data.items()}
    colours = page_colours(len(left))
    scale = box_swatch([colours[colour] for colour in iteration_colours(len(left))])
    kinds = dict.fromkeys(kind for _, kind in order)
    legend = legend_entry(
        f"iteration {left.index[0]} to {left.index[-1]}: {percent(left.iloc[0])} to "
        f"{percent(left.iloc[-1])} of the weights left",
        scale,
    ) + "".join(
        legend_entry(KINDS[kind], box_swatch([colours[KIND_COLOURS[kind]]])) for kind in kinds
    )
    return Panels(f"layers-{experiment}", figures, labels, legend, colours)


def _panel(name: str, frame: pd.DataFrame, order: list[tuple[str, str]], low: float) -> Figure:
    figure, axes = panel(name, left=0.1, bottom=0.23)
    for i, (_, kind) in enumerate(order):
        if KIND_COLOURS[kind] != INK:
            axes.axvspan(i - 0.5, i + 0.5, color=KIND_COLOURS[kind], alpha=0.12, linewidth=0)
    for colour, (iteration, row) in zip(
        iteration_colours(len(frame)), frame.iterrows(), strict=True
    ):
        axes.plot(range(len(order)), row, color=colour, linewidth=1.2, label=str(iteration))
    axes.set_xlim(-0.5, len(order) - 0.5)
    similarity_axis(axes, low)
    axes.set_xticks(range(len(order)), [layer for layer, _ in order], rotation=90, fontsize=8)
    for tick, (_, kind) in zip(axes.get_xticklabels(), order, strict=True):
        tick.set_color(KIND_COLOURS[kind])
    return figure


def _label(metric: str, frame: pd.DataFrame, order: list[tuple[str, str]]) -> str:
    last = frame.iloc[-1]
    return (
        f"{METRICS[metric]} of {len(order)} layers, one line for each of {len(frame)} iterations. "
        f"After the last iteration the mean is {last.iloc[0]:.2f} at {last.index[0]}, lowest with "
        f"{last.min():.2f} at {last.idxmin()}, and {last.iloc[-1]:.2f} at {last.index[-1]}."
    )


def lowest(results: Results, experiment: str, metric: str) -> tuple[str, float]:
    """The hidden layer that the metric finds least similar after the last iteration.

    Returns:
        (layer, mean over the runs)
    """
    hidden = [name for name, kind in layers(results, experiment) if kind != "out"]
    last = curves(results, experiment, metric).iloc[-1][hidden]
    return last.idxmin(), float(last.min())


def overview(results: Results, experiment: str) -> Table:
    """For each metric after the last iteration: first layer, lowest hidden layer, output."""
    rows = []
    for metric in SHOWN:
        last = curves(results, experiment, metric).iloc[-1]
        null = curves(results, experiment, metric, "null_mean").iloc[-1]
        layer, value = lowest(results, experiment, metric)
        rows.append(
            (
                METRICS[metric],
                f"{last.iloc[0]:.2f}",
                f"{value:.2f}",
                layer,
                "-" if pd.isna(null[layer]) else f"{null[layer]:.2f}",
                f"{last.iloc[-1]:.2f}",
            )
        )
    header = ("Metric", "First layer", "Lowest", "Where", "Null there", "Output")
    return Table(header, rows, numeric=("First layer", "Lowest", "Null there", "Output"))


def numbers(results: Results, experiment: str) -> str:
    """The numbers of the figure as text, one block for each metric.

    Each block gives the mean after the first and the last iteration, and the null of the last.
    """
    names = [name for name, _ in layers(results, experiment)]
    blocks = {}
    for metric in SHOWN:
        values = curves(results, experiment, metric)
        null = curves(results, experiment, metric, "null_mean")
        blocks[METRICS[metric]] = pd.DataFrame(
            {
                "layer": names,
                "first": values.iloc[0].to_numpy(),
                "last": values.iloc[-1].to_numpy(),
                "null": null.iloc[-1].to_numpy(),
            }
        )
    return side_by_side(blocks, digits=3)

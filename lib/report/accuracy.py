"""Accuracy against the remaining weights (paper, Fig. 4)."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from .format import percent
from .panels import Panels, band_swatch, legend_entry, line_swatch
from .results import Results
from .runs import over_runs
from .style import INK, METRIC_STYLES, page_colours, panel, percent_axis
from .tables import Table, text_table

COLOUR = METRIC_STYLES["svcca"]["color"]


def curve(results: Results, experiment: str) -> pd.DataFrame:
    """Accuracy of the pruned networks at each iteration, over the runs.

    Returns:
        Index iteration (1..K); columns `remaining` (fraction of the prunable weights), `mean`,
        `sd`, `runs` of the test accuracy.
    """
    rows = results.accuracies(experiment)
    pruned = rows[rows.iteration > 0]
    remaining = pruned.groupby("iteration").remaining.mean()
    return over_runs(pruned, "iteration", "accuracy").assign(remaining=remaining)


def complete(results: Results, experiment: str) -> float:
    """Test accuracy of the complete network, averaged where there are several."""
    rows = results.accuracies(experiment)
    return float(rows[rows.iteration == 0].accuracy.mean())


def figure(results: Results) -> Panels:
    """One panel for each network: mean over the runs, band of 2 standard deviations.

    The line starts at the complete network, or the mean of several; the dotted line continues its
    accuracy.
    """
    figures, labels = {}, {}
    for experiment in results.experiments:
        name = results.network(experiment)
        figures[name] = _panel(name, curve(results, experiment), complete(results, experiment))
        labels[name] = _label(results, experiment)
    colours = page_colours()
    legend = (
        legend_entry("mean over the pruning runs", line_swatch(colours[COLOUR]))
        + legend_entry("2 standard deviations either side", band_swatch(colours[COLOUR]))
        + legend_entry("complete network", line_swatch("currentColor", dashes="2 3"))
    )
    return Panels("accuracy", figures, labels, legend, colours)


def _panel(name: str, pruned: pd.DataFrame, reference: float) -> Figure:
    figure, axes = panel(name, left=0.16)
    x = np.r_[1.0, pruned.remaining]
    y = 100 * np.r_[reference, pruned["mean"]]
    band = 100 * np.r_[0.0, 2 * pruned.sd.fillna(0)]
    axes.fill_between(x, y - band, y + band, color=COLOUR, alpha=0.25, linewidth=0)
    axes.axhline(100 * reference, color=INK, linestyle=":", linewidth=1.2)
    axes.plot(x, y, color=COLOUR, marker="o", markersize=3)
    percent_axis(axes, pruned.remaining.min())
    axes.set_ylabel("test accuracy, %")
    axes.yaxis.set_major_formatter("{x:g}")
    return figure


def _label(results: Results, experiment: str) -> str:
    last = curve(results, experiment).iloc[-1]
    reference = percent(complete(results, experiment), 1)
    networks = int((results.accuracies(experiment).iteration == 0).sum())
    reached = (
        f"The complete network reaches {reference}"
        if networks == 1
        else f"The {networks} complete networks reach {reference} on average"
    )
    return (
        f"{results.network(experiment)}: test accuracy against remaining weights. {reached}; "
        f"with {percent(last.remaining)} of the weights the mean is {percent(last['mean'], 1)}."
    )


def overview(results: Results) -> Table:
    """For each network: complete, best pruned and last pruned, in the numbers of the figure."""
    return overview_table(
        (results.network(experiment), *in_short(results, experiment))
        for experiment in results.experiments
    )


def in_short(results: Results, experiment: str) -> tuple[str, str, str, str]:
    """Accuracy of the complete, the best pruned and the last pruned network, and the runs."""
    pruned = curve(results, experiment)
    best, last = pruned.loc[pruned["mean"].idxmax()], pruned.iloc[-1]
    return (
        percent(complete(results, experiment), 1),
        f"{percent(best['mean'], 1)} at {percent(best.remaining)}",
        f"{percent(last['mean'], 1)} at {percent(last.remaining)}",
        str(int(last.runs)),
    )


def overview_table(rows: Iterable[tuple[str, ...]]) -> Table:
    """Rows of a name and what `in_short` says."""
    header = ("Network", "Complete", "Best pruned", "Last pruned", "Runs")
    return Table(header, list(rows), numeric=header[1:])


def numbers(results: Results, experiment: str) -> str:
    """The numbers of one panel as text: iteration, remaining, mean and sd, in percent."""
    pruned = curve(results, experiment)
    frame = pd.DataFrame(
        {
            "iteration": [0, *pruned.index],
            "remaining %": 100 * np.r_[1.0, pruned.remaining],
            "accuracy %": 100 * np.r_[complete(results, experiment), pruned["mean"]],
            "sd": 100 * np.r_[np.nan, pruned.sd],
        }
    )
    return text_table(frame, digits=2)

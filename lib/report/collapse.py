"""Pruning before training, down to nothing: what the chapter on pruning at initialisation shows."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from ..chapters.at_init.claims import EXPERIMENTS, SCORES
from .layerwise import curves, hidden, rounded, signed
from .names import METRICS, count, percent
from .panels import Panels, legend_entry, line_swatch
from .results import Results
from .statistics import rank_correlation
from .style import METRIC_STYLES, page_colours, panel, percent_axis
from .tables import Table

STYLES = dict(zip(SCORES, ("svcca", "cka", "nbs"), strict=True))
"""Score -> whose colour, marker and dashes it takes."""


def measured(results: Results) -> dict[str, str]:
    """{score: experiment} of those that are among the results."""
    known = results.provenance["experiments"]
    return {score: name for score, name in EXPERIMENTS.items() if name in known}


def _pruned(results: Results, experiment: str) -> pd.DataFrame:
    rows = results.accuracies(experiment)
    return rows[rows.iteration > 0]


def figure(results: Results) -> Panels:
    """Accuracy, and linear regions between two test images, by the share of the weights left."""
    accuracy, regions = {}, {}
    for score, experiment in measured(results).items():
        rows = _pruned(results, experiment)
        left = rows.groupby("iteration").remaining.mean()
        means = rows.groupby("iteration").accuracy.mean()
        accuracy[score] = pd.Series(means.to_numpy(), index=left)
        counted = results.regions[results.regions.experiment == experiment]
        counts = counted[counted.iteration > 0].groupby("iteration").regions.mean()
        regions[score] = pd.Series(counts.to_numpy(), index=left.reindex(counts.index))
    data = {"Accuracy": accuracy, "Linear regions": regions}
    figures = {title: _panel(title, lines) for title, lines in data.items()}
    labels = {
        title: f"{title} by the share of the weights left: "
        + "; ".join(
            f"{SCORES[score]} from {values.iloc[0]:.3g} to {values.iloc[-1]:.3g}"
            for score, values in lines.items()
            if len(values)
        )
        + "."
        for title, lines in data.items()
    }
    colours = page_colours()
    legend = "".join(
        legend_entry(SCORES[score], _swatch(score, colours)) for score in measured(results)
    )
    return Panels("collapse", figures, labels, legend, colours)


def _swatch(score: str, colours: dict[str, str]) -> str:
    style = METRIC_STYLES[STYLES[score]]
    dashes = "5 3" if style["linestyle"] == "--" else ""
    return line_swatch(colours[style["color"]], dashes=dashes)


def _panel(title: str, lines: dict[str, pd.Series]) -> Figure:
    figure, axes = panel(title, left=0.17, right=0.95)
    for score, values in lines.items():
        axes.plot(values.index, values, label=SCORES[score], **METRIC_STYLES[STYLES[score]])
    lowest = min((values.index.min() for values in lines.values() if len(values)), default=0.5)
    percent_axis(axes, lowest)
    if title == "Linear regions":
        axes.set_yscale("log")
    return figure


def overview(results: Results) -> Table:
    """Accuracy, emptied layers and linear regions of each score at each level.

    The complete network, trained without pruning, comes first.
    """
    rows = []
    for score, experiment in measured(results).items():
        counted = results.regions[results.regions.experiment == experiment]
        found = results.accuracies(experiment)
        for iteration, at in found.groupby("iteration"):
            if iteration == 0 and rows:
                continue  # the same complete network as before
            empty = at.collapsed.fillna("")
            layers = empty.map(lambda names: len(names.split(",")) if names else 0)
            here = counted[counted.iteration == iteration]
            bound = "" if here.exact.all() else "at least "
            regions = f"{bound}{here.regions.mean():,.0f}" if len(here) else "-"
            rows.append(
                (
                    SCORES[score] if iteration else "complete network",
                    percent(at.remaining.mean()),
                    percent(at.accuracy.mean(), 1) + _spread(100 * at.accuracy),
                    rounded(layers.mean(), 1),
                    regions,
                )
            )
    header = ("Score", "Left", "Accuracy", "Empty layers", "Linear regions")
    return Table(header, rows, numeric=header[1:], nothing="Not measured here.")


def counted(results: Results) -> str:
    """How the linear regions were counted, in short sentences of Markdown."""
    rows = results.regions
    if rows.empty:
        return "Linear regions were not counted here."
    lines = count(rows.segment.nunique(), "line")
    if (rows.share == 1).all():
        return f"All of {lines} was looked at."
    return (
        f"Of {lines}, {percent(rows.share.mean())} was looked at, in evenly spaced pieces. What "
        "was found there is scaled up, so the numbers are estimates."
    )


def _spread(values: pd.Series) -> str:
    return f" \u00b1 {rounded(values.std(), 1)}" if len(values) > 1 else ""


def along(results: Results) -> str:
    """Whether linear regions go along with accuracy, in short sentences of Markdown."""
    if results.regions.empty:
        return "Linear regions were not counted here."
    table = _regions_and_accuracy(results)
    lines = []
    for score, rows in table.groupby("score", sort=False):
        along = rank_correlation(rows.regions, rows.accuracy)
        lines.append(
            f"- {score}, from level to level: the rank correlation of regions and accuracy is "
            f"{signed(along)}."
        )
    for left, rows in table.groupby("left", sort=False):
        if len(rows) > 1:
            many, good = rows.loc[rows.regions.idxmax()], rows.loc[rows.accuracy.idxmax()]
            lines.append(
                f"- With {left} left, most regions: {many.score} ({many.regions:,.0f}, "
                f"{percent(many.accuracy, 1)} accurate); most accurate: {good.score} "
                f"({good.regions:,.0f}, {percent(good.accuracy, 1)})."
            )
    return "\n".join(lines)


def _regions_and_accuracy(results: Results) -> pd.DataFrame:
    """A row for each score and level: means over the runs."""
    rows = []
    for score, experiment in measured(results).items():
        pruned = _pruned(results, experiment).groupby("iteration")
        counted = results.regions[results.regions.experiment == experiment]
        regions = counted.groupby("iteration").regions.mean()
        for iteration, at in pruned:
            rows.append(
                {
                    "score": SCORES[score],
                    "left": percent(at.remaining.mean()),
                    "accuracy": at.accuracy.mean(),
                    "regions": regions.get(iteration, np.nan),
                }
            )
    return pd.DataFrame(rows)


def similarities(results: Results) -> Table:
    """How similar the hidden layers are to the complete network's, and what chance gives.

    Dashes where a layer was empty in some run: what lies behind it is the same for all images.
    """
    metrics = ("svcca", "cka")
    rows = []
    for score, experiment in measured(results).items():
        names = hidden(results, experiment)
        pruned = _pruned(results, experiment)
        left = pruned.groupby("iteration").remaining.mean()
        empty = set(pruned.iteration[pruned.collapsed.fillna("") != ""])
        means = {
            (metric, column): curves(results, experiment, metric, column)[names].mean(axis=1)
            for metric in metrics
            for column in ("value", "null_mean")
        }
        for iteration, share in left.items():
            cells = (
                "-" if iteration in empty else rounded(values.get(iteration, np.nan))
                for values in means.values()
            )
            rows.append((SCORES[score], percent(share), *cells))
    heads = [f"{METRICS[m]}{what}" for m in metrics for what in ("", ": null")]
    header = ("Score", "Left", *heads)
    return Table(header, rows, numeric=header[1:], nothing="Not measured here.")

"""Does a metric follow what the network does? The figure."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from .layerwise import signed
from .names import count
from .panels import Panels, legend_entry, line_swatch
from .rank_correlation import ITERATION, heading, summary, targets_measured
from .results import Results
from .style import INK, METRIC_STYLES, RC, WIDTH, page_colours, panel
from .validity import title

RHO, STEPS = METRIC_STYLES["svcca"]["color"], METRIC_STYLES["cka"]["color"]
ROW, FRAME = 0.19, 0.85
"""Inches of a row of a panel, and of what is above and below the rows."""


def figure(results: Results) -> Panels:
    """A panel for each network and target: a row for each metric on each reshape.

    Dots are the rank correlations over the iterations, diamonds those step by step; lines are
    their ranges over the runs. The dotted line is that of the iteration's number.
    """
    figures, labels = {}, {}
    for experiment, target in targets_measured(results):
        name = heading(results, experiment, target)
        frame = summary(results, experiment, target)
        figures[name] = _panel(name, frame)
        labels[name] = _label(name, frame)
    colours = page_colours()
    legend = (
        legend_entry(
            "over the iterations",
            line_swatch(
                colours[RHO],
                marker=f'<circle cx="13" cy="6" r="4" style="fill:{colours[RHO]}"></circle>',
            ),
        )
        + legend_entry(
            "step by step",
            line_swatch(
                colours[STEPS],
                marker='<path d="M13 1 18 6 13 11 8 6Z" '
                f'style="fill:var(--pst-color-background, #fff);stroke:{colours[STEPS]};'
                'stroke-width:1.5"></path>',
            ),
        )
        + legend_entry("the iteration's number itself", line_swatch("currentColor", dashes="2 3"))
    )
    return Panels("rank-correlation", figures, labels, legend, colours)


def _panel(name: str, frame: pd.DataFrame) -> Figure:
    metrics = frame.drop(ITERATION)
    figure, axes = panel("", left=0.38)
    with mpl.rc_context(RC):  # above the names too: beside them there is no room for it
        axes.set_title(name, x=-0.6)
    height = ROW * len(metrics) + FRAME
    figure.set_size_inches(WIDTH, height)
    axes.set_position((0.38, 0.5 / height, 0.6, ROW * len(metrics) / height))
    places = np.arange(len(metrics))[::-1]
    for statistic, shift, look in (
        ("rho", 0.16, {"color": RHO, "marker": "o"}),
        ("steps", -0.16, {"color": STEPS, "marker": "D", "markerfacecolor": "none"}),
    ):
        axes.hlines(
            places + shift,
            metrics[f"{statistic}_low"],
            metrics[f"{statistic}_high"],
            color=look["color"],
            linewidth=1.2,
        )
        axes.plot(
            metrics[statistic], places + shift, linestyle="", markersize=4, label=statistic, **look
        )
    axes.axvline(0, color=INK, linewidth=0.8)
    if pd.notna(frame.rho[ITERATION]):
        axes.axvline(frame.rho[ITERATION], color=INK, linestyle=":", linewidth=1.4)
    axes.set_yticks(places, [title(*cell) for cell in metrics.index], fontsize=8)
    axes.set_ylim(-0.6, len(metrics) - 0.4)
    axes.set_xlim(-1.05, 1.05)
    axes.set_xlabel("rank correlation")
    return figure


def _label(name: str, frame: pd.DataFrame) -> str:
    metrics = frame.drop(ITERATION)
    parts = []
    for statistic, where in (
        ("rho", "over the iterations"),
        ("steps", "step by step"),
    ):
        values = metrics[statistic].dropna()
        if len(values):
            low, high = values.idxmin(), values.idxmax()
            parts.append(
                f"{where} from {signed(values[low])} ({title(*low)}) to {signed(values[high])} "
                f"({title(*high)})"
            )
    return (
        f"{name}: its rank correlation with dissimilarity by "
        f"{count(len(metrics), 'combination')} of metric and reshape, "
        f"{'; '.join(parts) or 'nowhere defined'}. The iteration's number alone: "
        f"{signed(frame.rho[ITERATION])}."
    )

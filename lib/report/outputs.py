"""Similarity of the outputs, by five metrics (paper, section 6.2 and Fig. 8)."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from .format import percent
from .layerwise import remaining, rounded
from .names import METRICS
from .panels import Panels, legend_entry, line_swatch
from .results import Results
from .runs import over_runs
from .style import METRIC_STYLES, page_colours, panel, similarity_axis
from .tables import Table, text_table
from .values import scales

SHOWN = tuple(METRIC_STYLES)
"""The paper's four metrics and the cosine of the vectorised outputs (equation 8)."""

SPARSER = 0.17
"""At most so many of the weights left: where the paper's CKA of the outputs changes no more."""

_MARKERS = {
    "o": '<circle cx="13" cy="6" r="4" style="fill:{0}"></circle>',
    "s": '<rect x="9.5" y="2.5" width="7" height="7" style="fill:{0}"></rect>',
    "^": '<path d="M13 1.5 17.5 10h-9Z" style="fill:{0}"></path>',
    "D": '<path d="M13 1 18 6 13 11 8 6Z" style="fill:{0}"></path>',
    "v": '<path d="M13 10.5 17.5 2h-9Z" style="fill:{0}"></path>',
}


def curves(results: Results, experiment: str) -> pd.DataFrame:
    """Mean over the runs of each metric on the output layer.

    Returns:
        Index iteration (1..K), one column for each metric that was computed.
    """
    rows = results.similarities(experiment)
    rows = rows[(rows.kind == "out") & rows.metric.isin(SHOWN)]
    means = over_runs(rows, ["iteration", "metric"], "value")["mean"].unstack("metric")
    return means.reindex(columns=[metric for metric in SHOWN if metric in means])


def figure(results: Results) -> Panels:
    """One panel for each network, one line for each metric; all on one vertical scale."""
    data = {results.network(name): curves(results, name) for name in results.experiments}
    low = min(frame.min().min() for frame in data.values())
    figures = {name: _panel(name, frame, low) for name, frame in data.items()}
    labels = {name: _label(name, frame) for name, frame in data.items()}
    shown = [metric for metric in SHOWN if any(metric in frame for frame in data.values())]
    legend = "".join(legend_entry(METRICS[metric], _swatch(metric)) for metric in shown)
    return Panels("outputs", figures, labels, legend, page_colours())


def _swatch(metric: str) -> str:
    style = METRIC_STYLES[metric]
    colour = page_colours()[style["color"]]
    dashes = "5 3" if style["linestyle"] == "--" else ""
    return line_swatch(colour, dashes=dashes, marker=_MARKERS[style["marker"]].format(colour))


def _panel(name: str, frame: pd.DataFrame, low: float) -> Figure:
    figure, axes = panel(name)
    for metric in frame:
        axes.plot(
            frame.index, frame[metric], markersize=4, label=METRICS[metric], **METRIC_STYLES[metric]
        )
    similarity_axis(axes, low)
    step = max(1, -(-len(frame) // 7))
    axes.set_xticks(frame.index[::step])
    axes.set_xlabel("pruning iteration")
    return figure


def _label(name: str, frame: pd.DataFrame) -> str:
    values = ", ".join(f"{METRICS[metric]} {frame[metric].iloc[-1]:.2f}" for metric in frame)
    return (
        f"{name}: similarity of the outputs over {len(frame)} pruning iterations. After the last "
        f"one: {values}."
    )


def overview(results: Results) -> Table:
    """Each metric on the outputs after the first and after the last iteration, by network."""
    rows = []
    for experiment in results.experiments:
        frame = curves(results, experiment)
        name = results.network(experiment)
        left = remaining(results, experiment)
        for which in (0, -1):
            rows.append(
                (
                    f"{name}, {percent(left.iloc[which])} left",
                    *(
                        f"{frame[metric].iloc[which]:.2f}" if metric in frame else "-"
                        for metric in SHOWN
                    ),
                )
            )
    names = [METRICS[metric] for metric in SHOWN]
    return Table(("Network", *names), rows, numeric=names)


def fit(results: Results) -> Table:
    """How well networks fit their training images, and how similar their outputs then are.

    A row for each of the paper's networks at each scale. Pruned networks are those with at most
    `SPARSER` of the weights left; "-" if there are none.
    """
    rows = []
    for experiment in results.experiments:
        for name, head in scales(results, experiment).items():
            losses = results.accuracies(name)
            complete = losses[losses.iteration == 0].train_loss.mean()
            pruned = losses[
                (losses.iteration > 0) & (losses.remaining <= SPARSER)
            ].train_loss.mean()
            frame, left = curves(results, name), remaining(results, name)
            means = frame[left <= SPARSER].mean()
            cells = [rounded(means.get(metric, float("nan"))) for metric in SHOWN]
            network = f"{results.network(experiment)}, {head}"
            rows.append((network, rounded(complete, 3), rounded(pruned, 3), *cells))
    header = ("Network", "Loss, complete", "Loss, pruned", *(METRICS[metric] for metric in SHOWN))
    return Table(header, rows, numeric=header[1:])


def numbers(results: Results, experiment: str) -> str:
    """The numbers of one panel as text."""
    frame = curves(results, experiment).rename(columns=METRICS)
    frame.insert(0, "remaining %", 100 * remaining(results, experiment))
    return text_table(frame.reset_index(), digits=3)

"""What else could make the representations differ: the controls beside pruning."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from .layerwise import (
    INDEPENDENT,
    INDEPENDENT_SWATCH,
    NULL_SWATCH,
    SHOWN,
    draw_null,
    hidden,
    kinds_legend,
    layer_panel,
    layers,
    null,
    null_band,
    rounded,
)
from .names import METRICS, count, enumerate_words, percent
from .panels import Panels, legend_entry, line_swatch
from .results import Results
from .style import KIND_COLOURS, LAST, METRIC_STYLES, page_colours, similarity_axis
from .tables import Table, text_table


@dataclass(frozen=True)
class Line:
    """What the complete network is compared with.

    Attributes:
        about: what it is, for the reader.
        short: head of its column.
        style: how its line is drawn.
        dashes: of its swatch in the legend.
    """

    about: str
    short: str
    style: dict[str, Any]
    dashes: str = ""


LINES = {
    "pruned": Line(
        "pruned, last iteration",
        "pruned",
        {"color": LAST, "linestyle": "-", "linewidth": 2},
    ),
    "trained_on": Line(
        "trained again as often, never pruned",
        "on",
        {"color": METRIC_STYLES["cosine"]["color"], "linestyle": (0, (7, 2))},
        "9 3",
    ),
    "random_masks": Line(
        "random masks, as sparse in each layer",
        "random",
        {"color": METRIC_STYLES["cka"]["color"], "linestyle": (0, (7, 2, 1.5, 2))},
        "9 3 2 3",
    ),
    "independent": Line(
        "another complete network, trained independently", "indep", INDEPENDENT, "2 3"
    ),
    "untrained": Line(
        "a network that was never trained",
        "untr",
        {"color": KIND_COLOURS["add"], "linestyle": (0, (6, 1.5, 1, 1.5, 1, 1.5))},
        "9 2 2 2 2 2",
    ),
}
"""name -> what the complete network is compared with; all but the first are controls."""

CONTROLS = tuple(name for name in LINES if name != "pruned")


def measured(results: Results, experiment: str) -> list[str]:
    """The controls of an experiment that are among the results."""
    return [name for name in CONTROLS if f"{experiment}_{name}" in results.variants]


def statement(results: Results, experiment: str) -> str:
    """Which controls were measured and which were not, in short sentences of Markdown."""
    network = results.network(experiment)
    found = measured(results, experiment)
    missing = [name for name in CONTROLS if name not in found]
    sentences = []
    if found:
        names = enumerate_words([f"*{LINES[name].about}*" for name in found])
        sentences.append(f"Controls of {network}: {names}.")
    if missing:
        names = enumerate_words([f"*{LINES[name].about}*" for name in missing])
        variants = " ".join(f"{experiment}_{name}" for name in missing)
        sentences.append(
            f"**Not measured here** for {network}: {names}. "
            f'`make study EXPERIMENTS="{experiment} {variants}"` measures what is missing.'
        )
    return "\n\n".join(sentences)


def by_run(
    results: Results, experiment: str, line: str, metric: str, column: str = "value"
) -> pd.DataFrame:
    """A metric of one line of the figure in each run, after the last iteration.

    Args:
        results: a study's results.
        experiment: one of the paper's.
        line: a key of `LINES`.
        metric: as it is called in the results.
        column: "value" or "null_mean".

    Returns:
        Index (train_seed, prune_seed), columns the layers in forward order. No rows if the control
        was not measured.
    """
    names = [name for name, _ in layers(results, experiment)]
    if line not in ("pruned", *measured(results, experiment)):
        return pd.DataFrame(columns=names, dtype=float)
    rows = results.similarities(experiment if line == "pruned" else f"{experiment}_{line}")
    rows = rows[(rows.metric == metric) & (rows.iteration == rows.iteration.max())]
    wide = rows.pivot(index=["train_seed", "prune_seed"], columns="layer", values=column)
    return wide.reindex(columns=names)


def curves(results: Results, experiment: str, metric: str) -> pd.DataFrame:
    """Mean over the runs of each line that was measured; columns the layers in forward order."""
    lines = ["pruned", *measured(results, experiment)]
    frames = {line: by_run(results, experiment, line, metric).mean() for line in lines}
    return pd.DataFrame(frames).T


def figure(results: Results, experiment: str) -> Panels:
    """One panel for each metric, one line for pruning and for each control, and the null."""
    order = layers(results, experiment)
    data = {
        metric: (curves(results, experiment, metric), null(results, experiment, metric))
        for metric in SHOWN
    }
    low = min(
        value
        for frame, floor in data.values()
        for value in (frame.min().min(), null_band(floor)["low"].min())
        if pd.notna(value)
    )
    figures = {
        METRICS[metric]: _panel(METRICS[metric], frame, floor, order, low)
        for metric, (frame, floor) in data.items()
    }
    labels = {
        METRICS[metric]: _label(results, experiment, metric, frame)
        for metric, (frame, _) in data.items()
    }
    colours = page_colours(1)
    legend = "".join(
        legend_entry(LINES[line].about, _swatch(line, colours))
        for line in ("pruned", *measured(results, experiment))
    )
    if any(floor["mean"].notna().any() for _, floor in data.values()):
        legend += legend_entry("null of the pruned, \u00b1 2 sd", NULL_SWATCH)
    legend += kinds_legend(order, colours)
    return Panels(f"controls-{experiment}", figures, labels, legend, colours)


def _swatch(line: str, colours: dict[str, str]) -> str:
    if line == "independent":
        return INDEPENDENT_SWATCH
    return line_swatch(colours[LINES[line].style["color"]], dashes=LINES[line].dashes)


def _panel(
    name: str,
    frame: pd.DataFrame,
    floor: pd.DataFrame,
    order: list[tuple[str, str]],
    low: float,
) -> Figure:
    figure, axes = layer_panel(name, order)
    draw_null(axes, floor)
    for line, row in frame.iloc[::-1].iterrows():
        axes.plot(range(len(order)), row, label=line, **LINES[line].style)
    similarity_axis(axes, low)
    return figure


def _label(results: Results, experiment: str, metric: str, frame: pd.DataFrame) -> str:
    names = hidden(results, experiment)
    values = ", ".join(
        f"{LINES[line].about} {frame.loc[line, names].mean():.2f}" for line in frame.index
    )
    floor = null(results, experiment, metric)["mean"][names].mean()
    return (
        f"{METRICS[metric]} of the complete {results.network(experiment)} with other networks, "
        f"layer by layer. Means over the {count(len(names), 'hidden layer')}: {values}; "
        f"null {rounded(floor)}."
    )


def means(results: Results, experiment: str) -> pd.DataFrame:
    """Means over the hidden layers, and how much they vary between the runs.

    Returns:
        Index (line, metric), the lines being those that were measured and `null`; columns `mean`,
        `sd` (divisor n - 1; NaN for a single run), `runs`.
    """
    names = hidden(results, experiment)
    rows = {}
    for line in ("pruned", *measured(results, experiment), "null"):
        for metric in SHOWN:
            source, column = ("pruned", "null_mean") if line == "null" else (line, "value")
            each = by_run(results, experiment, source, metric, column)[names].mean(axis=1)
            rows[line, metric] = {"mean": each.mean(), "sd": each.std(), "runs": each.count()}
    frame = pd.DataFrame(rows).T
    frame.index.names = ["line", "metric"]
    return frame.astype({"runs": int})


def overview(results: Results, experiment: str) -> Table:
    """`means` as a table; a control that was not measured has a row that says so."""
    frame = means(results, experiment)
    rows = []
    for line in (*LINES, "null"):
        about = LINES[line].about if line in LINES else "null: the images shuffled"
        if line not in frame.index.get_level_values("line"):
            rows.append((about, *("-" for _ in SHOWN), "not measured here"))
            continue
        cells = frame.loc[line]
        values = (_with_spread(*cells.loc[metric, ["mean", "sd"]]) for metric in SHOWN)
        rows.append((about, *values, str(int(cells["runs"].max()))))
    names = [METRICS[metric] for metric in SHOWN]
    return Table(("Compared with", *names, "Runs"), rows, numeric=(*names, "Runs"))


def _with_spread(mean: float, sd: float, digits: int = 2) -> str:
    return rounded(mean, digits) if pd.isna(sd) else f"{mean:.{digits}f} \u00b1 {sd:.{digits}f}"


def findings(results: Results, experiment: str) -> str:
    """How far from 1 each control is beside how far pruning is: a Markdown list, by metric.

    The distance is 1 minus the mean over the hidden layers. Without controls, a sentence that says
    that they are missing.
    """
    found = measured(results, experiment)
    if not found:
        return "Not measured here: no control stands beside pruning."
    frame = means(results, experiment)["mean"]
    lines = []
    for metric in SHOWN:
        pruned = 1 - frame["pruned", metric]
        others = []
        for line in found:
            distance = 1 - frame[line, metric]
            share = f" ({distance / pruned:.1f} times)" if pruned > 0.005 else ""
            others.append(f"{LINES[line].about} {rounded(distance)}{share}")
        lines.append(
            f"- **{METRICS[metric]}.** Pruned: {rounded(pruned)} away from 1. "
            f"Beside it: {'; '.join(others)}."
        )
    return "\n".join(lines)


def accuracies(results: Results, experiment: str) -> pd.DataFrame:
    """Test accuracy of all networks that were compared.

    Returns:
        Index `complete` and the lines that were measured; columns `remaining` (fraction of the
        prunable weights), `mean`, `sd`, `runs`. `independent` are all complete networks of that
        control, the one of the first row included.
    """
    rows = results.accuracies(experiment)
    complete = (rows.iteration == 0) & rows.prune_seed.isna()
    picked = {"complete": rows[complete]}
    for line in ("pruned", *measured(results, experiment)):
        mine = results.accuracies(experiment if line == "pruned" else f"{experiment}_{line}")
        complete = (mine.iteration == 0) & mine.prune_seed.isna()
        if line == "independent":
            picked[line] = mine[complete]
        else:
            others = mine[~complete]
            picked[line] = others[others.iteration == others.iteration.max()]
    return pd.DataFrame(
        {
            line: {
                "remaining": mine.remaining.mean(),
                "mean": mine.accuracy.mean(),
                "sd": mine.accuracy.std(),
                "runs": mine.accuracy.count(),
            }
            for line, mine in picked.items()
        }
    ).T.astype({"runs": int})


def accuracy_table(results: Results, experiment: str) -> Table:
    """`accuracies` in percent."""
    frame = accuracies(results, experiment)
    rows = []
    for line in ("complete", *LINES):
        if line == "complete":
            several = frame.loc[line, "runs"] > 1
            about = "the complete networks" if several else "the complete network"
        else:
            about = LINES[line].about
        if line == "independent":
            about = "complete networks of all train seeds"
        if line not in frame.index:
            rows.append((about, "-", "-", "not measured here"))
            continue
        row = frame.loc[line]
        accuracy = _with_spread(100 * row["mean"], 100 * row.sd, 1) + " %"
        rows.append((about, percent(row.remaining), accuracy, str(int(row.runs))))
    header = ("Network", "Weights left", "Test accuracy", "Networks")
    return Table(header, rows, numeric=header[1:])


def numbers(results: Results, experiment: str) -> str:
    """The numbers of the figure as text, one table for each metric."""
    tables = []
    for metric in SHOWN:
        frame = curves(results, experiment, metric).T
        frame = frame.rename(columns={name: line.short for name, line in LINES.items()})
        frame["null"] = null(results, experiment, metric)["mean"]
        frame.insert(0, "layer", frame.index)
        tables.append(f"{METRICS[metric]}\n{text_table(frame, digits=3)}")
    return "\n\n".join(tables)

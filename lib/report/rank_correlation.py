"""Does a metric follow what the network does? (Ding et al. 2021)

Rank correlation, over the pruning iterations, of dissimilarity with a change of function.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from . import layerwise
from .layerwise import SHOWN, signed
from .names import METRICS, count, enumerate_words
from .panels import Panels, legend_entry, line_swatch
from .rank_statistics import DIGITS, RUN, across, kendall, partial, spearman, steps
from .results import PAPER_RESHAPE, Results
from .style import INK, METRIC_STYLES, RC, WIDTH, page_colours, panel
from .tables import Table, side_by_side
from .validity import NOT_MEASURED, marked, phrase, present, title

TIME = [*RUN, "iteration"]

TARGETS = ("gap", "disagreement")
"""What a network does: how much accuracy it has lost, how often it answers otherwise."""

OUTPUTS = {"agreement": "output disagreement", "jensen_shannon": "Jensen-Shannon divergence"}
"""Metric of the outputs, 1 where they are alike -> name of 1 minus it. The first known is taken."""

ITERATION = ("iteration", "")
"""In the place of (metric, reshape): the number of the iteration, for comparison."""

CHANGE = ("change", "")
"""The column of the target beside those of the dissimilarities."""

FEWEST, DRAWS = 4, 2000
"""Runs from which an interval of their mean is drawn by bootstrap, and how often."""

RHO, BEYOND = METRIC_STYLES["svcca"]["color"], METRIC_STYLES["cka"]["color"]
ROW, FRAME = 0.19, 0.85
"""Inches of a row of a panel, and of what is above and below the rows."""


def about(results: Results, experiment: str, target: str) -> str:
    """What a target is called in these results; by its first choice where they do not have it."""
    if target == "gap":
        return "accuracy gap"
    known = set(_outputs(results, experiment).metric)
    return next(
        (name for metric, name in OUTPUTS.items() if metric in known), "output disagreement"
    )


def heading(results: Results, experiment: str, target: str) -> str:
    """The network and the target."""
    return f"{results.network(experiment)}, {about(results, experiment, target)}"


def _outputs(results: Results, experiment: str) -> pd.DataFrame:
    rows = results.similarity
    rows = rows[(rows.experiment == experiment) & (rows.kind == "out") & rows.value.notna()]
    return rows[rows.metric.isin(OUTPUTS)]


def changes(results: Results, experiment: str, target: str) -> pd.Series:
    """How far each pruned network is from the complete one in what it does.

    Args:
        results: a study's results.
        experiment: one of its experiments.
        target: "gap", the absolute difference of the test accuracies; or "disagreement", the share
            of the probe images that get another class, and the Jensen-Shannon divergence of the
            predictions where that was not recorded.

    Returns:
        Index (train_seed, prune_seed, iteration), no entries if the results do not have it.
    """
    if target == "gap":
        rows = results.accuracies(experiment)
        whole = rows[(rows.iteration == 0) & rows.prune_seed.isna()]
        whole = whole.set_index("train_seed").accuracy
        pruned = rows[rows.iteration > 0].astype({"prune_seed": "int64"})
        gap = (pruned.accuracy - pruned.train_seed.map(whole)).abs()
        return pd.Series(gap.to_numpy(), index=pd.MultiIndex.from_frame(pruned[TIME])).dropna()
    rows = _outputs(results, experiment)
    known = [metric for metric in OUTPUTS if metric in set(rows.metric)]
    rows = rows[rows.metric.isin(known[:1])].drop_duplicates(TIME)
    return 1 - rows.set_index(TIME).value


def dissimilarities(results: Results, experiment: str, where: str = "") -> pd.DataFrame:
    """1 minus the similarity of each pruned network with the complete one.

    Args:
        results: a study's results.
        experiment: one of its experiments.
        where: a layer; empty for the mean over the hidden layers. A layer that lacks a value at
            some iteration of a run does not count in that run, so that all its means are over the
            same layers.

    Returns:
        Index (train_seed, prune_seed, iteration), columns (metric, reshape).
    """
    rows = results.similarity
    rows = rows[(rows.experiment == experiment) & (rows.kind != "out") & (rows.iteration > 0)]
    columns = present(rows)
    if where:
        rows = rows[rows.layer == where]
    wide = rows.pivot(index=TIME, columns=["metric", "reshape", "layer"], values="value")
    whole = wide.notna().groupby(level=RUN).transform("all")
    means = wide.where(whole).T.groupby(level=["metric", "reshape"]).mean().T
    return 1 - means.reindex(columns=pd.MultiIndex.from_tuples(columns))


EACH_RUN: dict[str, Callable[[np.ndarray, np.ndarray, np.ndarray], float]] = {
    "rho": lambda x, y, iteration: spearman(x, y),
    "tau": lambda x, y, iteration: kendall(x, y),
    "beyond": partial,
    "steps": lambda x, y, iteration: steps(x, y),
}
"""name -> f(dissimilarity, change, iteration) of one run, in the order of the iterations."""


def _joined(results: Results, experiment: str, target: str, where: str) -> pd.DataFrame:
    """Columns `ITERATION`, each (metric, reshape), and `CHANGE`; rows where both are known."""
    change = changes(results, experiment, target).rename(CHANGE)
    frame = dissimilarities(results, experiment, where)
    time = frame.index.get_level_values("iteration").astype(float)
    frame.insert(0, ITERATION, time)
    return frame.join(change, how="inner").round(DIGITS)


def summary(results: Results, experiment: str, target: str, where: str = "") -> pd.DataFrame:
    """Means over the runs of the rank correlations, and how far they can be trusted.

    Args:
        results: a study's results.
        experiment: one of its experiments.
        target, where: as in `changes` and `dissimilarities`.

    Returns:
        Index (metric, reshape), `ITERATION` first. For each name of `EACH_RUN`: the mean;
        `<name>_low` and `<name>_high`, the 95 % percentile interval of the mean by bootstrap of
        the runs, or the lowest and highest of fewer than `FEWEST` runs; `<name>_runs`, how many
        have a value. And `across`, over all runs. NaN where not defined.
    """
    joined = _joined(results, experiment, target, where)
    if joined.empty:
        return pd.DataFrame()
    rows = {}
    for cell, runs in _each_run(joined).items():
        rows[cell] = {
            key: value for name in EACH_RUN for key, value in _spread(name, runs[name]).items()
        }
        rows[cell]["across"] = across(joined[cell], joined[CHANGE])
    index = pd.MultiIndex.from_tuples(list(rows), names=["metric", "reshape"])
    return pd.DataFrame(list(rows.values()), index=index)


def _each_run(joined: pd.DataFrame) -> dict[tuple[str, str], dict[str, list[float]]]:
    """{(metric, reshape): {name of a rank correlation: its values, one for each run}}."""
    cells = list(joined.columns.drop(CHANGE))
    found = {cell: {name: [] for name in EACH_RUN} for cell in cells}
    for _, run in joined.groupby(level=RUN):
        time, *_, change = columns = run.sort_index().to_numpy().T
        for cell, far in zip(cells, columns[:-1], strict=True):
            known = np.isfinite(far) & np.isfinite(change)
            for name, function in EACH_RUN.items():
                found[cell][name].append(function(far[known], change[known], time[known]))
    return found


def _spread(name: str, values: list[float]) -> dict[str, float]:
    known = np.array([value for value in values if not np.isnan(value)])
    low = high = np.nan
    if len(known) >= FEWEST:
        # The same draws for every metric: their intervals differ by what they measure alone.
        draws = np.random.default_rng(0).integers(0, len(known), (DRAWS, len(known)))
        low, high = np.percentile(known[draws].mean(axis=1), [2.5, 97.5])
    elif len(known):
        low, high = known.min(), known.max()
    mean = known.mean() if len(known) else np.nan
    return {name: mean, f"{name}_low": low, f"{name}_high": high, f"{name}_runs": len(known)}


def measured(results: Results, experiment: str, target: str) -> bool:
    """Whether the results have the target, and at least three iterations."""
    change = changes(results, experiment, target)
    return change.index.get_level_values("iteration").nunique() >= 3


def statement(results: Results) -> str:
    """What the change of function is for each network, and what is missing; Markdown."""
    missing, other = [], []
    for name in results.experiments:
        network = results.network(name)
        if not measured(results, name, "disagreement"):
            missing.append(network)
        elif about(results, name, "disagreement") != OUTPUTS["agreement"]:
            other.append(network)
    sentences = []
    if other:
        sentences.append(
            f"The agreement of the classes was not recorded for {enumerate_words(other)}: the "
            "Jensen-Shannon divergence of the predictions stands in its place."
        )
    if missing:
        sentences.append(
            "**Not measured in this study:** how often pruned and complete networks disagree, of "
            f"{enumerate_words(missing)}. Add `agreement` to the experiment's `output_metrics`, "
            "and run `make book`."
        )
    if not sentences:
        return "Accuracy gap and output disagreement were recorded for every network."
    return "\n\n".join(sentences)


def _ranged(row: pd.Series, name: str) -> str:
    if pd.isna(row[name]) or row[f"{name}_runs"] == 1:
        return signed(row[name])
    return f"{signed(row[name])} ({signed(row[f'{name}_low'])} to {signed(row[f'{name}_high'])})"


HEADS = {
    "rho": "Spearman",
    "tau": "Kendall",
    "beyond": "Beyond the iteration",
    "steps": "Step by step",
}


def overview(results: Results, experiment: str, target: str) -> Table:
    """`summary` as a table; `Runs` are those in which *beyond the iteration* is defined."""
    frame = summary(results, experiment, target)
    rows = [
        (
            "the iteration's number" if cell == ITERATION else marked(*cell),
            _ranged(row, "rho"),
            signed(row.tau),
            _ranged(row, "beyond"),
            _ranged(row, "steps"),
            signed(row.across),
            f"{int(row.beyond_runs)} of {int(row.rho_runs)}",
        )
        for cell, row in frame.iterrows()
    ]
    header = (f"With {about(results, experiment, target)}", *HEADS.values(), "Between runs", "Runs")
    return Table(header, rows, numeric=header[1:], nothing=NOT_MEASURED)


def last_layer(results: Results, experiment: str) -> Table:
    """The last hidden layer alone: Spearman, and beyond the iteration, with each target."""
    layer = layerwise.hidden(results, experiment)[-1]
    known = [target for target in TARGETS if measured(results, experiment, target)]
    frames = {target: summary(results, experiment, target, layer) for target in known}
    cells = next(iter(frames.values())).index if frames else []
    rows = [
        (
            "the iteration's number" if cell == ITERATION else marked(*cell),
            *(
                signed(frame.loc[cell, name])
                for frame in frames.values()
                for name in ("rho", "beyond")
            ),
        )
        for cell in cells
    ]
    heads = [
        f"{about(results, experiment, target)}: {HEADS[name]}"
        for target in known
        for name in ("rho", "beyond")
    ]
    return Table((f"In {layer}", *heads), rows, numeric=heads, nothing=NOT_MEASURED)


def finding(results: Results, experiment: str, target: str) -> str:
    """Which metric follows a change of function beyond the iteration's number."""
    head = f"**{heading(results, experiment, target)}.**"
    if not measured(results, experiment, target):
        return f"{head} {NOT_MEASURED}"
    frame = summary(results, experiment, target)
    number, metrics = frame.loc[ITERATION], frame.drop(ITERATION)
    if metrics.rho.isna().all():
        return f"{head} It never changes, or no dissimilarity does: there is nothing to rank."
    low, high = metrics.rho.idxmin(), metrics.rho.idxmax()
    return (
        f"{head} Over the iterations, the rank correlation of dissimilarity with it lies between "
        f"{signed(metrics.rho[low])} ({phrase(*low)}) and {signed(metrics.rho[high])} "
        f"({phrase(*high)}). The iteration's number alone has {signed(number.rho)}. "
        f"{_beyond(metrics, number)} {_steps(metrics)}"
    )


def _beyond(metrics: pd.DataFrame, number: pd.Series) -> str:
    known = metrics[metrics.beyond_runs > number.rho_runs / 2]
    number_of = count(len(metrics), "combination") + " of metric and reshape"
    if known.empty:
        return (
            f"Beyond that number, none of {number_of} can be judged: in most runs they rank the "
            "iterations as the number does."
        )
    best, above = known.beyond.idxmax(), (known.beyond_low > 0).sum()
    return (
        f"Beyond that number, {phrase(*best)} follows it best, "
        f"{_ranged(known.loc[best], 'beyond')}. {len(known)} of {number_of} can be judged there, "
        f"and for {above or 'none'} the range lies above 0."
    )


def _steps(metrics: pd.DataFrame) -> str:
    if metrics.steps.isna().all():
        return "Step by step, nothing can be judged."
    best, above = metrics.steps.idxmax(), (metrics.steps_low > 0).sum()
    return (
        f"Step by step, {phrase(*best)} follows it best, {_ranged(metrics.loc[best], 'steps')}; "
        f"the range lies above 0 for {above or 'none'} of {metrics.steps.count()}."
    )


def figure(results: Results) -> Panels:
    """A panel for each network and target: a row for each metric on each reshape.

    Dots are the rank correlations over the iterations, diamonds those beyond the iteration's
    number; lines are their ranges over the runs. The dotted line is the number's own.
    """
    figures, labels = {}, {}
    for experiment in results.experiments:
        for target in TARGETS:
            if not measured(results, experiment, target):
                continue
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
            "beyond the iteration's number",
            line_swatch(
                colours[BEYOND],
                marker='<path d="M13 1 18 6 13 11 8 6Z" '
                f'style="fill:var(--pst-color-background, #fff);stroke:{colours[BEYOND]};'
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
        ("beyond", -0.16, {"color": BEYOND, "marker": "D", "markerfacecolor": "none"}),
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
        ("beyond", "beyond the iteration's number"),
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


def numbers(results: Results, experiment: str, target: str) -> str:
    """Each hidden layer as text, by the paper's metrics: Spearman (`rho`), beyond the iteration."""
    if not measured(results, experiment, target):
        return NOT_MEASURED
    names = layerwise.hidden(results, experiment)
    own = dataclasses.replace(results, similarity=results.similarities(experiment))
    frames = {layer: summary(own, experiment, target, layer) for layer in names}
    blocks = {}
    for metric in SHOWN:
        cell = (metric, PAPER_RESHAPE[metric])
        columns = {
            head: [
                frame.loc[cell, name] if cell in frame.index else np.nan
                for frame in frames.values()
            ]
            for head, name in (("rho", "rho"), ("beyond", "beyond"))
        }
        blocks[METRICS[metric]] = pd.DataFrame({"layer": names, **columns}).astype(
            {"rho": float, "beyond": float}
        )
    return side_by_side(blocks, digits=2)

"""Does a metric follow what the network does? The numbers (Ding et al. 2021).

Rank correlation, over the pruning iterations, of dissimilarity with a change of function.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from .rank_statistics import DIGITS, RUN, across, kendall, partial, spearman, steps
from .results import Results
from .validity import present

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


def targets_measured(results: Results) -> list[tuple[str, str]]:
    """The (experiment, target) that were measured, network by network."""
    return [
        (experiment, target)
        for experiment in results.experiments
        for target in TARGETS
        if measured(results, experiment, target)
    ]

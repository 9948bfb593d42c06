"""What rules on accuracy are made of: how much pruned networks gain over their complete ones."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd

from ..report.results import Results
from ..report.statistics import CORRELATION, rank_correlation
from ..report.values import NETWORK, RUN_COLUMNS
from .engine import Missing, Quantity
from .runs import require_experiment, series
from .selection import Iterations


def gains_of(results: Results, experiment: str) -> dict[tuple[int, int], pd.DataFrame]:
    """{(train_seed, prune_seed): frame} of the pruned networks' accuracy.

    Returns:
        Frames with index iteration and columns `remaining` and `gain`: test accuracy
        minus that of the complete network, in percentage points.

    Raises:
        Missing: these results hold no such numbers.
    """
    require_experiment(results, experiment)
    rows = results.of(experiment, "performance")
    complete = rows[rows.iteration == 0].set_index("train_seed").accuracy
    pruned = rows[rows.iteration > 0]
    if complete.empty or pruned.empty:
        raise Missing(f"{experiment} has no accuracies before and after pruning")
    pruned = pruned.assign(gain=100 * (pruned.accuracy - pruned.train_seed.map(complete)))
    return {
        (int(train), int(prune)): frame.set_index("iteration").sort_index()[["remaining", "gain"]]
        for (train, prune), frame in pruned.groupby(RUN_COLUMNS)
    }


def _of_gains(words: str, experiment: str, number: Callable[[pd.DataFrame], float]) -> Quantity:
    def measure(results: Results) -> pd.Series:
        runs = gains_of(results, experiment)
        return series({run: float(number(frame)) for run, frame in runs.items()})

    return Quantity(words, measure)


def gain(experiment: str, times: Iterations, how: str = "mean") -> Quantity:
    """Test accuracy minus that of the complete network, in points.

    Args:
        how: "mean" or "lowest" of the iterations.
    """
    statistic = {"mean": np.mean, "lowest": np.min}[how]
    return _of_gains(
        f"{how} gain in accuracy over the complete network{times.words}",
        experiment,
        lambda frame: statistic(frame.gain[times.pick(frame.remaining)].to_numpy()),
    )


def accuracy_trend(experiment: str) -> Quantity:
    """Rank correlation of iteration and accuracy, the complete network included as iteration 0."""
    correlation = _of_gains(
        "rank correlation of accuracy with iteration",
        experiment,
        lambda frame: rank_correlation([0, *frame.index], [0.0, *frame.gain]),
    )
    return replace(correlation, limits=CORRELATION)


def gain_beyond_training(experiment: str, times: Iterations) -> Quantity:
    """Test accuracy minus that of the same complete network, trained as long but not pruned.

    Both are taken at the same iterations, chosen by the weights left in the pruned
    network, and every run is compared with the mean of its complete network's controls.
    """

    def measure(results: Results) -> pd.Series:
        control = pd.concat(gains_of(results, f"{experiment}_trained_on"), names=RUN_COLUMNS)
        control = control.gain.groupby(level=[NETWORK, "iteration"]).mean()
        by_run = {}
        for (train, prune), frame in gains_of(results, experiment).items():
            if train in control.index.levels[0]:
                beyond = frame.gain - control[train].reindex(frame.index)
                by_run[train, prune] = beyond[times.pick(frame.remaining)].mean(skipna=False)
        if not by_run:
            raise Missing(f"no complete network of {experiment} was trained as long, unpruned")
        return series(by_run)

    words = "mean gain in accuracy over the same network trained as long without pruning"
    return Quantity(f"{words}{times.words}", measure)

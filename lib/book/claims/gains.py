"""What rules on accuracy are made of: how much pruned networks gain over their complete ones."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from ..report.results import Results, cached_per_results
from ..report.statistics import CORRELATION, rank_correlation
from ..report.values import NETWORK, RUN_COLUMNS
from .quantity import Iterations, Missing, as_quantity, require_experiment


@cached_per_results
def gains_of(results: Results, experiment: str) -> pd.DataFrame:
    """The pruned networks' accuracy beside that of their complete networks.

    Returns:
        Index train_seed, run_seed, iteration; columns `remaining` and `gain`: test
        accuracy minus that of the complete network, in percentage points.

    Raises:
        Missing: these results hold no such numbers.
    """
    require_experiment(results, experiment)
    rows = results.of(experiment, "performance")
    complete = rows[rows.iteration == 0].set_index(NETWORK).accuracy
    pruned = rows[rows.iteration > 0].astype({"run_seed": int})
    if complete.empty or pruned.empty:
        raise Missing(f"{experiment} has no accuracies before and after pruning")
    pruned["gain"] = 100 * (pruned.accuracy - pruned.train_seed.map(complete))
    return pruned.set_index([*RUN_COLUMNS, "iteration"])[["remaining", "gain"]].sort_index()


def _by_run(gains: pd.DataFrame, number: Callable[[pd.DataFrame], float]) -> pd.Series:
    """A number of each run, from its `gains_of` with the iteration as their index."""
    runs = gains.groupby(level=RUN_COLUMNS)
    return runs.apply(lambda run: float(number(run.droplevel(RUN_COLUMNS))))


@as_quantity("{how} gain in accuracy over the complete network{times}")
def gain(results: Results, experiment: str, times: Iterations, how: str = "mean") -> pd.Series:
    """Test accuracy minus that of the complete network, in points.

    Args:
        how: "mean" or "lowest" of the iterations.
    """
    statistic = {"mean": np.mean, "lowest": np.min}[how]
    gains = gains_of(results, experiment)
    return _by_run(gains, lambda run: statistic(run.gain[times.pick(run.remaining)].to_numpy()))


@as_quantity("rank correlation of accuracy with iteration", CORRELATION)
def accuracy_trend(results: Results, experiment: str) -> pd.Series:
    """Rank correlation of iteration and accuracy, the complete network included as iteration 0."""
    gains = gains_of(results, experiment)
    return _by_run(gains, lambda run: rank_correlation([0, *run.index], [0.0, *run.gain]))


@as_quantity("mean gain in accuracy over the same network trained as long without pruning{times}")
def gain_beyond_training(results: Results, experiment: str, times: Iterations) -> pd.Series:
    """Test accuracy minus that of the same complete network, trained as long but not pruned.

    Both are taken at the same iterations, chosen by the weights left in the pruned
    network, and every run is compared with the mean of its complete network's controls.
    """
    control = gains_of(results, f"{experiment}_trained_as_long").gain
    control = control.groupby([NETWORK, "iteration"]).mean().rename("control")
    gains = gains_of(results, experiment)
    gains = gains[gains.index.isin(control.index.unique(NETWORK), level=NETWORK)]
    if gains.empty:
        raise Missing(f"no complete network of {experiment} was trained as long, unpruned")
    return _by_run(
        gains.join(control),
        lambda run: (run.gain - run.control)[times.pick(run.remaining)].mean(skipna=False),
    )

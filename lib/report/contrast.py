"""Where the contrast between two metrics comes from: reshape, floor, training, or the metric.

The contrast is how much further from 1 one metric is than another, on average over the hidden
layers; or how much deeper its "U" over the layers is. Three things besides the metrics differ, or
are counted in: the reshape, the value that chance gives, and the training that a network gets
beside being pruned. Each can be taken out:

- reshape: the second metric is computed on the matrix of the first;
- floor: a distance 1 - s becomes (1 - s) / (1 - null), so that chance is 1;
- training: the distance that a network trained on without pruning has reached is subtracted,
  layer by layer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from itertools import permutations

import pandas as pd

from .results import PAPER_RESHAPE, Results
from .values import by_run, hidden, u_depth

PAIRS = (("svcca", "cka"), ("pwcca", "cka"), ("svcca", "nbs"), ("pwcca", "nbs"))
"""(the metric that the paper finds low, the one that it finds high)."""

FACTORS = {
    "reshape": "the reshape",
    "floor": "the floor of chance",
    "training": "the training beside pruning",
}
"""What can be taken out -> how it is called."""


def distances(
    study: Results, experiment: str, metric: str, reshape: str = "", *, floor: bool = False
) -> pd.DataFrame:
    """Distance from 1 of each hidden layer, after the last iteration.

    Args:
        study, experiment, metric, reshape: as for `values.by_run`; the experiment may be a control.
        floor: divide by the distance of the null, so that chance is 1.

    Returns:
        Index (train_seed, prune_seed), columns the hidden layers in forward order, NaN where the
        metric is not defined; no rows where it was not computed.
    """
    away = 1 - by_run(study, experiment, metric, reshape)
    if floor:
        away = away / (1 - by_run(study, experiment, metric, reshape, "null_mean"))
    return away[hidden(study, experiment)].dropna(how="all")


def level(away: pd.DataFrame) -> pd.Series:
    """The mean over the layers, in each run."""
    return away.mean(axis=1)


def bowl(away: pd.DataFrame) -> pd.Series:
    """How much further the furthest layer is than the further of the two ends: the "U"."""
    return u_depth(-away)


def contrast(
    study: Results,
    experiment: str,
    low: str,
    high: str,
    out: Iterable[str] = (),
    of: Callable[[pd.DataFrame], pd.Series] = level,
) -> pd.Series:
    """By how much `low` exceeds `high` in a quantity of their distances, in each run.

    Args:
        study: its results.
        experiment: one of the paper's.
        low, high: metrics.
        out: factors that are taken out, keys of `FACTORS`.
        of: the quantity, `level` or `bowl`: distances of some runs -> a number for each run.

    Returns:
        Index (train_seed, prune_seed); empty where something that it takes was not measured. The
        training is that of the control, layer by layer, on average over its runs.
    """
    out, control = set(out), f"{experiment}_trained_on"
    if "training" in out and control not in study.variants:
        return pd.Series(dtype=float)
    matrix = {metric: PAPER_RESHAPE[metric] for metric in (low, high)}
    if "reshape" in out:
        matrix[high] = matrix[low]

    def quantity(metric: str) -> pd.Series:
        where = {"reshape": matrix[metric], "floor": "floor" in out}
        away = distances(study, experiment, metric, **where)
        if "training" in out:
            away = away - distances(study, control, metric, **where).mean()
        return of(away)

    return (quantity(low) - quantity(high)).dropna()


def shapley(
    value: Callable[[frozenset[str]], pd.Series], factors: Sequence[str]
) -> dict[str, pd.Series]:
    """How much of a value goes with each factor, when all of them are taken out one by one.

    What a factor takes away depends on what was taken out before it. Its share is the mean over all
    orders (Shapley 1953, "A value for n-person games"). The shares add up to
    value({}) - value(factors).

    Args:
        value: factors that are taken out -> what is then left.
        factors: their names.

    Returns:
        {factor: its share}, of the type that `value` returns.
    """
    value, orders = cache(value), list(permutations(factors))
    return {
        factor: sum(
            value(before) - value(before | {factor})
            for before in (frozenset(order[: order.index(factor)]) for order in orders)
        )
        / len(orders)
        for factor in factors
    }


def decomposed(
    study: Results,
    experiment: str,
    low: str,
    high: str,
    of: Callable[[pd.DataFrame], pd.Series] = level,
) -> pd.DataFrame:
    """The contrast of two metrics in its parts.

    Args:
        study, experiment, low, high, of: as for `contrast`.

    Returns:
        Index (train_seed, prune_seed). Columns `contrast`; `metric`, what is left of it with
        everything else taken out; and the shares of `FACTORS`. A factor that was not measured is
        left in, and has no column.
    """
    known = [name for name in FACTORS if len(contrast(study, experiment, low, high, [name]))]

    def value(out: frozenset[str]) -> pd.Series:
        return contrast(study, experiment, low, high, out, of)

    parts = {"contrast": value(frozenset()), "metric": value(frozenset(known))}
    return pd.DataFrame(parts | shapley(value, known)).dropna()

"""One scale for all metrics: 0 for shuffled images, 1 for independent networks, 2 for identity.

In between the scale is linear in the metric. Metrics differ in how much room they leave
between independent networks and identical ones (SVCCA about 0.5, CKA about 0.05); the
scale takes that out.
"""

import pandas as pd

from ..report import values
from ..report.names import METRICS
from ..report.results import Results, cached_per_results
from ..report.values import NETWORK
from .equal import last_as_accurate
from .quantity import Missing, as_quantity, require_experiment
from .runs import jackknife

ALIKE = 0.1
"""Places on the scale that differ by less than a tenth of the way count as the same."""


@cached_per_results
def _mean(
    study: Results, experiment: str, metric: str, iteration: int | None, column: str
) -> pd.Series:
    """Mean over the hidden layers in each run: index (train_seed, other)."""
    runs = values.by_run(study, experiment, metric, column=column, iteration=iteration)
    return runs[values.hidden(study, experiment)].mean(axis=1, skipna=False)


def place(
    study: Results,
    network: str,
    metric: str,
    iteration: int | None,
    networks: pd.Index,
    control: str = "",
    above_null: bool = True,
) -> float:
    """Where pruned networks stand on the scale.

    The null of pruned networks is measured after the last iteration, and is taken for
    all.

    Args:
        networks: the complete networks that take part; pairs of independent ones among
            them.
        control: the suffix of networks that stand in the place of the pruned ones.
        above_null: whether each similarity is counted from its own null; else all are
            counted from 0.
    """
    pairs, placed = f"{network}_independent", f"{network}{control}"
    value = _mean(study, placed, metric, iteration, "value").groupby(level=NETWORK).mean()
    null = _mean(study, placed, metric, None, "null_mean").groupby(level=NETWORK).mean()
    null *= above_null
    above = float((value - null).reindex(networks).mean())
    identical = 1 - float(null.reindex(networks).mean())
    ceiling = _mean(study, pairs, metric, None, "value")
    ceiling = ceiling - above_null * _mean(study, pairs, metric, None, "null_mean")
    seeds = [ceiling.index.get_level_values(side) for side in range(2)]
    independent = float(ceiling[seeds[0].isin(networks) & seeds[1].isin(networks)].mean())
    if above <= independent:
        return above / independent
    return 1 + (above - independent) / (identical - independent)


def _networks(study: Results, network: str, metric: str) -> pd.Index:
    for name in (network, f"{network}_independent"):
        require_experiment(study, name)
        if values.rows(study, name, metric).empty:
            raise Missing(f"{name} has no {METRICS[metric]}")
    return pd.Index(sorted(study.of(network, "similarity").train_seed.unique()), name=NETWORK)


def _when(study: Results, network: str, at_equal_accuracy: bool) -> int | None:
    if not at_equal_accuracy:
        return None
    iteration = last_as_accurate(study, network)
    if not iteration:
        raise Missing(f"no pruned {network} is shown to be as accurate as its complete network")
    return iteration


_SCALE = "on the scale of shuffled images (0), independent networks (1) and identical ones (2)"


@as_quantity("mean {metric} of the hidden layers of pruned networks, " + _SCALE)
def position(
    study: Results,
    network: str,
    metric: str,
    at_equal_accuracy: bool = False,
    control: str = "",
    above_null: bool = True,
) -> pd.Series:
    """Where pruned networks stand on the scale.

    Args:
        at_equal_accuracy: at the last iteration that is as accurate as the complete
            networks; else after the last iteration.
        control, above_null: as for `place`.
    """
    require_experiment(study, network + control)
    networks = _networks(study, network, metric)
    iteration = _when(study, network, at_equal_accuracy)

    def of(some: pd.Index) -> float:
        return place(study, network, metric, iteration, some, control, above_null)

    return jackknife(networks, of)


@as_quantity(
    "where {low} places pruned networks " + _SCALE + ", minus where {high} does",
    low=METRICS,
    high=METRICS,
)
def apart(
    study: Results, network: str, low: str, high: str, at_equal_accuracy: bool = False
) -> pd.Series:
    """By how much two metrics differ in where they place the same pruned networks.

    Args:
        at_equal_accuracy: as for `position`.
    """
    networks = _networks(study, network, low)
    iteration = _when(study, network, at_equal_accuracy)

    def difference(some: pd.Index) -> float:
        first = place(study, network, low, iteration, some)
        return first - place(study, network, high, iteration, some)

    return jackknife(networks, difference)

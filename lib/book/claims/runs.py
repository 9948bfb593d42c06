"""From the tables to one number for each run, and for each complete network."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ..report import values
from ..report.names import METRICS, title
from ..report.results import Results, cached_per_results
from ..report.statistics import Interval, interval
from ..report.values import NETWORK, RUN_COLUMNS
from .quantity import ALWAYS, END, Iterations, Layers, Missing, Quantity, require_experiment


@dataclass(frozen=True)
class Run:
    """One metric in one run.

    Attributes:
        tables: {column of the similarity table: its values}; index iteration, columns
            layer.
        kinds: layer -> kind, in forward order.
        remaining: index iteration, fraction of the prunable weights left.
    """

    tables: Mapping[str, pd.DataFrame]
    kinds: Mapping[str, str]
    remaining: pd.Series

    def part(self, layers: Layers, times: Iterations, column: str = "value") -> pd.DataFrame:
        """The values of some layers at some iterations."""
        table = self.tables[column]
        rows, columns = self._places(layers, times, table)
        picked = table.to_numpy()[np.ix_(rows, columns)]
        return pd.DataFrame(picked, table.index[rows], table.columns[columns])

    def numbers(self, layers: Layers, times: Iterations, column: str = "value") -> np.ndarray:
        """The same values as `part`, in the same order, without what they belong to."""
        table = self.tables[column]
        return table.to_numpy()[np.ix_(*self._places(layers, times, table))]

    def _places(
        self, layers: Layers, times: Iterations, table: pd.DataFrame
    ) -> tuple[np.ndarray, np.ndarray]:
        """Which rows and columns of a table these are."""
        rows = table.index.get_indexer(times.pick(self.remaining))
        return rows, table.columns.get_indexer(layers.pick(self.kinds))

    def low(self, layers: Layers) -> float:
        """The smallest value of some layers after the last iteration."""
        return float(self.numbers(layers, END).min())

    def mean(self, layers: Layers) -> float:
        """The mean of some layers after the last iteration."""
        return float(self.numbers(layers, END).mean())

    def curve(self, layers: Layers) -> pd.Series:
        """The mean of some layers at each iteration."""
        return self.part(layers, ALWAYS).mean(axis=1, skipna=False)


def series(by_run: Mapping[tuple[int, int], float]) -> pd.Series:
    """{(train_seed, run_seed): number} as a series."""
    index = pd.MultiIndex.from_tuples(list(by_run), names=RUN_COLUMNS)
    return pd.Series(list(by_run.values()), index=index, dtype=float).sort_index()


def jackknife(networks: pd.Index, statistic: Callable[[pd.Index], float]) -> pd.Series:
    """A pseudo-value of each network: their mean is the statistic less its bias (Tukey 1958).

    That of a network is n U - (n - 1) U', with U the statistic of all networks and U'
    that without it.

    Args:
        networks: seeds of the complete networks.
        statistic: a number from the networks that take part.

    Returns:
        Index train_seed. Of fewer than three networks the statistic alone, under the
        first seed: a pair of networks is the least that can be compared.
    """
    whole = statistic(networks)
    if len(networks) < 3:
        return pd.Series(whole, index=networks[:1], dtype=float)
    n = len(networks)
    left_out = [statistic(networks.drop(network)) for network in networks]
    return n * whole - (n - 1) * pd.Series(left_out, index=networks)


def of_pairs(numbers: pd.Series) -> pd.Series:
    """One number for each network from those of pairs of networks: jackknife pseudo-values.

    Pairs that share a network are not independent, so neither are the means over the
    pairs of each network, which would differ far too little. The variance of the
    pseudo-values' mean is that of the mean over all pairs (Arvesen 1969).

    Args:
        numbers: index (first network, second network).

    Returns:
        Index train_seed. If a pair has no number, none of the networks has one: the
        mean over the other pairs would be another quantity, and `interval` counts the
        networks as undefined.
    """
    first, second = (numbers.index.get_level_values(level) for level in range(2))

    def mean(networks: pd.Index) -> float:
        return numbers[first.isin(networks) & second.isin(networks)].mean(skipna=False)

    return jackknife(pd.Index(sorted({*first, *second}), name=NETWORK), mean)


def estimate(
    measure: Callable[..., pd.Series],
    *arguments: object,
    limits: tuple[float, float] = (-math.inf, math.inf),
) -> Interval:
    """The mean over complete networks of what a function measures, and its interval.

    Args:
        measure: returns a number for each complete network, such as `Quantity.numbers`.
        arguments: its own.
        limits: the lowest and the highest number that there can be.

    Returns:
        Of no network at all where the function raises `Missing`.
    """
    try:
        return interval(measure(*arguments)).within(*limits)
    except Missing:
        return interval(())


@cached_per_results
def runs_of(
    results: Results,
    experiment: str,
    metric: str,
    reshape: str = "",
    columns: Sequence[str] = ("value",),
) -> dict[tuple[int, int], Run]:
    """{(train_seed, run_seed): run} of one metric.

    Args:
        reshape: empty for the one that the paper uses.
        columns: of the similarity table.

    Raises:
        Missing: these results hold no such numbers.
    """
    require_experiment(results, experiment)
    rows = values.rows(results, experiment, metric, reshape)
    if rows.empty:
        on = f" on the reshape {reshape}" if reshape else ""
        raise Missing(f"{experiment} has no {title(METRICS, metric)}{on}")
    for column in columns:
        if rows[column].isna().all():
            raise Missing(f"{experiment} has no {column} of {title(METRICS, metric)}")
    measured = set(rows.layer)
    kinds = {name: kind for name, kind in values.layers(results, experiment) if name in measured}
    seeds, run = np.unique(rows[RUN_COLUMNS].to_numpy(int), axis=0, return_inverse=True)
    numbers, iteration = np.unique(rows.iteration.to_numpy(), return_inverse=True)
    # all runs get the same cells: what a run lacks is NaN there
    shape = len(seeds), len(numbers), len(kinds)
    place = run, iteration, pd.Index(kinds).get_indexer(rows.layer)
    cells = {column: _filled(shape, place, rows[column]) for column in columns}
    left = _filled(shape[:2], place[:2], rows.remaining)
    iterations = pd.Index(numbers, name="iteration")
    layers = pd.Index(kinds, name="layer")
    return {
        (int(train_seed), int(run_seed)): Run(
            {column: pd.DataFrame(cells[column][i], iterations, layers) for column in columns},
            kinds,
            pd.Series(left[i], iterations),
        )
        for i, (train_seed, run_seed) in enumerate(seeds)
    }


def _filled(shape: Sequence[int], place: tuple[np.ndarray, ...], cells: pd.Series) -> np.ndarray:
    """An array with numbers at their places, and NaN at all others."""
    array = np.full(shape, math.nan)
    array[place] = cells.to_numpy()
    return array


def per_run(
    words: str, *columns: str, limits: tuple[float, float] = (-math.inf, math.inf)
) -> Callable:
    """Turn a function of one run into a quantity.

    Args:
        words: what it is; `{metric}` and the function's arguments may occur in it.
        columns: those of the similarity table that the function reads; the value alone
            if empty.
        limits: the lowest and the highest number that there can be.

    Returns:
        A decorator that makes quantity(experiment, metric, ...) of number(run, ...). So
        `fall("vgg16_bn", "cka", OUT)` is what `fall(run, OUT)` returns, for CKA in each
        run of VGG16_BN.
    """

    def decorate(number: Callable[..., float]) -> Callable[..., Quantity]:
        signature = inspect.signature(number)

        def quantity(experiment: str, metric: str, *arguments: Any) -> Quantity:
            bound = signature.bind(None, *arguments)
            bound.apply_defaults()
            fill = {name: getattr(value, "words", value) for name, value in bound.arguments.items()}

            def measure(results: Results) -> pd.Series:
                runs = runs_of(results, experiment, metric, columns=columns or ("value",))
                by_run = series({key: float(number(run, *arguments)) for key, run in runs.items()})
                pairs = results.settings(experiment).get("against") == "complete"
                return of_pairs(by_run) if pairs else by_run

            description = words.format(metric=title(METRICS, metric), **fill)
            return Quantity(description, measure, limits)

        quantity.__doc__ = words
        return quantity

    return decorate

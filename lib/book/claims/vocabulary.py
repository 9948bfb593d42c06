"""What rules are made of: layers, iterations, and quantities of runs and of complete networks.

Where a value that a quantity needs is not defined, the quantity of that run is NaN: a minimum over
the layers that happen to be defined would be another quantity. Where the words of a quantity name
no iteration, it is taken after the last one.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from ..report import values
from ..report.format import percent
from ..report.names import METRICS, PAPER_NETWORKS, title
from ..report.results import Results, once
from ..report.statistics import CORRELATION, rank_correlation
from ..report.style import VISIBLE
from ..report.values import NETWORK, RUN
from .engine import Missing, Quantity, Rule

VGG16, SVHN, RESNET = PAPER_NETWORKS
"""The experiments of the paper."""

CCA = ("svcca", "pwcca")
FOUR = (*CCA, "cka", "nbs")
"""The metrics of the paper, and those of them that rest on CCA."""

BOTH = "SVCCA and PWCCA"

CLEAR = 0.5
"""The rank correlation from which on we speak of a trend."""

LARGEST_GAP = 0.2
"""How far an iteration may be from a level that is asked for, as a difference of logarithms."""


@dataclass(frozen=True)
class Run:
    """One metric in one run.

    Attributes:
        table: index iteration; columns (column of the similarity table, layer).
        kinds: layer -> kind, in forward order.
        remaining: index iteration, fraction of the prunable weights left.
    """

    table: pd.DataFrame
    kinds: Mapping[str, str]
    remaining: pd.Series

    def part(self, layers: Layers, times: Times, column: str = "value") -> pd.DataFrame:
        """The values of some layers at some iterations."""
        return self.table[column].loc[times.pick(self.remaining), layers.pick(self)]

    def low(self, layers: Layers) -> float:
        """The smallest value of some layers after the last iteration."""
        return float(self.part(layers, END).to_numpy().min())

    def mean(self, layers: Layers) -> float:
        """The mean of some layers after the last iteration."""
        return float(self.part(layers, END).to_numpy().mean())

    def curve(self, layers: Layers) -> pd.Series:
        """The mean of some layers at each iteration."""
        return self.part(layers, ALWAYS).mean(axis=1, skipna=False)


@dataclass(frozen=True)
class Layers:
    """Some layers of a network: words for the reader, and how to pick them."""

    words: str
    pick: Callable[[Run], list[str]]


@dataclass(frozen=True)
class Times:
    """Some iterations: words for the reader, beginning with a space, and how to pick them."""

    words: str
    pick: Callable[[pd.Series], list[int]]


def _hidden(run: Run) -> list[str]:
    return [name for name, kind in run.kinds.items() if kind != "out"]


def _out(run: Run) -> list[str]:
    names = [name for name, kind in run.kinds.items() if kind == "out"]
    if not names:
        raise Missing("no output layer")
    return names


HIDDEN = Layers("the hidden layers", _hidden)
EVERY = Layers("all layers", lambda run: list(run.kinds))
FIRST = Layers("the first layer", lambda run: _hidden(run)[:1])
LAST = Layers("the last hidden layer", lambda run: _hidden(run)[-1:])
ENDS = Layers("the first and last hidden layer", lambda run: [_hidden(run)[0], _hidden(run)[-1]])
OUT = Layers("the output layer", _out)


def named(words: str, *names: str) -> Layers:
    """Layers by name."""

    def pick(run: Run) -> list[str]:
        absent = [name for name in names if name not in run.kinds]
        if absent:
            raise Missing(f"no layer {', '.join(absent)}")
        return list(names)

    return Layers(words, pick)


def apart_from(layers: Layers) -> Layers:
    """The hidden layers that are not among these."""

    def pick(run: Run) -> list[str]:
        left_out = layers.pick(run)
        return [name for name in _hidden(run) if name not in left_out]

    return Layers("the other hidden layers", pick)


END = Times("", lambda remaining: [remaining.index[-1]])
START = Times(" after the first iteration", lambda remaining: [remaining.index[0]])
ALWAYS = Times(" over all iterations", lambda remaining: list(remaining.index))


def left(low: float = 0.0, high: float = 1.0) -> Times:
    """The iterations whose fraction of weights left lies between two bounds, these included."""
    words = f"{percent(low)} to {percent(high)}" if low else f"at most {percent(high)}"

    def pick(remaining: pd.Series) -> list[int]:
        found = list(remaining.index[remaining.between(low, high)])
        if not found:
            raise Missing(f"no iteration with {words} of the weights left")
        return found

    return Times(f" with {words} of the weights left", pick)


def nearest(level: float, words: str) -> Times:
    """The iteration whose fraction of weights left is nearest to a level, in logarithms."""

    def pick(remaining: pd.Series) -> list[int]:
        off = np.log(remaining / level).abs()
        if off.min() > LARGEST_GAP:
            raise Missing(f"no iteration with about {percent(level)} of the weights left")
        return [int(off.idxmin())]

    return Times(words, pick)


def series(found: Mapping[tuple[int, int], float]) -> pd.Series:
    """{(train_seed, prune_seed): number} as a series."""
    index = pd.MultiIndex.from_tuples(list(found), names=RUN)
    return pd.Series(list(found.values()), index=index, dtype=float).sort_index()


def of_pairs(numbers: pd.Series) -> pd.Series:
    """One number for each network from those of pairs of networks: jackknife pseudo-values.

    Pairs that share a network are not independent, so neither are the means over the pairs of each
    network, which would differ far too little. The pseudo-value of a network is n U - (n - 1) U',
    with U the mean over all pairs and U' that over the pairs without it. Their mean is U, and
    their variance that of U (Tukey 1958; for means over pairs Arvesen 1969).

    Args:
        numbers: index (one network, the other).

    Returns:
        Index train_seed. A single pair gives one number alone, for the first of its networks.
    """
    if len(numbers) == 1:
        return numbers
    one, other = (numbers.index.get_level_values(level) for level in range(2))
    networks = pd.Index(sorted({*one, *other}), name=NETWORK)
    without = [numbers[(one != network) & (other != network)].mean() for network in networks]
    n = len(networks)
    return n * numbers.mean() - (n - 1) * pd.Series(without, index=networks, dtype=float)


def require_experiment(results: Results, experiment: str) -> None:
    """Raise `Missing` unless these results have the experiment."""
    if experiment not in results:
        raise Missing(f"no experiment {experiment}")


@once
def runs_of(
    results: Results,
    experiment: str,
    metric: str,
    reshape: str = "",
    columns: Sequence[str] = ("value",),
) -> dict[tuple[int, int], Run]:
    """{(train_seed, prune_seed): run} of one metric.

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
    order = rows.drop_duplicates("layer").sort_values("depth")
    kinds = dict(zip(order.layer, order.kind, strict=True))
    remaining = rows.groupby([*RUN, "iteration"]).remaining.first()
    iterations = sorted(rows.iteration.unique())
    wide = rows.pivot(index=[*RUN, "iteration"], columns="layer", values=list(columns))
    # all runs get the same cells: what a run lacks is NaN there
    return {
        run: Run(wide.loc[run].reindex(iterations), kinds, remaining.loc[run].reindex(iterations))
        for run in remaining.index.droplevel("iteration").unique()
    }


def per_run(
    words: str, *columns: str, limits: tuple[float, float] = (-math.inf, math.inf)
) -> Callable:
    """Turn a function of one run into a quantity.

    Args:
        words: what it is; `{metric}` and the function's arguments may occur in it.
        columns: those of the similarity table that the function reads; the value alone if empty.
        limits: the lowest and the highest number that there can be.

    Returns:
        A decorator that makes quantity(experiment, metric, ...) of number(run, ...). So
        `fall("vgg16_bn", "cka", OUT)` is what `fall(run, OUT)` returns, for CKA in each run of
        VGG16_BN.
    """

    def decorate(number: Callable[..., float]) -> Callable[..., Quantity]:
        signature = inspect.signature(number)

        def quantity(experiment: str, metric: str, *arguments: Any) -> Quantity:
            bound = signature.bind(None, *arguments)
            bound.apply_defaults()
            fill = {name: getattr(value, "words", value) for name, value in bound.arguments.items()}

            def measure(results: Results) -> pd.Series:
                runs = runs_of(results, experiment, metric, columns=columns or ("value",))
                found = series({key: float(number(run, *arguments)) for key, run in runs.items()})
                pairs = results.settings(experiment).get("against") == "complete"
                return of_pairs(found) if pairs else found

            said = words.format(metric=title(METRICS, metric), **fill)
            return Quantity(said, measure, limits)

        quantity.__doc__ = words
        return quantity

    return decorate


@per_run("lowest {metric} of {layers}{times}")
def lowest(run: Run, layers: Layers = HIDDEN, times: Times = END) -> float:
    return run.part(layers, times).to_numpy().min()


@per_run("mean {metric} of {layers}{times}")
def mean(run: Run, layers: Layers = HIDDEN, times: Times = END) -> float:
    return run.part(layers, times).to_numpy().mean()


@per_run("{metric} of {layer}{times}")
def of_layer(run: Run, layer: Layers, times: Times = END) -> float:
    return run.part(layer, times).to_numpy().mean()


@per_run("range of {metric} over the hidden layers")
def range_over_layers(run: Run) -> float:
    return np.ptp(run.part(HIDDEN, END).to_numpy())


@per_run("range of {metric} of {layers}{times}")
def range_over_iterations(run: Run, layers: Layers, times: Times = ALWAYS) -> float:
    # on average over the layers
    return np.ptp(run.part(layers, times).to_numpy(), axis=0).mean()


@per_run("fall of {metric} of {layers} from the first to the last iteration")
def fall(run: Run, layers: Layers) -> float:
    curve = run.curve(layers)
    return curve.iloc[0] - curve.iloc[-1]


@per_run(
    "mean step of {metric} of the hidden layers from iteration to iteration in the second half, "
    "relative to that in the first half"
)
def slowing(run: Run) -> float:
    steps = np.abs(np.diff(run.curve(HIDDEN).to_numpy()))
    if len(steps) < 2:
        raise Missing("fewer than three iterations")
    half = len(steps) // 2
    return steps[-half:].mean() / steps[:half].mean()


@per_run(
    "rank correlation of mean {metric} of the hidden layers with iteration", limits=CORRELATION
)
def trend(run: Run) -> float:
    curve = run.curve(HIDDEN)
    return rank_correlation(curve.index, curve)


@per_run("rank correlation of {metric} of the hidden layers with depth", limits=CORRELATION)
def depth_trend(run: Run) -> float:
    curve = run.part(HIDDEN, END).iloc[0]
    return rank_correlation(range(len(curve)), curve)


@per_run(
    f"longest stretch of hidden layers over which {{metric}} differs by less than {VISIBLE:g}, "
    "as a share of all of them"
)
def plateau(run: Run) -> float:
    numbers = run.part(HIDDEN, END).to_numpy().ravel()
    if np.isnan(numbers).any():
        return math.nan
    ends = range(len(numbers) + 1)
    level = [j - i for i, j in combinations(ends, 2) if np.ptp(numbers[i:j]) < VISIBLE]
    return max(level) / len(numbers)


@per_run("place of the hidden layer with the lowest {metric}")
def place_of_lowest(run: Run) -> float:
    numbers = run.part(HIDDEN, END).to_numpy().ravel()
    return math.nan if np.isnan(numbers).any() else np.argmin(numbers)


@per_run(
    "highest intrinsic dimension of the complete network in the middle half of its hidden layers, "
    "relative to that in the first and the last quarter",
    "id_x",
)
def peak_inside(run: Run) -> float:
    numbers = run.part(HIDDEN, END, "id_x").to_numpy().ravel()
    quarter = len(numbers) // 4
    return numbers[quarter:-quarter].max() / np.max([numbers[:quarter], numbers[-quarter:]])


@per_run(
    "intrinsic dimension of the complete network in the hidden layer with the lowest {metric}, "
    "relative to the highest",
    *("value", "id_x"),
)
def dimension_at_lowest(run: Run) -> float:
    metric, dimension = (
        run.part(HIDDEN, END, column).to_numpy().ravel() for column in ("value", "id_x")
    )
    if np.isnan([metric, dimension]).any():
        return math.nan
    return dimension[np.argmin(metric)] / dimension.max()


@per_run(
    "{metric} of the first or last hidden layer, whichever is lower, minus the lowest of all hidden"
)
def u_depth(run: Run) -> float:
    return run.low(ENDS) - run.low(HIDDEN)


@per_run("lowest {metric} of {others}, minus that of {layers}")
def lead(run: Run, layers: Layers, others: Layers) -> float:
    return run.low(others) - run.low(layers)


@per_run(
    "lowest {metric} of {ridge} or {end}, whichever is lower, minus that of {one} or {other}, "
    "whichever is higher"
)
def two_bottoms(run: Run, one: Layers, other: Layers, ridge: Layers, end: Layers) -> float:
    bottoms = [run.low(one), run.low(other)]
    return np.min([run.low(ridge), run.low(end)]) - np.max(bottoms)


@per_run("mean {metric} of {before} or {after}, whichever is lower, minus the lowest of {inside}")
def bowl(run: Run, before: Layers, inside: Layers, after: Layers) -> float:
    return np.min([run.mean(before), run.mean(after)]) - run.low(inside)


@per_run("{metric} of the last hidden layer, minus the lowest of {layers}")
def recovery(run: Run, layers: Layers = HIDDEN) -> float:
    return run.mean(LAST) - run.low(layers)


@per_run("{metric} of the output layer, minus that of the last hidden layer")
def leap(run: Run) -> float:
    return run.mean(OUT) - run.mean(LAST)


@per_run(
    "{metric} of {layers}, minus the mean and two standard deviations of its null, where this is "
    "least",
    *("value", "null_mean", "null_sd"),
)
def above_null(run: Run, layers: Layers) -> float:
    null, spread = (run.part(layers, END, column) for column in ("null_mean", "null_sd"))
    return (run.part(layers, END) - null - 2 * spread).to_numpy().min()


def alike(experiment: str, metric: str, other: str, reshape: str = "") -> Quantity:
    """Rank correlation, over the hidden layers, of two metrics after the last iteration.

    Args:
        reshape: of the other metric; empty for the paper's.
    """
    where = f" on {reshape}" if reshape else ""
    names = f"{title(METRICS, metric)} and {title(METRICS, other)}{where}"
    return same_order(
        f"rank correlation of {names} over the hidden layers",
        (experiment, metric),
        (experiment, other, reshape),
    )


def same_order(words: str, one: tuple[str, ...], other: tuple[str, ...]) -> Quantity:
    """Rank correlation of two curves over the hidden layers, between runs of equal seeds.

    Args:
        one, other: (experiment, metric) or (experiment, metric, reshape).
    """

    def measure(results: Results) -> pd.Series:
        first, second = (runs_of(results, *which) for which in (one, other))
        found = {}
        for key in first.keys() & second.keys():
            a, b = (run.part(HIDDEN, END).iloc[0] for run in (first[key], second[key]))
            both = [name for name in a.index if name in b.index]
            found[key] = rank_correlation(a[both], b[both])
        return series(found)

    return Quantity(words, measure, CORRELATION)


def gains_of(results: Results, experiment: str) -> dict[tuple[int, int], pd.DataFrame]:
    """{(train_seed, prune_seed): frame} of the pruned networks' accuracy.

    Returns:
        Frames with index iteration and columns `remaining` and `gain`: test accuracy minus that of
        the complete network, in percentage points.

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
        for (train, prune), frame in pruned.groupby(RUN)
    }


def _of_gains(words: str, experiment: str, number: Callable[[pd.DataFrame], float]) -> Quantity:
    def measure(results: Results) -> pd.Series:
        runs = gains_of(results, experiment)
        return series({run: float(number(frame)) for run, frame in runs.items()})

    return Quantity(words, measure)


def gain(experiment: str, times: Times, how: str = "mean") -> Quantity:
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
    found = _of_gains(
        "rank correlation of accuracy with iteration",
        experiment,
        lambda frame: rank_correlation([0, *frame.index], [0.0, *frame.gain]),
    )
    return replace(found, limits=CORRELATION)


def gain_beyond_training(experiment: str, times: Times) -> Quantity:
    """Test accuracy minus that of the same complete network, trained as long but not pruned.

    Both are taken at the same iterations, chosen by the weights left in the pruned network, and
    every run is compared with the mean of its complete network's controls.
    """

    def measure(results: Results) -> pd.Series:
        control = pd.concat(gains_of(results, f"{experiment}_trained_on"), names=RUN)
        control = control.gain.groupby(level=[NETWORK, "iteration"]).mean()
        found = {}
        for (train, prune), frame in gains_of(results, experiment).items():
            if train in control.index.levels[0]:
                beyond = frame.gain - control[train].reindex(frame.index)
                found[train, prune] = beyond[times.pick(frame.remaining)].mean(skipna=False)
        if not found:
            raise Missing(f"no complete network of {experiment} was trained as long, unpruned")
        return series(found)

    words = "mean gain in accuracy over the same network trained as long without pruning"
    return Quantity(f"{words}{times.words}", measure)


def each_cca(
    quantity: Callable[..., Quantity], experiment: str, *more: Any, **bounds: Any
) -> list[Rule]:
    """The same rule for SVCCA and for PWCCA; `bounds` are those of `Rule`."""
    return [Rule(quantity(experiment, metric, *more), **bounds) for metric in CCA]


def each_net(quantity: Callable[..., Quantity], *more: Any, **bounds: Any) -> list[Rule]:
    """The same rule for each network of the paper; `bounds` are those of `Rule`."""
    return [
        Rule(quantity(network, *more).of(f"in {name}"), **bounds)
        for network, name in PAPER_NETWORKS.items()
    ]

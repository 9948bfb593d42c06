"""What rules on similarities are made of: quantities of a metric in each run.

Where a value that a quantity needs is not defined, the quantity of that run is NaN: a
minimum over the layers that happen to be defined would be another quantity. Where the
words of a quantity name no iteration, it is taken after the last one.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from ..report.names import METRICS, PAPER_NETWORKS, title
from ..report.results import Results
from ..report.statistics import CORRELATION, rank_correlation
from ..report.style import VISIBLE
from .engine import Rule
from .quantity import (
    ALWAYS,
    END,
    ENDS,
    HIDDEN,
    LAST_LAYER,
    OUT,
    Iterations,
    Layers,
    Missing,
    Quantity,
    as_quantity,
)
from .runs import Run, per_run, runs_of, series

VGG16, SVHN, RESNET = PAPER_NETWORKS
"""The experiments of the paper."""

CCA = ("svcca", "pwcca")
PAPER_METRICS = (*CCA, "cka", "nbs")
"""The metrics of the paper, and those of them that rest on CCA."""

CCA_TITLES = "SVCCA and PWCCA"

CLEAR = 0.5
"""The rank correlation from which on we speak of a trend."""


@per_run("lowest {metric} of {layers}{times}")
def lowest(run: Run, layers: Layers = HIDDEN, times: Iterations = END) -> float:
    return run.numbers(layers, times).min()


@per_run("mean {metric} of {layers}{times}")
def mean(run: Run, layers: Layers = HIDDEN, times: Iterations = END) -> float:
    return run.numbers(layers, times).mean()


@per_run("{metric} of {layer}{times}")
def of_layer(run: Run, layer: Layers, times: Iterations = END) -> float:
    return run.numbers(layer, times).mean()


@per_run("range of {metric} over the hidden layers")
def range_over_layers(run: Run) -> float:
    return np.ptp(run.numbers(HIDDEN, END))


@per_run("range of {metric} of {layers}{times}")
def range_over_iterations(run: Run, layers: Layers, times: Iterations = ALWAYS) -> float:
    # on average over the layers
    return np.ptp(run.numbers(layers, times), axis=0).mean()


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
    numbers = run.numbers(HIDDEN, END).ravel()
    if np.isnan(numbers).any():
        return math.nan
    ends = range(len(numbers) + 1)
    level = [j - i for i, j in combinations(ends, 2) if np.ptp(numbers[i:j]) < VISIBLE]
    return max(level) / len(numbers)


@per_run("place of the hidden layer with the lowest {metric}")
def place_of_lowest(run: Run) -> float:
    numbers = run.numbers(HIDDEN, END).ravel()
    return math.nan if np.isnan(numbers).any() else np.argmin(numbers)


@per_run(
    "highest intrinsic dimension of the complete network in the middle half of its hidden layers, "
    "relative to that in the first and the last quarter",
    "id_x",
)
def peak_inside(run: Run) -> float:
    numbers = run.numbers(HIDDEN, END, "id_x").ravel()
    quarter = len(numbers) // 4
    return numbers[quarter:-quarter].max() / np.max([numbers[:quarter], numbers[-quarter:]])


@per_run(
    "intrinsic dimension of the complete network in the hidden layer with the lowest {metric}, "
    "relative to the highest",
    *("value", "id_x"),
)
def dimension_at_lowest(run: Run) -> float:
    metric, dimension = (run.numbers(HIDDEN, END, column).ravel() for column in ("value", "id_x"))
    if np.isnan([metric, dimension]).any():
        return math.nan
    return dimension[np.argmin(metric)] / dimension.max()


@per_run(
    "{metric} of the first or last hidden layer, whichever is lower, minus the lowest of all hidden"
)
def u_depth(run: Run) -> float:
    return run.low(ENDS) - run.low(HIDDEN)


@per_run("lowest {metric} of {beside}, minus that of {layers}")
def lead(run: Run, layers: Layers, beside: Layers) -> float:
    return run.low(beside) - run.low(layers)


@per_run(
    "lowest {metric} of {ridge} or {end}, whichever is lower, minus that of {first} or {second}, "
    "whichever is higher"
)
def two_bottoms(run: Run, first: Layers, second: Layers, ridge: Layers, end: Layers) -> float:
    bottoms = [run.low(first), run.low(second)]
    return np.min([run.low(ridge), run.low(end)]) - np.max(bottoms)


@per_run("mean {metric} of {before} or {after}, whichever is lower, minus the lowest of {inside}")
def bowl(run: Run, before: Layers, inside: Layers, after: Layers) -> float:
    return np.min([run.mean(before), run.mean(after)]) - run.low(inside)


@per_run("{metric} of the last hidden layer, minus the lowest of {layers}")
def recovery(run: Run, layers: Layers = HIDDEN) -> float:
    return run.mean(LAST_LAYER) - run.low(layers)


@per_run("{metric} of the output layer, minus that of the last hidden layer")
def leap(run: Run) -> float:
    return run.mean(OUT) - run.mean(LAST_LAYER)


@per_run(
    "{metric} of {layers}, minus the mean and two standard deviations of its null, where this is "
    "least",
    *("value", "null_mean", "null_sd"),
)
def above_null(run: Run, layers: Layers) -> float:
    null, spread = (run.numbers(layers, END, column) for column in ("null_mean", "null_sd"))
    return (run.numbers(layers, END) - null - 2 * spread).min()


def alike(experiment: str, metric: str, second: str, reshape: str = "") -> Quantity:
    """Rank correlation, over the hidden layers, of two metrics after the last iteration.

    Args:
        reshape: of the other metric; empty for the paper's.
    """
    where = f" on {reshape}" if reshape else ""
    names = f"{title(METRICS, metric)} and {title(METRICS, second)}{where}"
    return same_order(
        f"rank correlation of {names} over the hidden layers",
        (experiment, metric),
        (experiment, second, reshape),
    )


@as_quantity("{words}", CORRELATION)
def same_order(
    results: Results, words: str, first: tuple[str, ...], second: tuple[str, ...]
) -> pd.Series:
    """Rank correlation of two curves over the hidden layers, between runs of equal seeds.

    Args:
        words: what it is.
        first, second: (experiment, metric) or (experiment, metric, reshape).
    """
    runs_first, runs_second = (runs_of(results, *which) for which in (first, second))
    by_run = {}
    for key in runs_first.keys() & runs_second.keys():
        curve_first, curve_second = (
            run.part(HIDDEN, END).iloc[0] for run in (runs_first[key], runs_second[key])
        )
        both = [name for name in curve_first.index if name in curve_second.index]
        by_run[key] = rank_correlation(curve_first[both], curve_second[both])
    return series(by_run)


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

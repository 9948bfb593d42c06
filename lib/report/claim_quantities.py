"""The quantities that the rules of the claims speak of."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pandas as pd

from .claim_runs import ALWAYS, END, HIDDEN, Layers, Run, Times, accuracies_of, runs_of
from .claim_terms import Term, per_run, rank_correlation, series
from .claim_verdicts import Missing
from .names import METRICS, title
from .results import Results


def lowest(experiment: str, metric: str, layers: Layers = HIDDEN, times: Times = END) -> Term:
    """The smallest value of some layers at some iterations."""
    return _reduced("the lowest {} of", np.min, experiment, metric, layers, times)


def mean(experiment: str, metric: str, layers: Layers = HIDDEN, times: Times = END) -> Term:
    """The mean of some layers at some iterations."""
    return _reduced("the mean {} of", np.mean, experiment, metric, layers, times)


def of_layer(experiment: str, metric: str, layer: Layers, times: Times = END) -> Term:
    """The value of one layer at one iteration."""
    return _reduced("{} of", np.mean, experiment, metric, layer, times)


def range_over_layers(experiment: str, metric: str) -> Term:
    """Largest minus smallest value of the hidden layers after the last iteration."""
    return _reduced("the range of {} over", np.ptp, experiment, metric, HIDDEN, END)


def range_over_iterations(
    experiment: str, metric: str, layers: Layers, times: Times = ALWAYS
) -> Term:
    """Largest minus smallest value over some iterations, on average over some layers."""
    when = " over all iterations" if times is ALWAYS else times.words
    return per_run(
        f"the range of {title(METRICS, metric)} of {layers.words}{when}",
        experiment,
        metric,
        lambda run: float(np.ptp(run.part(layers, times).to_numpy(), axis=0).mean()),
    )


def fall(experiment: str, metric: str, layers: Layers) -> Term:
    """How much the mean of some layers falls from the first to the last iteration."""

    def of_run(run: Run) -> float:
        curve = run.part(layers, ALWAYS).mean(axis=1, skipna=False)
        return float(curve.iloc[0] - curve.iloc[-1])

    words = f"the fall of {title(METRICS, metric)} of {layers.words} from first to last iteration"
    return per_run(words, experiment, metric, of_run)


def slowing(experiment: str, metric: str) -> Term:
    """How much larger the changes are in the first half of the iterations than in the second."""

    def of_run(run: Run) -> float:
        curve = run.part(HIDDEN, ALWAYS).mean(axis=1, skipna=False).to_numpy()
        if len(curve) < 3:
            raise Missing("fewer than three iterations")
        steps = np.abs(np.diff(curve))
        half = len(steps) // 2
        return float(steps[:half].mean() - steps[-half:].mean())

    words = (
        f"the mean step of {title(METRICS, metric)} from iteration to iteration, mean over the "
        "hidden layers, in the first half of the iterations, minus that in the second half"
    )
    return per_run(words, experiment, metric, of_run)


def trend(experiment: str, metric: str, layers: Layers = HIDDEN) -> Term:
    """Rank correlation of the iteration with the mean over some layers."""

    def of_run(run: Run) -> float:
        curve = run.part(layers, ALWAYS).mean(axis=1, skipna=False)
        return rank_correlation(curve.index, curve)

    words = (
        f"the rank correlation of mean {title(METRICS, metric)} of {layers.words} with iteration"
    )
    return per_run(words, experiment, metric, of_run)


def depth_trend(experiment: str, metric: str) -> Term:
    """Rank correlation of the depth with the value after the last iteration."""

    def of_run(run: Run) -> float:
        curve = run.part(HIDDEN, END).iloc[0]
        return rank_correlation(range(len(curve)), curve)

    words = f"the rank correlation of {title(METRICS, metric)} of the hidden layers with depth"
    return per_run(words, experiment, metric, of_run)


def place_of_lowest(experiment: str, metric: str) -> Term:
    """Number of the hidden layer with the smallest value after the last iteration."""
    return _place("lowest", np.argmin, experiment, metric, "value", title(METRICS, metric))


def place_of_highest_dimension(experiment: str) -> Term:
    """Number of the hidden layer with the largest intrinsic dimension in the pruned network."""
    return _place("highest", np.argmax, experiment, "cka", "id_y", "intrinsic dimension")


def dimension(experiment: str, layers: Layers) -> Term:
    """Intrinsic dimension of the pruned network after the last iteration, the highest of some."""
    return per_run(
        f"the highest intrinsic dimension of {layers.words}",
        experiment,
        "cka",
        lambda run: float(run.part(layers, END).to_numpy().max()),
        column="id_y",
    )


def alike(experiment: str, metric: str, other: str, reshape: str = "") -> Term:
    """Rank correlation, over the hidden layers, of two metrics after the last iteration.

    Args:
        reshape: of the other metric; empty for the paper's.
    """

    def measure(results: Results) -> pd.Series:
        first = runs_of(results, experiment, metric)
        second = runs_of(results, experiment, other, reshape=reshape)
        found = {}
        for key in first.keys() & second.keys():
            a, b = (run.part(HIDDEN, END).iloc[0] for run in (first[key], second[key]))
            both = [name for name in a.index if name in b.index]
            found[key] = rank_correlation(a[both], b[both])
        return series(found)

    where = f" on {reshape}" if reshape else ""
    names = f"{title(METRICS, metric)} and {title(METRICS, other)}{where}"
    return Term(f"the rank correlation of {names} over the hidden layers", measure)


def same_shape(experiment: str, other: str, metric: str) -> Term:
    """Rank correlation, over the hidden layers, of one metric in two experiments in the end.

    Runs of the two are put together by their seeds.
    """

    def measure(results: Results) -> pd.Series:
        first, second = (runs_of(results, name, metric) for name in (experiment, other))
        found = {}
        for key in first.keys() & second.keys():
            a, b = (run.part(HIDDEN, END).iloc[0] for run in (first[key], second[key]))
            found[key] = rank_correlation(a, b[a.index])
        return series(found)

    name = title(METRICS, metric)
    return Term(f"the rank correlation of the two curves of {name} over the hidden layers", measure)


def above_null(experiment: str, metric: str, layers: Layers, deviations: float = 2) -> Term:
    """By how much the value of the worst of some layers exceeds its null and some deviations."""

    def measure(results: Results) -> pd.Series:
        columns = ("value", "null_mean", "null_sd")
        parts = [runs_of(results, experiment, metric, column) for column in columns]
        found = {}
        for key in parts[0]:
            value, centre, spread = (runs[key].part(layers, END) for runs in parts)
            found[key] = float((value - centre - deviations * spread).to_numpy().min())
        return series(found)

    words = (
        f"{title(METRICS, metric)} of {layers.words}, minus the mean of its null, minus "
        f"{deviations:g} standard deviations of its null, where this is least"
    )
    return Term(words, measure)


def gain(experiment: str, times: Times, how: str = "mean") -> Term:
    """Test accuracy minus that of the complete network, in points.

    Args:
        how: "mean" or "lowest" of the iterations.
    """

    def measure(results: Results) -> pd.Series:
        found = {}
        for key, frame in accuracies_of(results, experiment).items():
            gains = frame.gain[times.pick(frame.remaining)].to_numpy()
            found[key] = float(gains.mean() if how == "mean" else gains.min())
        return series(found)

    return Term(f"the {how} gain in accuracy over the complete network{times.words}", measure)


def accuracy_trend(experiment: str) -> Term:
    """Rank correlation of iteration and accuracy, the complete network included as iteration 0."""

    def measure(results: Results) -> pd.Series:
        return series(
            {
                key: rank_correlation([0, *frame.index], [0.0, *frame.gain])
                for key, frame in accuracies_of(results, experiment).items()
            }
        )

    return Term("the rank correlation of accuracy with iteration", measure)


def _reduced(
    words: str, reduce: Callable, experiment: str, metric: str, layers: Layers, times: Times
) -> Term:
    return per_run(
        f"{words.format(title(METRICS, metric))} {layers.words}{times.words}",
        experiment,
        metric,
        lambda run: float(reduce(run.part(layers, times).to_numpy())),
    )


def _place(
    word: str, where: Callable, experiment: str, metric: str, column: str, name: str
) -> Term:
    def of_run(run: Run) -> float:
        values = run.part(HIDDEN, END).to_numpy().ravel()
        return math.nan if np.isnan(values).any() else float(where(values))

    words = f"the place of the hidden layer with the {word} {name}"
    return per_run(words, experiment, metric, of_run, column)

"""The vocabulary of the rules: runs, layers, iterations, and quantities with one number a run."""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ..report.names import METRICS, PAPER_NETWORKS, enumerate_words, percent, title
from ..report.results import Results
from ..report.statistics import rank_correlation
from .engine import Missing, Rule, Sample

KEY = ["train_seed", "prune_seed"]
"""What tells runs apart."""


@dataclass(frozen=True)
class Run:
    """One metric in one run.

    Attributes:
        values: index iteration, one column for each layer in forward order.
        kinds: layer -> kind.
        remaining: index iteration, fraction of the prunable weights left.
    """

    values: pd.DataFrame
    kinds: Mapping[str, str]
    remaining: pd.Series

    def part(self, layers: Layers, times: Times) -> pd.DataFrame:
        """The values of some layers at some iterations."""
        return self.values.loc[times.pick(self.remaining), layers.pick(self)]


@dataclass(frozen=True)
class Layers:
    """Some layers of a network: words for the reader, and how to pick them."""

    words: str
    pick: Callable[[Run], list[str]]


@dataclass(frozen=True)
class Times:
    """Some iterations: words for the reader, with a leading blank, and how to pick them."""

    words: str
    pick: Callable[[pd.Series], list[int]]


def runs_of(
    results: Results, experiment: str, metric: str, column: str = "value", reshape: str = ""
) -> dict[tuple[int, int], Run]:
    """{(train_seed, prune_seed): run} of one metric.

    Args:
        results: a study's results.
        experiment: one of its experiments.
        metric: as it is called in the results.
        column: of the similarity table.
        reshape: empty for the one that the paper uses.

    Raises:
        Missing: these results hold no such numbers.
    """
    name = title(METRICS, metric)
    _check(results, experiment)
    table = results.similarity
    if column not in table:
        raise Missing(f"these results have no column {column}")
    rows = table[(table.experiment == experiment) & (table.metric == metric)]
    if reshape:
        rows = rows[rows.reshape == reshape]
    else:
        rows = dataclasses.replace(results, similarity=rows).similarities(experiment)
    if rows.empty:
        what = f"{name} on the reshape {reshape}" if reshape else name
        raise Missing(f"{experiment} has no {what}")
    if rows[column].isna().all():
        raise Missing(f"{experiment} has no {column} of {name}")
    order = rows.drop_duplicates("layer").sort_values("depth")
    kinds = dict(zip(order.layer, order.kind, strict=True))
    # In all runs the same cells: what a run lacks is NaN there.
    wide = rows.pivot(index=[*KEY, "iteration"], columns="layer", values=column)[list(kinds)]
    remaining = rows.groupby([*KEY, "iteration"]).remaining.first()
    iterations = sorted(rows.iteration.unique())
    return {
        run: Run(
            values.droplevel(KEY).reindex(iterations), kinds, remaining.loc[run].reindex(iterations)
        )
        for run, values in wide.groupby(level=KEY)
    }


def accuracies_of(results: Results, experiment: str) -> dict[tuple[int, int], pd.DataFrame]:
    """{(train_seed, prune_seed): frame} of the pruned networks' accuracy.

    Returns:
        Frames with index iteration and columns `remaining` and `gain`: test accuracy minus that of
        the complete network, in percentage points.

    Raises:
        Missing: these results hold no such numbers.
    """
    _check(results, experiment)
    rows = results.accuracies(experiment)
    complete = rows[rows.iteration == 0].set_index("train_seed").accuracy
    pruned = rows[rows.iteration > 0]
    if complete.empty or pruned.empty:
        raise Missing(f"{experiment} has no accuracies before and after pruning")
    pruned = pruned.assign(gain=100 * (pruned.accuracy - pruned.train_seed.map(complete)))
    return {
        (int(train), int(prune)): frame.set_index("iteration").sort_index()[["remaining", "gain"]]
        for (train, prune), frame in pruned.groupby(KEY)
    }


def _check(results: Results, experiment: str) -> None:
    if experiment not in results.provenance["experiments"]:
        raise Missing(f"no experiment {experiment}")


def _hidden(run: Run) -> list[str]:
    return [name for name in run.values if run.kinds[name] != "out"]


def _out(run: Run) -> list[str]:
    names = [name for name in run.values if run.kinds[name] == "out"]
    if not names:
        raise Missing("no output layer")
    return names


HIDDEN = Layers("the hidden layers", _hidden)
EVERY = Layers("all layers", lambda run: list(run.values))
FIRST = Layers("the first layer", lambda run: _hidden(run)[:1])
LAST = Layers("the last hidden layer", lambda run: _hidden(run)[-1:])
ENDS = Layers(
    "the first and the last hidden layer", lambda run: [_hidden(run)[0], _hidden(run)[-1]]
)
OUT = Layers("the output layer", _out)


def named(words: str, *names: str) -> Layers:
    """Layers by name."""

    def pick(run: Run) -> list[str]:
        absent = [name for name in names if name not in run.values]
        if absent:
            raise Missing(f"no layer {', '.join(absent)}")
        return list(names)

    return Layers(words, pick)


def apart_from(layers: Layers) -> Layers:
    """The other hidden layers."""

    def pick(run: Run) -> list[str]:
        left_out = layers.pick(run)
        return [name for name in _hidden(run) if name not in left_out]

    return Layers("the other hidden layers", pick)


END = Times("", lambda remaining: [remaining.index[-1]])
START = Times(" after the first iteration", lambda remaining: [remaining.index[0]])
ALWAYS = Times(" over all iterations", lambda remaining: list(remaining.index))


def left(low: float = 0.0, high: float = 1.0) -> Times:
    """The iterations with a fraction of the weights left between two bounds."""
    if low == 0:
        words = f"at most {percent(high)}"
    elif high == 1:
        words = f"at least {percent(low)}"
    else:
        words = f"{percent(low)} to {percent(high)}"

    def pick(remaining: pd.Series) -> list[int]:
        found = list(remaining.index[remaining.between(low, high)])
        if not found:
            raise Missing(f"no iteration with {words} of the weights left")
        return found

    return Times(f" while {words} of the weights are left", pick)


_METRIC = re.compile("|".join(f"\\b{name}\\b" for name in METRICS.values()))
_NO_PAIR = "no run of the one has a counterpart in the other"


@dataclass(frozen=True)
class Term:
    """A quantity with one number for each run.

    Attributes:
        words: what it is, as it stands in a sentence.
        measure: the numbers, index (train_seed, prune_seed).
    """

    words: str
    measure: Callable[[Results], pd.Series]

    def of(self, words: str) -> Term:
        """The same, with words for where it is measured."""
        return Term(f"{self.words} {words}", self.measure)

    def __sub__(self, other: Term) -> Term:
        """The difference within each run that both have."""
        return Term(
            f"{self.words}, minus {_bracketed(other.words)}",
            lambda results: _paired(self.measure(results), other.measure(results)),
        )


def smaller(*terms: Term) -> Term:
    """The smallest of several quantities in each run."""
    words = f"{_either('smaller', 'smallest', terms)} of {_listed(terms)}"
    return Term(words, lambda results: _table(results, terms).min(axis=1, skipna=False))


def larger(*terms: Term) -> Term:
    """The largest of several quantities in each run."""
    words = f"{_either('larger', 'largest', terms)} of {_listed(terms)}"
    return Term(words, lambda results: _table(results, terms).max(axis=1, skipna=False))


def least(over: str, *terms: Term) -> Term:
    """The same quantity of several metrics or networks: the smallest in each run.

    Runs of different networks are put together by their seeds.
    """
    return Term(
        f"{_either('smaller', 'smallest', terms)} over {over} of {_common(terms)}",
        smaller(*terms).measure,
    )


def most(over: str, *terms: Term) -> Term:
    """The same quantity of several metrics or networks: the largest in each run."""
    return Term(
        f"{_either('larger', 'largest', terms)} over {over} of {_common(terms)}",
        larger(*terms).measure,
    )


def distance(term: Term, other: Term) -> Term:
    """How far apart two quantities are in each run."""
    return Term(
        f"the distance between {term.words} and {other.words}",
        lambda results: _paired(term.measure(results), other.measure(results)).abs(),
    )


def mean_of(words: str, *terms: Term) -> Term:
    """The mean of several quantities in each run."""
    return Term(words, lambda results: _table(results, terms).mean(axis=1, skipna=False))


def per_run(
    words: str,
    experiment: str,
    metric: str,
    of_run: Callable[[Run], float],
    column: str = "value",
) -> Term:
    """One number of one metric for each run."""

    def measure(results: Results) -> pd.Series:
        runs = runs_of(results, experiment, metric, column)
        return series({key: of_run(run) for key, run in runs.items()})

    return Term(words, measure)


def _listed(terms: tuple[Term, ...]) -> str:
    return enumerate_words([term.words for term in terms])


def _either(of_two: str, of_more: str, terms: tuple[Term, ...]) -> str:
    return f"the {of_two if len(terms) == 2 else of_more}"


def _bracketed(words: str) -> str:
    return f"({words})" if ", minus " in words else words


def _common(terms: tuple[Term, ...]) -> str:
    words = {term.words for term in terms}
    if len(words) > 1:
        words = {_METRIC.sub("similarity", text) for text in words}
    if len(words) > 1:
        raise ValueError(f"not the same quantity: {'; '.join(sorted(words))}")
    return _bracketed(words.pop())


def _table(results: Results, terms: tuple[Term, ...]) -> pd.DataFrame:
    table = pd.concat([term.measure(results) for term in terms], axis=1, join="inner")
    if table.empty:
        raise Missing(_NO_PAIR)
    return table


def _paired(first: pd.Series, second: pd.Series) -> pd.Series:
    common = first.index.intersection(second.index)
    if common.empty:
        raise Missing(_NO_PAIR)
    return first.loc[common] - second.loc[common]


def series(found: dict[tuple[int, int], float]) -> pd.Series:
    """{(train_seed, prune_seed): number} as a series."""
    index = pd.MultiIndex.from_tuples(sorted(found), names=KEY)
    return pd.Series([found[key] for key in index], index=index, dtype=float)


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


CLEAR = 0.5
"""A rank correlation that we call a trend."""

POINTS = "percentage points"
BOTH = "SVCCA and PWCCA"
NETS = "the three networks"


def rule(
    term: Term, *, above: float | None = None, below: float | None = None, unit: str = ""
) -> Rule:
    """A quantity of each run must lie on one side of a threshold, or between two."""

    def measure(results: Results) -> Sample:
        return Sample(tuple(term.measure(results)))

    return Rule(term.words, measure, above, below, unit)


def unpaired(term: Term, other: Term, *, above: float) -> Rule:
    """A difference of means must exceed a threshold; the runs of the two are not paired."""

    def measure(results: Results) -> Sample:
        return Sample(tuple(term.measure(results)), tuple(other.measure(results)))

    return Rule(f"{term.words}, minus {other.words}, not paired", measure, above)


def u_depth(experiment: str, metric: str) -> Term:
    """How far the bottom of the hidden layers lies below the nearer of their two ends."""
    ends = smaller(of_layer(experiment, metric, FIRST), of_layer(experiment, metric, LAST))
    return ends - lowest(experiment, metric)


def lead(experiment: str, metric: str, layers: Layers) -> Term:
    """How far the bottom of some layers lies below that of all other hidden ones."""
    others = lowest(experiment, metric, apart_from(layers))
    return others - lowest(experiment, metric, layers)


def two_bottoms(
    experiment: str, metric: str, one: Layers, other: Layers, ridges: tuple[Layers, ...]
) -> Term:
    """How far the bottoms of two groups of layers lie below the ridges around them."""
    ridge = smaller(*(lowest(experiment, metric, layers) for layers in ridges))
    bottoms = larger(lowest(experiment, metric, one), lowest(experiment, metric, other))
    return ridge - bottoms


def bowl(experiment: str, metric: str, before: Layers, inside: Layers, after: Layers) -> Term:
    """How far the lowest of some layers lies below those before and those after."""
    rim = smaller(mean(experiment, metric, before), mean(experiment, metric, after))
    return rim - lowest(experiment, metric, inside)


def recovery(experiment: str, metric: str) -> Term:
    """From the bottom to the last hidden layer."""
    return of_layer(experiment, metric, LAST) - lowest(experiment, metric)


def leap(experiment: str, metric: str) -> Term:
    """From the last hidden layer to the output."""
    return of_layer(experiment, metric, OUT) - of_layer(experiment, metric, LAST)


def surplus(experiment: str, metric: str, *than: str) -> Term:
    """Mean of a metric over the hidden layers, minus the largest such mean of others."""
    others = tuple(mean(experiment, name) for name in than)
    other = larger(*others) if len(others) > 1 else others[0]
    return mean(experiment, metric) - other


def fans_out(experiment: str, metric: str, here: Layers, packed: Layers) -> Rule:
    """The iterations lie further apart in some layers than in others."""
    wide, narrow = (range_over_iterations(experiment, metric, part) for part in (here, packed))
    return rule(wide - narrow, above=0)


def bottom_later(experiment: str, metric: str, than: str, low: float, high: float) -> Rule:
    """The lowest layer of one metric comes so many layers after that of another."""
    places = place_of_lowest(experiment, metric) - place_of_lowest(experiment, than)
    return rule(places, above=low, below=high, unit="layers")


def better(experiment: str, times: Times) -> Rule:
    """The pruned networks are more accurate than the complete one."""
    return rule(gain(experiment, times), above=0, unit=POINTS)


def better_when(experiment: str, times: Times, than: Times) -> Rule:
    """They are more accurate at some iterations than at others."""
    return rule(gain(experiment, times) - gain(experiment, than), above=0, unit=POINTS)


def as_accurate(experiment: str, tolerance: float) -> Rule:
    """No pruned network loses more than a few points."""
    return rule(gain(experiment, ALWAYS, "lowest"), above=-tolerance, unit=POINTS)


def accuracy_falls(experiment: str) -> Rule:
    """A clear downward trend of accuracy."""
    return rule(accuracy_trend(experiment), below=-CLEAR)


def both_cca(quantity: Callable[..., Term], experiment: str, *more: Any, over=least) -> Term:
    """A quantity of SVCCA and of PWCCA: the smallest or the largest of the two."""
    return over(BOTH, *(quantity(experiment, metric, *more) for metric in CCA))


def every_net(quantity: Callable[..., Term], *more: Any, over=least) -> Term:
    """A quantity of each network: the smallest or the largest of the three."""
    return over(NETS, *(quantity(network, *more) for network in PAPER_NETWORKS))


CCA = ("svcca", "pwcca")
FOUR = (*CCA, "cka", "nbs")
"""The metrics of the paper, and those of them that rest on CCA."""

VGG16, SVHN, RESNET = PAPER_NETWORKS
"""The experiments of the paper."""

EARLY = left(low=0.5)
PEAK = left(0.08, 0.13)
LATE = left(high=0.05)
STACKED = left(high=0.17)
"""From the eighth iteration on, where each removes a fifth (section 5.2)."""


def _block(number: int, convolutions: int) -> list[str]:
    return [f"conv{number}_{i}" for i in range(1, convolutions + 1)] + [f"pool{number}"]


def _blocks(words: str, blocks: dict[int, list[str]], *numbers: int) -> Layers:
    return named(words, *(name for number in numbers for name in blocks[number]))


_VGG16 = {i: _block(i, n) for i, n in enumerate((2, 2, 3, 3, 3), start=1)}
_SVHN = {i: _block(i, n) for i, n in enumerate((2, 2, 2, 1), start=1)}

VGG16_3 = _blocks("block 3", _VGG16, 3)
VGG16_5 = _blocks("block 5", _VGG16, 5)
VGG16_FRONT = _blocks("blocks 1 and 2", _VGG16, 1, 2)
VGG16_BACK = _blocks("blocks 3 to 5", _VGG16, 3, 4, 5)
VGG16_AROUND_3 = named("block 3 and its neighbours", "pool2", *_VGG16[3], "conv4_1")
VGG16_AFTER_3 = named("pool3 and the convolutions of block 4", "pool3", *_VGG16[4][:-1])

SVHN_FRONT = _blocks("blocks 1 and 2", _SVHN, 1, 2)
SVHN_2, SVHN_3, SVHN_4 = (_blocks(f"block {i}", _SVHN, i) for i in (2, 3, 4))
SVHN_3_CONV = named("the convolutions of block 3", *_SVHN[3][:-1])
SVHN_POOL3 = named("pool3", "pool3")

RESNET_CONV3 = named("conv3 and its neighbours", "pool2", "conv3", "pool3")
RESNET_SECOND = named("the second residual block", "res3_1", "res3_2", "add3")

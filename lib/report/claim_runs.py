"""The tables as a rule sees them: one frame for each run, and names for its parts."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pandas as pd

from .claim_verdicts import Missing
from .names import METRICS, percent, title
from .results import Results

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

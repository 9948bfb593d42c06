"""Which layers and which iterations of a run a rule is about, in words and in the tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from ..report.format import percent
from .engine import Missing

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

    def part(self, layers: Layers, times: Iterations, column: str = "value") -> pd.DataFrame:
        """The values of some layers at some iterations."""
        table = self._columns[column]
        rows = table.index.get_indexer(times.pick(self.remaining))
        columns = table.columns.get_indexer(layers.pick(self))
        picked = table.to_numpy()[np.ix_(rows, columns)]
        return pd.DataFrame(picked, table.index[rows], table.columns[columns])

    @cached_property
    def _columns(self) -> dict[str, pd.DataFrame]:
        """{column of the similarity table: its part of `table`}."""
        return {column: self.table[column] for column in self.table.columns.levels[0]}

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
class Iterations:
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


FIRST_LAYER = Layers("the first layer", lambda run: _hidden(run)[:1])


LAST_LAYER = Layers("the last hidden layer", lambda run: _hidden(run)[-1:])


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


END = Iterations("", lambda remaining: [remaining.index[-1]])


START = Iterations(" after the first iteration", lambda remaining: [remaining.index[0]])


ALWAYS = Iterations(" over all iterations", lambda remaining: list(remaining.index))


def left(low: float = 0.0, high: float = 1.0) -> Iterations:
    """The iterations whose fraction of weights left lies between two bounds, these included."""
    words = f"{percent(low)} to {percent(high)}" if low else f"at most {percent(high)}"

    def pick(remaining: pd.Series) -> list[int]:
        iterations = list(remaining.index[remaining.between(low, high)])
        if not iterations:
            raise Missing(f"no iteration with {words} of the weights left")
        return iterations

    return Iterations(f" with {words} of the weights left", pick)


def nearest(level: float, words: str) -> Iterations:
    """The iteration whose fraction of weights left is nearest to a level, in logarithms."""

    def pick(remaining: pd.Series) -> list[int]:
        off = np.log(remaining / level).abs()
        if off.min() > LARGEST_GAP:
            raise Missing(f"no iteration with about {percent(level)} of the weights left")
        return [int(off.idxmin())]

    return Iterations(words, pick)

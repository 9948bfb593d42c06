"""What a rule measures: a quantity of each complete network, in some layers at some iterations."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from ..report.format import percent
from ..report.names import METRICS
from ..report.results import Results
from ..report.values import NETWORK

LARGEST_GAP = 0.2
"""How far an iteration may be from a level that is asked for, as a difference of logarithms."""

UNLIMITED = (-math.inf, math.inf)


class Missing(LookupError):
    """The results lack something that a rule needs; the message says what."""


def require_experiment(results: Results, experiment: str) -> None:
    """Raise `Missing` unless these results have the experiment."""
    if experiment not in results:
        raise Missing(f"no experiment {experiment}")


@dataclass(frozen=True)
class Quantity:
    """One number for each complete network.

    Attributes:
        words: what it is, for the reader.
        measure: takes the numbers from the results; their index has a level
            `train_seed`. Several numbers of one complete network are those of its runs.
            NaN where it is not defined. Raises `Missing`.
        limits: the lowest and the highest number that there can be; an interval ends
            there.
    """

    words: str
    measure: Callable[[Results], pd.Series]
    limits: tuple[float, float] = UNLIMITED

    def numbers(self, results: Results) -> pd.Series:
        """One number for each complete network, the mean over its runs; NaN if one run has none.

        Returns:
            Index train_seed.
        """
        return self.measure(results).groupby(level=NETWORK).mean(skipna=False)

    def of(self, words: str) -> Quantity:
        """The same quantity, with words added that say where it is measured."""
        return replace(self, words=f"{self.words} {words}")

    def __sub__(self, other: Quantity) -> Quantity:
        """The difference within each complete network that both have."""
        sides = [f"({q.words})" if ", minus " in q.words else q.words for q in (self, other)]
        words = ", minus ".join(sides)
        difference = together(words, lambda t: t.iloc[:, 0] - t.iloc[:, 1], self, other)
        return replace(difference, limits=limits_apart(self, other))


def limits_apart(first: Quantity, second: Quantity) -> tuple[float, float]:
    """The limits of the difference of two quantities."""
    return first.limits[0] - second.limits[1], first.limits[1] - second.limits[0]


def together(
    words: str, combine: Callable[[pd.DataFrame], pd.Series], *parts: Quantity
) -> Quantity:
    """Combine several quantities of the same complete networks into one.

    Only for networks that are the same: a complete network and its pruned ones, or two
    metrics of it. Networks of different architectures are not pairs, even where their
    seeds are equal; for those `Rule` has `minus`.

    Args:
        combine: a frame with a row for each complete network and a column for each part
            -> a number for each.
    """

    def measure(results: Results) -> pd.Series:
        table = pd.concat([part.numbers(results) for part in parts], axis=1, join="inner")
        if table.empty:
            raise Missing("no complete network of the one has a counterpart in the other")
        return combine(table)

    return Quantity(words, measure)


def as_quantity(
    words: str, limits: tuple[float, float] = UNLIMITED, **titles: Mapping[Any, str]
) -> Callable[[Callable[..., pd.Series]], Callable[..., Quantity]]:
    """Turn a function of results into one that makes a quantity.

    Args:
        words: what it is; the function's arguments may occur in it, such as `{metric}`.
        limits: as of `Quantity`.
        titles: {argument: {value: what the words call it}}.

    Returns:
        A decorator that makes quantity(...) of measure(results, ...).
    """
    titles = {"metric": METRICS} | titles

    def decorate(measure: Callable[..., pd.Series]) -> Callable[..., Quantity]:
        def quantity(*arguments: Any, **named: Any) -> Quantity:
            bound = inspect.signature(measure).bind(None, *arguments, **named)
            bound.apply_defaults()
            called = {
                name: titles.get(name, {}).get(value, getattr(value, "words", value))
                for name, value in bound.arguments.items()
            }
            about = words.format(**called)
            return Quantity(about, lambda study: measure(study, *arguments, **named), limits)

        quantity.__doc__ = measure.__doc__
        return quantity

    return decorate


@dataclass(frozen=True)
class Layers:
    """Some layers of a network: words for the reader, and how to pick them.

    `pick` takes the kind of each recorded layer, by its name in forward order.
    """

    words: str
    pick: Callable[[Mapping[str, str]], list[str]]


@dataclass(frozen=True)
class Iterations:
    """Some iterations: words for the reader, beginning with a space, and how to pick them."""

    words: str
    pick: Callable[[pd.Series], list[int]]


def _hidden(kinds: Mapping[str, str]) -> list[str]:
    return [name for name, kind in kinds.items() if kind != "out"]


def _out(kinds: Mapping[str, str]) -> list[str]:
    names = [name for name, kind in kinds.items() if kind == "out"]
    if not names:
        raise Missing("no output layer")
    return names


HIDDEN = Layers("the hidden layers", _hidden)
EVERY = Layers("all layers", lambda kinds: list(kinds))
FIRST_LAYER = Layers("the first layer", lambda kinds: _hidden(kinds)[:1])
LAST_LAYER = Layers("the last hidden layer", lambda kinds: _hidden(kinds)[-1:])
ENDS = Layers(
    "the first and last hidden layer", lambda kinds: [_hidden(kinds)[0], _hidden(kinds)[-1]]
)
OUT = Layers("the output layer", _out)


def named(words: str, *names: str) -> Layers:
    """Layers by name."""

    def pick(kinds: Mapping[str, str]) -> list[str]:
        absent = [name for name in names if name not in kinds]
        if absent:
            raise Missing(f"no layer {', '.join(absent)}")
        return list(names)

    return Layers(words, pick)


def apart_from(layers: Layers) -> Layers:
    """The hidden layers that are not among these."""

    def pick(kinds: Mapping[str, str]) -> list[str]:
        left_out = layers.pick(kinds)
        return [name for name in _hidden(kinds) if name not in left_out]

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


def at_iteration(iteration: int) -> Iterations:
    """One iteration, by its number; `Missing` of a run that does not have it."""

    def pick(remaining: pd.Series) -> list[int]:
        if iteration not in remaining.index:
            raise Missing(f"no iteration {iteration}")
        return [iteration]

    return Iterations(f" after iteration {iteration}", pick)


def nearest(level: float, words: str) -> Iterations:
    """The iteration whose fraction of weights left is nearest to a level, in logarithms."""

    def pick(remaining: pd.Series) -> list[int]:
        off = np.log(remaining / level).abs()
        if off.min() > LARGEST_GAP:
            raise Missing(f"no iteration with about {percent(level)} of the weights left")
        return [int(off.idxmin())]

    return Iterations(words, pick)

"""Quantities with one number for each run, and how to combine them.

Every quantity is a pure function of the results. Where a cell that it needs is not defined, the
quantity of that run is NaN: a minimum over the layers that happen to be defined is another minimum.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from .claim_runs import KEY, Run, runs_of
from .claim_verdicts import Missing
from .names import METRICS, enumerate_words
from .results import Results

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


def rank_correlation(x: Iterable[float], y: Iterable[float]) -> float:
    """Spearman's; 0 where one of them is constant, NaN where a number is missing."""
    x, y = (pd.Series(list(values), dtype=float) for values in (x, y))
    if x.isna().any() or y.isna().any() or len(x) < 2:
        return math.nan
    if x.nunique() == 1 or y.nunique() == 1:
        return 0.0
    return float(np.corrcoef(x.rank(), y.rank())[0, 1])


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

"""Statistics that several pages and claims share."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy import special

from . import format

CONFIDENCE = 0.95

CORRELATION = (-1.0, 1.0)
"""The lowest and the highest correlation that there can be."""


def rank_correlation(x: Iterable[float], y: Iterable[float]) -> float:
    """Spearman's rank correlation.

    Args:
        x, y: as many numbers each, in the same order.

    Returns:
        -1 to 1. NaN where one of them is constant: it defines no order that the other
        could share, while 0 would claim that there are two orders and that they are
        unrelated. NaN also for fewer than three numbers, and where one is missing.
    """
    x, y = (np.fromiter(values, dtype=float) for values in (x, y))
    if len(x) < 3 or np.isnan(x).any() or np.isnan(y).any() or not (np.ptp(x) and np.ptp(y)):
        return float("nan")
    return float(np.corrcoef(pd.Series(x).rank(), pd.Series(y).rank())[1, 0])


@dataclass(frozen=True)
class Interval:
    """A mean and its confidence interval.

    Attributes:
        mean: of two unpaired sets, the difference of their means.
        low: lower end; NaN where there is no interval.
        high: upper end.
        n: how many observations had a number; of two sets, the smaller.
        undefined: how many had none.
    """

    mean: float
    low: float
    high: float
    n: int
    undefined: int = 0

    @property
    def side(self) -> str:
        """On which side of 0 it lies: a verdict, "undecided" where it contains 0."""
        if math.isnan(self.low):
            return "not measured"
        if self.low > 0 or self.high < 0:
            return "above 0" if self.low > 0 else "below 0"
        return "undecided"

    def text(self, digits: int = 2, sign: bool = False) -> str:
        """`0.31 (0.28 to 0.34)`; without ends the mean alone, and a dash without a mean."""
        return format.interval_words(self.mean, self.low, self.high, digits, sign)

    def described(self, unit: str = "") -> str:
        """`0.310 (0.280 to 0.340), 3 complete networks`; with a unit, fewer digits and the unit."""
        parts = [format.count(self.n, "complete network")]
        if self.undefined:
            parts.append(f"{self.undefined} undefined")
        if self.n:
            parts.insert(0, f"{self.text(2 if unit else 3)} {unit}".rstrip())
        return ", ".join(parts)

    def within(self, lowest: float, highest: float) -> Interval:
        """The same, cut off where no true mean can lie, such as beyond a correlation of 1.

        What is cut off never holds the truth, so the interval covers it exactly as often.

        Args:
            lowest, highest: of the values that there can be.
        """
        low, high = (min(max(end, lowest), highest) for end in (self.low, self.high))
        return self if math.isnan(self.low) else replace(self, low=low, high=high)

    def minus(self, number: float) -> Interval:
        """The same, less a number that is known exactly, such as what a guess has."""
        ends = {name: getattr(self, name) - number for name in ("mean", "low", "high")}
        return replace(self, **ends)


def interval(values: Sequence[float], subtracted: Sequence[float] | None = None) -> Interval:
    """Student's interval of a mean; Welch's of a difference where two sets are not paired.

    Such an interval covers the true mean in a share `CONFIDENCE` of all studies.

    Observations without a number are left out and counted. Where all agree exactly, the
    interval is that point; but two that agree say nothing about the spread, so they
    have no interval.

    Args:
        values: one number for each observation, NaN where it is not defined.
        subtracted: a second set, whose mean is subtracted; None for the mean of `values`
            alone.
    """
    groups = [np.asarray(g, dtype=float) for g in (values, subtracted) if g is not None]
    defined = [group[~np.isnan(group)] for group in groups]
    undefined = sum(map(len, groups)) - sum(map(len, defined))
    n = min(map(len, defined))
    if n == 0:
        return Interval(math.nan, math.nan, math.nan, 0, undefined)
    mean = float(defined[0].mean() - (defined[1].mean() if subtracted is not None else 0))
    if n == 1:
        return Interval(mean, math.nan, math.nan, 1, undefined)
    sizes = np.array([len(group) for group in defined])
    errors = np.array([group.var(ddof=1) for group in defined]) / sizes
    half = 0.0 if n > 2 else math.nan
    if errors.sum() > 0:
        # Welch and Satterthwaite; with one group these are its n - 1 degrees of freedom.
        freedom = errors.sum() ** 2 / (errors**2 / (sizes - 1)).sum()
        # the quantile of `scipy.stats.t`, which takes a second to import
        half = float(special.stdtrit(freedom, (1 + CONFIDENCE) / 2) * math.sqrt(errors.sum()))
    return Interval(mean, mean - half, mean + half, n, undefined)

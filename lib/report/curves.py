"""Shapes of curves over layers, prunings or metrics: one number for each network."""

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from scipy import special

from .tables import FEWEST, NETWORK


def over(
    numbers: pd.Series, statistic: str | Callable[[pd.Series], float], level: str = "layer"
) -> pd.Series:
    """A statistic over one level of the index, in its order; the other levels stay."""
    levels = [name for name in numbers.index.names if name != level]
    return numbers.groupby(level=levels, sort=False).agg(statistic)


def spread(line: pd.Series) -> float:
    """The highest value minus the lowest."""
    return line.max() - line.min()


def u_depth(line: pd.Series) -> float:
    """Depth of the "U": the lower end of the curve minus its lowest value; NaN if an end is."""
    return line.iloc[[0, -1]].min(skipna=False) - line.min()


def spearman(first: Sequence[float], second: Sequence[float]) -> float:
    """Spearman's rank correlation; NaN for fewer than 3 pairs of numbers, or constant ones.

    Numbers that are equal to ten digits have the same rank. Pairs with a NaN are left out.
    """
    pairs = pd.DataFrame({"first": np.asarray(first, float), "second": np.asarray(second, float)})
    ranks = pairs.dropna().round(10).rank()
    undefined = len(ranks) < 3 or (ranks.nunique() == 1).any()
    return np.nan if undefined else float(ranks["first"].corr(ranks["second"]))


def trend(line: pd.Series) -> float:
    """Spearman's correlation with the position in the curve: above 0 if the curve rises."""
    return spearman(range(len(line)), line)


def rank_correlation(first: pd.Series, second: pd.Series, level: str = "layer") -> pd.Series:
    """Spearman's correlation over the labels of a level that both have; other levels stay."""
    both = pd.concat({"first": first, "second": second}, axis=1, join="inner")
    levels = [name for name in both.index.names if name != level]
    return both.groupby(level=levels, sort=False).apply(lambda x: spearman(x["first"], x["second"]))


def welch_intervals(first: pd.Series, second: pd.Series) -> pd.DataFrame:
    """Welch's 95 % intervals for the difference of two groups of independent networks.

    The first minus the second; columns as of `intervals`, with `n` of the smaller group, and NaN
    for both ends if that has fewer than `FEWEST` networks.
    """
    levels = [name for name in first.index.names if name != NETWORK]
    sides = [side.groupby(level=levels) for side in (first, second)]
    error = [side.var() / side.count() for side in sides]
    n = pd.concat([side.count() for side in sides], axis=1).min(axis=1)
    freedom = (error[0] + error[1]) ** 2
    freedom /= sum(e**2 / (side.count() - 1) for e, side in zip(error, sides, strict=True))
    half = special.stdtrit(freedom, 0.975) * np.sqrt(error[0] + error[1])
    half = half.where(n >= FEWEST)
    mean = sides[0].mean() - sides[1].mean()
    table = pd.DataFrame({"mean": mean, "low": mean - half, "high": mean + half, "n": n})
    return table.dropna(subset="mean")


def shares_of_variance(table: pd.DataFrame) -> pd.Series:
    """Shares of the variance of a two-way table due to rows, columns and their interaction.

    Args:
        table: a row for each combination, a column for each metric.

    Returns:
        Sums of squares over the total: index `combination`, `metric`, `interaction`; sum 1. NaN
        unless the table has two rows, two columns and no gaps.
    """
    if min(table.shape) < 2 or table.isna().any(axis=None):
        return pd.Series(np.nan, ["combination", "metric", "interaction"])
    deviation = table - table.to_numpy().mean()
    parts = [(deviation.mean(axis=way) ** 2).mean() for way in (1, 0)]
    shares = pd.Series(parts, ["combination", "metric"]) / (deviation**2).to_numpy().mean()
    return pd.concat([shares, pd.Series({"interaction": 1 - shares.sum()})])

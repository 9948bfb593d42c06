"""What a curve over layers, prunings or metrics looks like, as one number for each network."""

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from scipy import special

from .tables import NETWORK


def over(
    numbers: pd.Series, statistic: str | Callable[[pd.Series], float], level: str = "layer"
) -> pd.Series:
    """A statistic over one level of the index, which keeps its order; the others remain."""
    levels = [name for name in numbers.index.names if name != level]
    return numbers.groupby(level=levels, sort=False).agg(statistic)


def spread(line: pd.Series) -> float:
    """From the lowest to the highest."""
    return line.max() - line.min()


def u_depth(line: pd.Series) -> float:
    """How deep the lowest layer lies below the lower end of the curve: the one "U" of the book."""
    return min(line.iloc[0], line.iloc[-1]) - line.min()


def rank(first: Sequence[float], second: Sequence[float]) -> float:
    """Spearman's correlation; NaN where one of the two is constant, or there are fewer than 3.

    Numbers that are equal to ten digits have the same rank.
    """
    first, second = (pd.Series(np.asarray(x, float)).round(10).rank() for x in (first, second))
    steady = len(first) < 3 or np.ptp(first) == 0 or np.ptp(second) == 0
    return np.nan if steady else float(first.corr(second))


def rank_in_order(line: pd.Series) -> float:
    """Rank correlation with depth, or with the number of prunings: above 0 if it grows."""
    return rank(range(len(line)), line)


def rank_correlation(first: pd.Series, second: pd.Series, level: str = "layer") -> pd.Series:
    """Rank correlation over what has both numbers on a level, for all else in the index."""
    both = pd.DataFrame({"first": first, "second": second}).dropna()
    levels = [name for name in both.index.names if name != level]
    return both.groupby(level=levels, sort=False).apply(lambda x: rank(x["first"], x["second"]))


def unpaired(first: pd.Series, second: pd.Series) -> pd.DataFrame:
    """How two groups of networks differ that have no seeds in common, by Welch's intervals.

    The first minus the second, in the form of `intervals`, with `n` of the smaller group.
    """
    levels = [name for name in first.index.names if name != NETWORK]
    sides = [side.groupby(level=levels) for side in (first, second)]
    error = [side.var() / side.count() for side in sides]
    n = pd.concat([side.count() for side in sides], axis=1).min(axis=1)
    freedom = (error[0] + error[1]) ** 2
    freedom /= sum(e**2 / (side.count() - 1) for e, side in zip(error, sides, strict=True))
    half = special.stdtrit(freedom, 0.975) * np.sqrt(error[0] + error[1])
    mean = sides[0].mean() - sides[1].mean()
    return pd.DataFrame({"mean": mean, "low": mean - half, "high": mean + half, "n": n}).dropna()


def shares_of_variance(table: pd.DataFrame) -> pd.Series:
    """How much of the variance of a two-way table its rows, its columns, and the rest explain.

    Args:
        table: a row for each condition, a column for each metric, no gaps.

    Returns:
        Sums of squares over the total, index `condition`, `metric`, `interaction`; their sum is 1.
    """
    deviation = table - table.to_numpy().mean()
    parts = [(deviation.mean(axis=way) ** 2).mean() for way in (1, 0)]
    shares = pd.Series(parts, ["condition", "metric"]) / (deviation**2).to_numpy().mean()
    return pd.concat([shares, pd.Series({"interaction": 1 - shares.sum()})])

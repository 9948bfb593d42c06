"""Rank correlations, also freed of a third quantity, and undefined where nothing varies."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.stats import kendalltau, rankdata

DIGITS = 12
"""Decimals that count: beyond them rounding alone would rank equal numbers."""

RUN = ["train_seed", "prune_seed"]
"""What tells runs apart."""


def kendall(x: np.ndarray, y: np.ndarray) -> float:
    """Kendall's rank correlation (tau-b); NaN for fewer than 3 entries or where one is constant."""
    if len(x) < 3 or np.ptp(x) == 0 or np.ptp(y) == 0:
        return np.nan
    return float(kendalltau(x, y).statistic)


def spearman(x: np.ndarray, y: np.ndarray) -> float:
    """Spearman's rank correlation; NaN for fewer than 3 entries or where one is constant."""
    return _correlation(_ranks(x), _ranks(y)) if len(x) >= 3 else np.nan


def partial(x: np.ndarray, y: np.ndarray, given: np.ndarray) -> float:
    """Spearman's partial correlation of x and y: what is left when both are freed of `given`.

    All are replaced by their ranks. Those of x and of y are then replaced by their deviations from
    a straight line in those of `given`, and correlated. NaN for fewer than 4 entries, and where x
    or y has the ranks of `given`, or the reverse ones, and so no deviations.
    """
    if len(x) < 4 or np.ptp(given) == 0:
        return np.nan
    line = _ranks(given)
    line /= np.linalg.norm(line)
    return _correlation(*(ranks - line * (line @ ranks) for ranks in (_ranks(x), _ranks(y))))


def steps(x: np.ndarray, y: np.ndarray) -> float:
    """Spearman's rank correlation of the changes from each entry to the next."""
    return spearman(np.diff(x).round(DIGITS), np.diff(y).round(DIGITS))


def _ranks(values: np.ndarray) -> np.ndarray:
    """Ranks, the same for equal values, with mean 0."""
    return rankdata(values) - (len(values) + 1) / 2


def across(x: pd.Series, y: pd.Series) -> float:
    """Correlation of the ranks among the runs of the same iteration, pooled over the iterations.

    Args:
        x, y: index (train_seed, prune_seed, iteration). Iterations with fewer than 3 runs do not
            count.

    Returns:
        NaN if no iteration counts, or all runs have the same rank everywhere.
    """
    both = pd.DataFrame({"x": x, "y": y}).dropna()
    if both.empty:
        return np.nan
    wide = both.unstack(RUN)
    wide = wide[wide.x.count(axis=1) >= 3]
    centred = []
    for name in ("x", "y"):
        ranks = wide[name].rank(axis=1)
        deviations = ranks.sub(ranks.mean(axis=1), axis=0).to_numpy()
        centred.append(deviations[np.isfinite(deviations)])
    return _correlation(*centred)


def _correlation(x: np.ndarray, y: np.ndarray) -> float:
    """Of two columns of mean 0; NaN if one is 0 throughout, but for rounding."""
    size = np.sqrt(np.square(x).sum() * np.square(y).sum())
    return float((x * y).sum() / size) if size > 1e-9 else np.nan

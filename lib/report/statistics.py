"""Statistics that several pages and claims share."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from scipy.stats import spearmanr


def rank_correlation(x: Iterable[float], y: Iterable[float]) -> float:
    """Spearman's rank correlation.

    Args:
        x, y: as many numbers each, in the same order.

    Returns:
        -1 to 1. NaN where one of them is constant: it puts nothing in an order, so there is none
        that the other could share, and 0 would claim that there is one and that it differs. NaN
        also for fewer than three numbers, and where one is missing.
    """
    x, y = (np.fromiter(values, dtype=float) for values in (x, y))
    if len(x) < 3 or np.isnan(x).any() or np.isnan(y).any() or not (np.ptp(x) and np.ptp(y)):
        return float("nan")
    return float(spearmanr(x, y).statistic)

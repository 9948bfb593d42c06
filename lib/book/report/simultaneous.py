"""Intervals of many layers at once, from few networks."""

import math

import numpy as np
import pandas as pd
from scipy import optimize, special

from .statistics import CONFIDENCE

CAUTION = 2.0
"""Standard errors by which the layers' variances are taken to differ more than they
seem to. With none, intervals of 18 layers of three networks hold together in 89 to 98 %
of made-up studies; with two, in 94 to 99 %, and they are less than half as wide as
without moderation (`benchmarks/layer_coverage.csv`)."""


def simultaneous(
    numbers: pd.DataFrame, confidence: float = CONFIDENCE, moderated: bool = True
) -> pd.DataFrame:
    """Intervals of the means of several columns that all hold together.

    In a share `confidence` of all studies at least, every interval covers the mean of
    its column (Bonferroni's inequality, so columns may depend on each other).

    Three networks tell little about the variance of one layer, but the layers of a
    network tell about each other's. Each column's variance is drawn towards what is
    typical of all columns, by as much as the columns agree (empirical Bayes with a
    scaled inverse chi-square prior; Smyth 2004, sections 3 and 6.2, with `CAUTION`),
    and the interval is Student's with the degrees of freedom of both.

    Args:
        numbers: a row for each independent observation, such as a complete network; a
            column for each quantity, such as a layer. NaN is not allowed.
        confidence: joint coverage.
        moderated: False takes each column's own variance alone.

    Returns:
        A row for each column of `numbers`: `mean`, `low`, `high`. Without ends where
        there are fewer than two rows.
    """
    observations, quantities = numbers.shape
    mean = numbers.mean()
    half = pd.Series(math.nan, index=mean.index)
    if observations > 1:
        own_freedom = observations - 1
        variance, freedom = numbers.var(ddof=1), own_freedom
        if moderated:
            typical, prior = _prior(variance.to_numpy(), own_freedom)
            variance = _drawn_together(variance, own_freedom, typical, prior)
            freedom = min(own_freedom + prior, own_freedom * quantities)
        quantile = special.stdtrit(freedom, 1 - (1 - confidence) / (2 * quantities))
        half = quantile * np.sqrt(variance / observations)
    return pd.DataFrame({"mean": mean, "low": mean - half, "high": mean + half})


def _drawn_together(variance: pd.Series, freedom: float, typical: float, prior: float) -> pd.Series:
    """The posterior mean of each variance (Smyth 2004, section 3)."""
    if math.isinf(prior):
        return pd.Series(typical, index=variance.index)
    return (prior * typical + freedom * variance) / (prior + freedom)


def _prior(variance: np.ndarray, freedom: float) -> tuple[float, float]:
    """(typical variance, how many degrees of freedom it counts for), by the moments of the logs.

    Smyth 2004, section 6.2. Infinitely many degrees of freedom where the variances
    differ by no more than chance makes equal ones differ. None where there is one
    column, or no variance.
    """
    positive = variance[variance > 0]
    if len(positive) < 2:
        return 0.0, 0.0
    logs = np.log(positive) - special.digamma(freedom / 2) + math.log(freedom / 2)
    spread = logs.var(ddof=1) * (1 + CAUTION * math.sqrt(2 / (len(positive) - 1)))
    excess = spread - special.polygamma(1, freedom / 2)
    if excess <= 0:
        return float(np.exp(logs.mean())), math.inf
    # the trigamma function falls from infinity to 0, so there is one root
    half = optimize.brentq(lambda x: special.polygamma(1, x) - excess, 1e-6, 1e8)
    return float(np.exp(logs.mean() + special.digamma(half) - math.log(half))), 2 * half

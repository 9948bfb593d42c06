"""How large one mean is relative to another, with Fieller's interval."""

import math
from collections.abc import Sequence

import numpy as np
from scipy import special

from ...book.report.statistics import CONFIDENCE, Interval


def ratio(numerators: Sequence[float], denominators: Sequence[float]) -> Interval:
    """Fieller's interval of the ratio of two means whose observations come in pairs.

    It holds the ratios r for which Student's interval of the mean of
    `numerators - r * denominators` contains 0, so it takes the uncertainty of both means into
    account (Fieller 1954).

    Args:
        numerators, denominators: one number each for the same observations, NaN where not
            defined.

    Returns:
        Without ends where the mean of `denominators` may be 0: then any ratio is possible.
    """
    pairs = np.column_stack([numerators, denominators]).astype(float)
    defined = pairs[~np.isnan(pairs).any(axis=1)]
    n, undefined = len(defined), len(pairs) - len(defined)
    if n == 0:
        return Interval(math.nan, math.nan, math.nan, 0, undefined)
    x, y = defined.mean(axis=0)
    if n < 2:
        return Interval(float(x / y), math.nan, math.nan, n, undefined)
    t = special.stdtrit(n - 1, (1 + CONFIDENCE) / 2)
    # where the square of Student's t of the difference is t², a quadratic equation in r
    x_part, xy_part, y_part = (np.cov(defined.T) * t**2 / n)[[0, 0, 1], [0, 1, 1]]
    square, middle, constant = y**2 - y_part, x * y - xy_part, x**2 - x_part
    root = middle**2 - square * constant
    ends = (math.nan, math.nan)
    if square > 0 and root >= 0:
        ends = ((middle - math.sqrt(root)) / square, (middle + math.sqrt(root)) / square)
    return Interval(float(x / y), *map(float, ends), n, undefined)

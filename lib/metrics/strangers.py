"""Where a similarity lies between those of strangers and that of identical networks."""

from collections.abc import Sequence
from statistics import fmean
from typing import NamedTuple

ROUNDING = 1e-9
"""Strangers that are as similar as this to 1 leave no room for a place."""


class Place(NamedTuple):
    """A value on the scale from a stranger to identical."""

    place: float  # 0 beside strangers on average, 1 if identical; below 0 if strangers are nearer
    low: float  # beside the stranger that is most similar
    high: float  # beside the one that is least similar


def place_among(value: float, others: Sequence[float]) -> Place:
    """The place of a similarity between those of strangers (0) and identical (1).

    `(value - others) / (1 - others)`: what remains of a similarity beyond what any network
    of this kind has, as Cohen's kappa (1960) corrects agreement for chance. Were the
    network itself one more stranger, it would be at 0, and its value among `others`.

    Args:
        value: the metric of a beside b.
        others: the same metric of each stranger beside the same b, one at least.

    Returns:
        the place beside the mean of the strangers, and beside single ones: with one
        stranger there is no spread.

    Raises:
        ValueError: no strangers, or one that is as good as identical, so that there is
            no scale.
    """
    if not others:
        raise ValueError("strangers: got none, want one at least")
    if max(others) > 1 - ROUNDING:
        raise ValueError("a stranger is as similar as identical, so that there is no scale")
    mean, low, high = (
        (value - other) / (1 - other) for other in (fmean(others), max(others), min(others))
    )
    return Place(mean, low, high)

"""Where a similarity lies between those of strangers and that of identical networks."""

from collections.abc import Sequence
from statistics import fmean
from typing import TypeVar

ROUNDING = 1e-9
"""The scale is undefined for strangers whose similarity is this near to 1."""

Number = TypeVar("Number")


def place(own: Number, others: Number) -> Number:
    """How far on the way from strangers (0) to identical (1): the one scale of values.

    What remains of a similarity beyond what any network of this kind has, as Cohen's kappa
    (1960) corrects agreement for chance. The same network stands on one side of both, so that its
    training and its missing weights are the same. Take means first, over layers or not: a place
    of means is not the mean of places.
    """
    return (own - others) / (1 - others)


def place_among(value: float, others: Sequence[float]) -> tuple[float, float, float]:
    """The place beside the mean of the strangers, beside the most similar one (the lowest)
    and beside the least similar one.

    Were the network itself one more stranger, it would be at 0, and its value among `others`.
    """
    if max(others) > 1 - ROUNDING:
        raise ValueError("a stranger is as similar as identical, so that there is no scale")
    return place(value, fmean(others)), place(value, max(others)), place(value, min(others))

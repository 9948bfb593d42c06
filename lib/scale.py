"""Where a similarity lies between those of strangers and that of identical networks."""

from collections.abc import Sequence
from statistics import fmean
from typing import TypeVar

ROUNDING = 1e-9
"""The scale is undefined for strangers whose similarity is this near to 1."""

Number = TypeVar("Number")


def relative_similarity(original: Number, strangers: Number) -> Number:
    """Relative similarity: 0 if a network is as similar to strangers, 1 if it is identical.

    The similarity beyond that to any network of this kind, as Cohen's kappa (1960) corrects
    agreement for chance. Both arguments are similarities of the same network, to its original and
    to strangers, so its training and its missing weights are the same in both. Average over
    layers or networks first: the relative similarity of means is not the mean of relative
    similarities.
    """
    return (original - strangers) / (1 - strangers)


def relative_to_each(value: float, others: Sequence[float]) -> tuple[float, float, float]:
    """Relative similarity by the mean of the strangers, by the most similar one, by the least.

    The second number is the lowest. A network that is itself a stranger is at 0 on average, with
    its value among `others`.
    """
    if max(others) > 1 - ROUNDING:
        raise ValueError("a stranger has a similarity of 1, which leaves no scale")
    compared = (fmean(others), max(others), min(others))
    mean, low, high = (relative_similarity(value, similarity) for similarity in compared)
    return mean, low, high

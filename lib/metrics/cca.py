"""Canonical correlations and the three ways to average them."""

from __future__ import annotations

import torch
from torch import Tensor

from .bases import aligned, whitened
from .inputs import check_choice, check_threshold
from .pair import Pair, pair_of
from .singular import singular_vectors
from .values import similarity

MEANS = ("plain", "sum98")
SHARE = 0.98


def mean_cca(x: object, y: object, *, reshape: str | None = None, mean: str = "plain") -> float:
    """Mean canonical correlation, eq. 3 of the paper.

    Directions without variance (dead channels, copies of other columns) are dropped; the mean is
    over the smaller of the two numerical ranks.

    Args:
        x: representation of the complete network, `(n, p)` or `(n, c, h, w)`, or a
            `Representation`.
        y: that of the other network, of the same n (and h, w under `"channels"`).
        reshape: `"channels"` (default), `"flat"` or `"gap"`.
        mean: `"plain"`, or `"sum98"`: of the fewest leading correlations that carry 98 % of their
            sum, as the google/svcca library does.

    Returns:
        in [0, 1].

    Raises:
        ValueError: other input; n - 1 directions or more on one side, where every correlation is 1
            for any data.
    """
    check_choice(mean, MEANS, "mean")
    return mean_cca_of(pair_of(x, y, reshape, "channels"), mean)


def svcca(
    x: object,
    y: object,
    *,
    reshape: str | None = None,
    threshold: float = 0.99,
    mean: str = "plain",
) -> float:
    """Mean canonical correlation of the leading principal directions of each side.

    Raghu et al. (2017). Each side keeps the fewest directions whose share of its variance reaches
    the threshold.

    Args:
        x: representation of the complete network, `(n, p)` or `(n, c, h, w)`, or a
            `Representation`.
        y: that of the other network, of the same n (and h, w under `"channels"`).
        reshape: `"channels"` (default), `"flat"` or `"gap"`.
        threshold: share of the variance, in (0, 1].
        mean: `"plain"` or `"sum98"`, see `mean_cca`.

    Returns:
        in [0, 1].

    Raises:
        ValueError: other input; n - 1 directions or more kept on one side.
    """
    check_threshold(threshold, "threshold")
    check_choice(mean, MEANS, "mean")
    return svcca_of(pair_of(x, y, reshape, "channels"), threshold, mean)


def pwcca(x: object, y: object, *, reshape: str | None = None) -> float:
    """Canonical correlations weighted by projection, eqs. 4 and 5 of the paper.

    Morcos et al. (2018). The weight of a correlation is the sum of absolute inner products of its
    canonical vector with all columns of the side with fewer columns (x if equal; dead columns
    count). So swapping the arguments changes the value, and so does a rotation of that side.

    Args:
        x: representation of the complete network, `(n, p)` or `(n, c, h, w)`, or a
            `Representation`.
        y: that of the other network, of the same n (and h, w under `"channels"`).
        reshape: `"channels"` (default), `"flat"` or `"gap"`.

    Returns:
        in [0, 1].

    Raises:
        ValueError: other input; n - 1 directions or more on one side.
    """
    return pwcca_of(pair_of(x, y, reshape, "channels"))


def mean_cca_of(pair: Pair, mean: str = "plain") -> float:
    return similarity("mean_cca", _average(whitened(pair).correlations, mean))


def svcca_of(pair: Pair, threshold: float = 0.99, mean: str = "plain") -> float:
    bases = pair.x.side.principal(threshold), pair.y.side.principal(threshold)
    return similarity("svcca", _average(aligned(pair, *bases).correlations, mean))


def pwcca_of(pair: Pair) -> float:
    bases = whitened(pair)
    left, right = singular_vectors(bases.inner)
    if pair.x.columns <= pair.y.columns:
        loadings = pair.x.loadings(bases.of_x @ left)
    else:
        loadings = pair.y.loadings(bases.of_y @ right.T)
    weights = loadings.abs().sum(0)
    return similarity("pwcca", (torch.dot(weights, bases.correlations) / weights.sum()).item())


def _average(correlations: Tensor, mean: str) -> float:
    if mean == "sum98":
        shares = correlations.cumsum(0) / correlations.sum()
        correlations = correlations[: int((shares < SHARE).sum()) + 1]
    return correlations.mean().item()

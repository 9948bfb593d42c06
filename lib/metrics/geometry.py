"""More metrics of the geometry of representations, from the same two statistics."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from .bases import projected
from .inputs import DegenerateError
from .kernels import nbs_of
from .pair import Pair, pair_of
from .representation import Representation
from .sides import GramSide
from .values import similarity

NEIGHBOURS = 10


def procrustes(x: object, y: object, *, reshape: str | None = None) -> float:
    """Angular similarity of shapes, 1 - 2/π · arccos(NBS).

    Williams et al. (2021), eq. 8 with rotations and reflections: the arccosine is a distance
    between centred, scaled and optimally rotated representations. The squared Procrustes distance
    itself is 2 (1 - NBS). Near 1 the arccosine doubles the rounding: trust half of the digits.

    Args:
        x: representation of the complete network, `(n, p)` or `(n, c, h, w)`, or a
            `Representation`.
        y: that of the other network. Numbers of features may differ.
        reshape: `"flat"` (default), `"channels"` or `"gap"`.

    Returns:
        in [0, 1].

    Raises:
        ValueError: as `nbs`.
    """
    return procrustes_of(pair_of(x, y, reshape, "flat"))


def linear_regression(x: object, y: object, *, reshape: str | None = None) -> float:
    """Share of the variance of y that a linear regression on x explains, R².

    Kornblith et al. (2019), section 3.2. Not symmetric.

    Args:
        x: representation of the complete network, `(n, p)` or `(n, c, h, w)`, or a
            `Representation`.
        y: that of the other network, of the same n (and h, w under `"channels"`).
        reshape: `"channels"` (default), `"flat"` or `"gap"`.

    Returns:
        in [0, 1].

    Raises:
        ValueError: other input; n - 1 directions or more of x, which explain anything.
    """
    return linear_regression_of(pair_of(x, y, reshape, "channels"))


def rsa(x: object, y: object, *, reshape: str | None = None) -> float:
    """Representational similarity analysis: correlation of the distances between data points.

    Kriegeskorte et al. (2008), with Euclidean distances and Pearson's correlation.

    Args:
        x: representation of the complete network, `(n, p)` or `(n, c, h, w)`, or a
            `Representation`.
        y: that of the other network. Numbers of features may differ.
        reshape: `"flat"` (default) or `"gap"`; `"channels"` needs memory for (n·h·w)².

    Returns:
        in [-1, 1].

    Raises:
        ValueError: as `cka`; fewer than three rows; distances that are all the same.
    """
    return rsa_of(pair_of(x, y, reshape, "flat"))


def knn_overlap(
    x: object, y: object, *, reshape: str | None = None, neighbours: int = NEIGHBOURS
) -> float:
    """Mean Jaccard index of the sets of nearest neighbours of each data point.

    Euclidean distances; a point isn't its own neighbour. Of independent data it is about k / 2n.

    Args:
        x: representation of the complete network, `(n, p)` or `(n, c, h, w)`, or a
            `Representation`.
        y: that of the other network. Numbers of features may differ.
        reshape: `"flat"` (default) or `"gap"`; `"channels"` needs memory for (n·h·w)².
        neighbours: size k of the sets.

    Returns:
        in [0, 1].

    Raises:
        ValueError: as `cka`; `neighbours` not in 1 … n - 2.
    """
    return knn_overlap_of(pair_of(x, y, reshape, "flat"), neighbours)


def procrustes_of(pair: Pair) -> float:
    return 1 - 2 / math.pi * math.acos(nbs_of(pair))


def linear_regression_of(pair: Pair) -> float:
    explained = projected(pair).square().sum().item()
    return similarity("linear_regression", explained / pair.y.side.trace)


def rsa_of(pair: Pair) -> float:
    if pair.x.rows < 3:
        raise DegenerateError(f"{pair.x.name}: got {pair.x.rows} rows, want n >= 3 for rsa")
    unit_x, unit_y = (_standardised(side) for side in (pair.x, pair.y))
    return torch.dot(unit_x.flatten(), pair.reordered_both(unit_y).flatten()).item()


def knn_overlap_of(pair: Pair, neighbours: int = NEIGHBOURS) -> float:
    if not 1 <= neighbours <= pair.x.rows - 2:
        raise DegenerateError(
            f"neighbours: got {neighbours} for {pair.x.rows} rows, want 1 to n - 2"
        )
    near_x, near_y = (_near(side, neighbours) for side in (pair.x, pair.y))
    common = (near_x & pair.reordered_both(near_y)).sum(1).to(torch.float64)
    return similarity("knn_overlap", (common / (2 * neighbours - common)).mean().item())


def squared_distances(side: Representation) -> Tensor:
    """Between all rows, `(n, n)`."""
    if isinstance(side.side, GramSide):
        gram = side.side.gram
    else:
        features, _ = side.factor
        gram = features @ features.T
    norms = gram.diagonal()
    return (norms[:, None] + norms - 2 * gram).clamp_min(0)


def _standardised(side: Representation) -> Tensor:
    """Distances with mean 0 and norm 1 over the pairs of different rows; 0 on the diagonal."""
    distances = squared_distances(side).fill_diagonal_(0).sqrt()
    pairs = len(distances) * (len(distances) - 1)
    mean = distances.sum() / pairs
    centred = (distances - mean).fill_diagonal_(0)
    norm = torch.linalg.matrix_norm(centred)
    if norm <= 1e-12 * mean * math.sqrt(pairs):
        raise DegenerateError(f"{side.name}: all distances between rows are the same")
    return centred / norm


def _near(side: Representation, neighbours: int) -> Tensor:
    """Which rows `(n, n)` are among the nearest of each row."""
    distances = squared_distances(side).fill_diagonal_(math.inf)
    nearest = distances.topk(neighbours, largest=False).indices
    return torch.zeros_like(distances, dtype=torch.bool).scatter_(1, nearest, True)

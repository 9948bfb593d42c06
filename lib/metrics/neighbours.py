"""Who is near whom: a metric of the nearest neighbours of each row."""

import math

import torch
from torch import Tensor

from .geometry import IMAGE_ROWS, row_distances
from .inputs import DegenerateError
from .linalg import EPS
from .metric import Pair, metric
from .representation import Representation

NEIGHBOURS = 10

TIE = 64 * EPS
"""Squared distances that differ by no more than this share of the largest are equal but for
rounding."""


@metric("kNN overlap", reshapes=IMAGE_ROWS)
def knn_overlap(pair: Pair, neighbours: int = NEIGHBOURS) -> float:
    """Mean Jaccard index of the sets of nearest neighbours of each data point.

    Euclidean distances; a point isn't its own neighbour. Points that are equally far, such
    as those that a dead layer makes equal, share the last places among the nearest, so that
    nothing depends on their order. For independent data it is about k / 2n. Needs memory for
    all distances between rows, with `"channels"` (n·h·w)².

    Args:
        neighbours: size k of the sets.

    Raises:
        ValueError: `neighbours` not in 1 … n - 2.
    """
    if not 1 <= neighbours <= pair.x.rows - 2:
        raise DegenerateError(
            f"neighbours: got {neighbours} for {pair.x.rows} rows, want 1 to n - 2"
        )
    of_x, of_y = (_nearest(side, neighbours) for side in (pair.x, pair.y))
    common = of_x.minimum(pair.reordered_both(of_y)).sum(1)
    return (common / (2 * neighbours - common)).mean().item()


def _nearest(x: Representation, neighbours: int) -> Tensor:
    """How far each row is among the nearest of each other one, `(n, n)` in [0, 1]; kept."""
    key = "nearest", neighbours
    if key not in x.cache:
        away = row_distances(x).square()
        slack = TIE * away.max()
        away.fill_diagonal_(math.inf)
        last = away.topk(neighbours, largest=False).values[:, -1:]
        nearer, within = away < last - slack, away <= last + slack
        places, tied = neighbours - _count(nearer), _count(within & ~nearer)
        x.cache[key] = nearer + (within & ~nearer) * (places / tied)
    return x.cache[key]


def _count(chosen: Tensor) -> Tensor:
    return chosen.sum(1, keepdim=True, dtype=torch.float64)

"""Products of which half is known, at little more than half of the cost of general ones."""

from __future__ import annotations

import torch
from torch import Tensor

STRIPES = 8
NARROWEST = 64


def add_lower(total: Tensor, factor: Tensor) -> None:
    """Add the lower triangle of `factor @ factor.T` to `total`, and some of the upper one."""
    for start, stop in _stripes(len(total)):
        total[start:, start:stop].addmm_(factor[start:], factor[start:stop].T)


def mirrored(lower: Tensor) -> Tensor:
    """The symmetric matrix with this lower triangle, in the same memory."""
    return lower.tril_().add_(lower.tril(-1).T)


def lower_product(lower: Tensor, other: Tensor) -> Tensor:
    """`lower.T @ other` for a lower triangle."""
    product = other.new_empty(lower.shape[1], other.shape[1])
    for start, stop in _stripes(len(product)):
        torch.mm(lower[start:, start:stop].T, other[start:], out=product[start:stop])
    return product


def congruence(lower: Tensor, matrix: Tensor) -> Tensor:
    """Lower triangle of `lower.T @ matrix @ lower`, for a lower triangle and a symmetric matrix.

    Takes half of the operations of one general product, where two would be needed.
    """
    product = torch.empty_like(matrix)
    for start, stop in _stripes(len(matrix)):
        right = lower[start:, start:stop]
        torch.mm(matrix[start:, start:], right, out=product[start:, start:stop])
        product[start:stop, :stop] = right.T @ product[start:, :stop]
    return product


def _stripes(size: int) -> list[tuple[int, int]]:
    width = max(-(-size // STRIPES), NARROWEST)
    return [(start, min(start + width, size)) for start in range(0, size, width)]

"""Nuclear norms by the cheapest route that is accurate enough."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from .polar import polar_norm
from .singular import singular_values
from .symmetric import add_lower
from .values import EPS

SMALL = 256


def nuclear_norm(matrix: Tensor, rank: int, tolerance: float) -> float:
    """Sum of the singular values of `(p, q)`, to a relative tolerance.

    Roots of eigenvalues of the square cost half of singular values, but rounding spoils the
    smallest. So they count only if a bound on what is lost is below the tolerance. On a GPU the
    polar decomposition takes little more than half of the time of eigenvalues, and loses nothing.

    Args:
        rank: no more singular values are different from 0.
    """
    if min(matrix.shape) > SMALL:
        if matrix.is_cuda and (norm := polar_norm(matrix, tolerance)) is not None:
            return norm
        wide = matrix if matrix.shape[0] <= matrix.shape[1] else matrix.T
        square = wide.new_zeros(len(wide), len(wide))
        add_lower(square, wide)
        roots = sum_of_roots(square, rank, torch.linalg.matrix_norm(square).item(), tolerance)
        if roots is not None:
            return roots
    return singular_values(matrix).sum().item()


def sum_of_roots(square: Tensor, rank: int, scale: float, tolerance: float) -> float | None:
    """Sum of the roots of the eigenvalues of a symmetric matrix, given by its lower triangle.

    Args:
        rank: no more eigenvalues are different from 0.
        scale: norm of what was multiplied to form the matrix; its rounding is relative to it.
        tolerance: relative to the sum.

    Returns:
        None if rounding may have spoiled more than the tolerance.
    """
    roots = torch.linalg.eigvalsh(square, UPLO="L")[-rank:].clamp_min(0).sqrt()
    noise = 16 * EPS * scale
    loss = (noise / (roots + math.sqrt(noise))).sum().item()
    total = roots.sum().item()
    return total if loss <= tolerance * total else None

"""Nuclear norms by the cheapest route that is accurate enough."""

from __future__ import annotations

import torch
from torch import Tensor

from .symmetric import add_lower
from .values import EPS

SMALL = 256


def nuclear_norm(matrix: Tensor, rank: int, tolerance: float) -> float:
    """Sum of the singular values of `(p, q)`, to a relative tolerance.

    Roots of eigenvalues of the square cost half of singular values, but rounding spoils the
    smallest. So they count only if a bound on what is lost is below the tolerance.

    Args:
        rank: no more singular values are different from 0.
    """
    if min(matrix.shape) > SMALL:
        roots, loss = _roots(matrix, rank)
        if loss <= tolerance * roots:
            return roots
    return torch.linalg.svdvals(matrix).sum().item()


def _roots(matrix: Tensor, rank: int) -> tuple[float, float]:
    """Sum of the roots of the eigenvalues of the square, and a bound on its error."""
    wide = matrix if matrix.shape[0] <= matrix.shape[1] else matrix.T
    square = wide.new_zeros(len(wide), len(wide))
    add_lower(square, wide)
    values = torch.linalg.eigvalsh(square, UPLO="L")[-rank:].clamp_min(0)
    noise = 16 * EPS * values[-1]
    roots = values.sqrt()
    return roots.sum().item(), (noise / (roots + noise.sqrt())).sum().item()

"""Nuclear norms by the polar decomposition: matrix products nearly all the way, as GPUs like it."""

from __future__ import annotations

import math

import torch
from torch import Tensor

CONVERGED = 1e-8
"""How far singular values of the polar factor may be from 1. The error of the norm is its square:
the last step is of third order, and what remains of it is far below."""

FINEST = 5e-11
"""Singular values below this part of the largest one are out of reach: in the first step, whose
weight is nearly the square of its reciprocal, rounding would drown the identity."""


def polar_norm(matrix: Tensor, tolerance: float) -> float | None:
    """Sum of the singular values of `(p, q)`, to a relative tolerance.

    With the polar decomposition A = U H the sum is tr H = ⟨U, A⟩. U is the limit of dynamically
    weighted Halley steps (Nakatsukasa, Bai and Gygi 2010, "Optimizing Halley's iteration for
    computing the matrix polar decomposition", the form with Cholesky factors). A singular value
    so small that all of its size together stay below the tolerance needs no limit.

    Args:
        matrix: float64, on any device.
        tolerance: relative to the sum.

    Returns:
        None if the tolerance is out of reach for matrices of this size.
    """
    a = matrix if matrix.shape[0] >= matrix.shape[1] else matrix.T
    norm = torch.linalg.matrix_norm(a).item()
    if norm == 0:
        return 0.0
    one, infinite = (torch.linalg.matrix_norm(a, order).item() for order in (1, math.inf))
    largest = min(norm, math.sqrt(one * infinite))  # bounds on the largest singular value
    size = a.shape[1]
    lowest = tolerance * norm / (2 * size * largest)
    if lowest < FINEST:
        return None
    u, identity = a / largest, torch.eye(size, dtype=a.dtype, device=a.device)
    while 1 - lowest > CONVERGED:
        first, ratio, third = _weights(lowest)
        root = torch.linalg.cholesky(torch.addmm(identity, u.T, u, alpha=third))
        solved = torch.linalg.solve_triangular(root, u.T, upper=False)
        solved = torch.linalg.solve_triangular(root.T, solved, upper=True)
        u = torch.add(ratio * u, solved.T, alpha=first - ratio)
        square = lowest**2
        lowest *= (first + ratio * third * square) / (1 + third * square)
    return torch.dot(u.flatten(), a.flatten()).item()


def _weights(lowest: float) -> tuple[float, float, float]:
    """a, b / c and c of the step x (a + b x²) / (1 + c x²) that lifts [lowest, 1] the most."""
    square = lowest**2
    d = (4 * (1 - square) / square**2) ** (1 / 3)
    root = math.sqrt(1 + d)
    a = root + math.sqrt(8 - 4 * d + 8 * (2 - square) / (square * root)) / 2
    b = (a - 1) ** 2 / 4
    c = a + b - 1
    return a, b / c, c

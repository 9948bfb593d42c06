"""Products and decompositions, each by the cheapest route that is accurate enough."""

from __future__ import annotations

import math

import torch
from torch import Tensor

EPS = torch.finfo(torch.float64).eps

STRIPES = 8
NARROWEST = 64

SMALL_SVD = 1000
"""Up to this many singular values, a processor core is about as fast as a GPU (0.1 s for 1,000
values, on an H200 as on a core of a server), and the GPU stays free for other work."""

SMALL_NORM = 256
"""Up to this many rows or columns, a nuclear norm is computed by summing the singular values."""

CONVERGED = 1e-8
"""How far the singular values of the polar factor may be from 1, and so a bound on the relative
error of the norm. What the last step leaves is usually far smaller, since its order is three."""

FINEST = 5e-11
"""Singular values below this fraction of the largest one are out of reach: the weight of the first
step is nearly the square of the fraction's reciprocal, and rounding would drown the identity."""


def add_lower(total: Tensor, factor: Tensor) -> None:
    """Add the lower triangle of `factor @ factor.T` to `total`, and some of the upper one.

    To compute only half of the products that are symmetric or triangular, as here and below, takes
    a third off the time of a comparison on a CPU.
    """
    for start, stop in _stripes(len(total)):
        total[start:, start:stop].addmm_(factor[start:], factor[start:stop].T)


def mirrored(lower: Tensor) -> Tensor:
    """The symmetric matrix with this lower triangle, in the same memory."""
    return lower.tril_().add_(lower.tril(-1).T)


def lower_product(lower: Tensor, other: Tensor) -> Tensor:
    """`lower.T @ other` for a lower triangular matrix."""
    product = other.new_empty(lower.shape[1], other.shape[1])
    for start, stop in _stripes(len(product)):
        torch.mm(lower[start:, start:stop].T, other[start:], out=product[start:stop])
    return product


def congruence(lower: Tensor, matrix: Tensor) -> Tensor:
    """Lower triangle of `lower.T @ matrix @ lower` for lower triangular and symmetric matrices.

    Takes half the operations of one general product, where two would be needed.
    """
    product = torch.empty_like(matrix)
    for start, stop in _stripes(len(matrix)):
        right = lower[start:, start:stop]
        torch.mm(matrix[start:, start:], right, out=product[start:, start:stop])
        product[start:stop, :stop] = right.T @ product[start:, :stop]
    return product


def exceeds(matrix: Tensor, floor: float) -> bool:
    """Whether all eigenvalues exceed the floor, at a thirtieth of the cost of computing them."""
    shifted = matrix.clone()
    shifted.diagonal().sub_(floor)
    return torch.linalg.cholesky_ex(shifted).info.item() == 0


def singular_values(matrix: Tensor) -> Tensor:
    """The singular values, descending, on the matrix's device."""
    return torch.linalg.svdvals(_on_quicker_device(matrix)).to(matrix.device)


def singular_vectors(matrix: Tensor) -> tuple[Tensor, Tensor]:
    """Left `(p, k)` and right `(k, q)` singular vectors, on the matrix's device."""
    left, _, right = torch.linalg.svd(_on_quicker_device(matrix), full_matrices=False)
    return left.to(matrix.device), right.to(matrix.device)


def nuclear_norm(matrix: Tensor, rank: int, tolerance: float) -> float:
    """Sum of the singular values of `(p, q)`, to a relative tolerance.

    The roots of the eigenvalues of the square cost half as much as singular values, but rounding
    spoils the smallest. So they are used only if a bound on the loss is below the tolerance. On a
    GPU the polar decomposition takes little more than half the time of eigenvalues, without loss.

    Args:
        rank: at most this many singular values differ from 0.
    """
    if min(matrix.shape) > SMALL_NORM:
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
        rank: at most this many eigenvalues differ from 0.
        scale: norm of the products that formed the matrix, to which its rounding is relative.
        tolerance: relative to the sum.

    Returns:
        None if rounding may have spoiled more than the tolerance.
    """
    roots = torch.linalg.eigvalsh(square, UPLO="L")[-rank:].clamp_min(0).sqrt()
    noise = 16 * EPS * scale
    loss = (noise / (roots + math.sqrt(noise))).sum().item()
    total = roots.sum().item()
    return total if loss <= tolerance * total else None


def polar_norm(matrix: Tensor, tolerance: float) -> float | None:
    """Sum of the singular values of `(p, q)`, to a relative tolerance.

    By the polar decomposition A = U H, nearly all of it matrix products, which suit GPUs: the sum
    is tr H = ⟨U, A⟩. U is the limit of dynamically weighted Halley steps (Nakatsukasa, Bai and Gygi
    2010, "Optimizing Halley's iteration for computing the matrix polar decomposition", the form
    with Cholesky factors). Singular values so small that all of them together stay below the
    tolerance need not converge.

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


def _stripes(size: int) -> list[tuple[int, int]]:
    width = max(-(-size // STRIPES), NARROWEST)
    return [(start, min(start + width, size)) for start in range(0, size, width)]


def _on_quicker_device(matrix: Tensor) -> Tensor:
    return matrix.cpu() if min(matrix.shape) <= SMALL_SVD else matrix

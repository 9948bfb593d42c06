"""Products and decompositions, each by the cheapest route that is accurate enough."""

import math
from collections.abc import Callable
from functools import lru_cache

import numpy as np
import torch
from torch import Tensor

EPS = torch.finfo(torch.float64).eps

STRIPES = 8
NARROWEST = 64

LARGE = 2**31
"""From this number of products on, a call of BLAS uses its threads. They wait actively for the
next call and so slow down PyTorch's own threads: SVCCA of 256,000 x 128, many small blocks, took
3.6 s on two cores, and takes 0.5 s with small calls on one thread."""

SMALL_SVD = 1000
"""Up to this many singular values, a processor core is about as fast as a GPU (0.1 s
for 1,000 values, on an H200 as on a core of a server), and the GPU stays free for other
work."""

SMALL_NORM = 256
"""Up to this many rows or columns, a nuclear norm is computed by summing the singular values."""


def add_lower(total: Tensor, factor: Tensor) -> None:
    """Add the lower triangle of `factor @ factor.T` to `total`, and some of the upper one.

    Half of the products that are symmetric, as here and below, takes a third off the time of a
    comparison on a CPU. There SciPy has the routine that PyTorch lacks.
    """
    if total.is_cpu and total.is_contiguous() and factor.numel():
        # BLAS stores columns first: the lower triangle here is the upper one there.
        rows_first = factor.is_contiguous()
        columns = (factor.T if rows_first else factor).numpy()
        syrk, libraries = _blas()
        threads = torch.get_num_threads()
        large = factor.numel() * len(total) >= LARGE
        for library in libraries:
            library.set_num_threads(threads if large else 1)
        syrk(1.0, columns, beta=1.0, c=total.T.numpy(), trans=rows_first, overwrite_c=True)
        for library in libraries:
            library.set_num_threads(threads)
        return
    for start, stop in _stripes(len(total)):
        total[start:, start:stop].addmm_(factor[start:], factor[start:stop].T)


@lru_cache(maxsize=1)
def _blas() -> tuple[Callable[..., np.ndarray], list]:
    """The symmetric product of BLAS, and the controllers of its library's threads."""
    from scipy.linalg import blas  # both take a moment
    from threadpoolctl import ThreadpoolController

    return blas.dsyrk, ThreadpoolController().select(user_api="blas").lib_controllers


def shifted(block: Tensor, by: Tensor, buffer: Tensor) -> Tensor:
    """Rows `(m, p)` less a vector, in the memory of a float64 buffer with as many rows or more."""
    rows = buffer[: len(block)]
    if block.dtype == buffer.dtype:
        return torch.sub(block, by, out=rows)
    return rows.copy_(block).sub_(by)  # a quarter of the time of a difference of two precisions


def mirrored(lower: Tensor) -> Tensor:
    """The symmetric matrix with this lower triangle, in the same memory."""
    for start, stop in _stripes(len(lower)):
        square = lower[start:stop, start:stop]
        square.tril_().add_(square.tril(-1).T)
        lower[start:stop, stop:] = lower[stop:, start:stop].T
    return lower


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


def count_above(floor: float, matrix: Tensor) -> int:
    """How many eigenvalues exceed the floor. If all do, this costs a tenth of computing them."""
    shifted = matrix.clone()
    shifted.diagonal().sub_(floor)
    if torch.linalg.cholesky_ex(shifted).info.item() == 0:
        return len(matrix)
    return int((torch.linalg.eigvalsh(matrix) > floor).sum())


def singular_values(matrix: Tensor) -> Tensor:
    """The singular values, descending, on the matrix's device."""
    return torch.linalg.svdvals(_on_quicker_device(matrix)).to(matrix.device)


def singular_vectors(matrix: Tensor) -> tuple[Tensor, Tensor]:
    """Left `(p, k)` and right `(k, q)` singular vectors, on the matrix's device."""
    left, _, right = torch.linalg.svd(_on_quicker_device(matrix), full_matrices=False)
    return left.to(matrix.device), right.to(matrix.device)


def nuclear_norm(matrix: Tensor, rank: int, tolerance: float) -> float:
    """Sum of the singular values, of which at most `rank` differ from 0, to a relative tolerance.

    The roots of the eigenvalues of the square cost half as much as singular values, but
    rounding spoils the smallest. So they are used only if a bound on the loss is below
    the tolerance.
    """
    if min(matrix.shape) > SMALL_NORM:
        wide = matrix if matrix.shape[0] <= matrix.shape[1] else matrix.T
        square = wide.new_zeros(len(wide), len(wide))
        add_lower(square, wide)
        roots = sum_of_roots(square, rank, tolerance)
        if roots is not None:
            return roots
    return singular_values(matrix).sum().item()


def sum_of_roots(
    square: Tensor, rank: int, tolerance: float, scale: float | None = None
) -> float | None:
    """Sum of the roots of the eigenvalues of a symmetric matrix, given by its lower triangle; None
    if rounding may have spoiled more than the tolerance, relative to the sum.

    Args:
        rank: at most this many eigenvalues differ from 0.
        scale: norm of the products that formed the matrix, to which its rounding is
            relative; None for its own, of a product of a matrix with itself.
    """
    roots = torch.linalg.eigvalsh(square, UPLO="L")[-rank:].clamp_min(0).sqrt()
    noise = 16 * EPS * (roots[-1].item() ** 2 if scale is None else scale)
    loss = (noise / (roots + math.sqrt(noise))).sum().item()
    total = roots.sum().item()
    return total if loss <= tolerance * total else None


def _stripes(size: int) -> list[tuple[int, int]]:
    width = max(-(-size // STRIPES), NARROWEST)
    return [(start, min(start + width, size)) for start in range(0, size, width)]


def _on_quicker_device(matrix: Tensor) -> Tensor:
    return matrix.cpu() if min(matrix.shape) <= SMALL_SVD else matrix

"""Singular values of matrices of any size, each by the machine that has them sooner."""

from __future__ import annotations

import torch
from torch import Tensor

SMALL = 1000
"""Up to so many values a processor core is about as fast as a GPU (0.1 s for 1,000 values on both,
an H200 and a core of a server), and the GPU is free for others."""


def singular_values(matrix: Tensor) -> Tensor:
    """Descending, on the matrix's device."""
    return torch.linalg.svdvals(_placed(matrix)).to(matrix.device)


def singular_vectors(matrix: Tensor) -> tuple[Tensor, Tensor]:
    """Left `(p, k)` and right `(k, q)` singular vectors, on the matrix's device."""
    left, _, right = torch.linalg.svd(_placed(matrix), full_matrices=False)
    return left.to(matrix.device), right.to(matrix.device)


def _placed(matrix: Tensor) -> Tensor:
    return matrix.cpu() if min(matrix.shape) <= SMALL else matrix

"""Gram matrices: the statistic whose size doesn't depend on the number of features."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor

from .symmetric import add_lower, mirrored


def centred_gram(blocks: Iterable[Tensor]) -> Tensor:
    """Gram matrix `(n, n)` in float64 of column-centred features that arrive in blocks `(n, b)`.

    Centring the columns of the features is the same as centring rows and columns of their linear
    Gram matrix.
    """
    gram = None
    for block in blocks:
        if gram is None:
            gram = block.new_zeros(len(block), len(block), dtype=torch.float64)
        add_centred(gram, block)
    if gram is None:
        raise ValueError("blocks: got none, want at least one")
    return mirrored(gram)


def add_centred(gram: Tensor, block: Tensor) -> None:
    """Add the lower triangle of the Gram matrix of a block `(n, b)`, centred, to `gram`."""
    # The first row goes first, so that the mean is taken of numbers without a large offset.
    centred = block - block[0].to(torch.float64)
    centred -= centred.mean(0)
    add_lower(gram, centred)

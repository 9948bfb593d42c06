"""Which tokens of a batch count: without those that only pad sequences to one length."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

PaddingMask = Callable[[Any], Tensor]
"""Gives `(b, t)` of a batch: 1 for each token that counts, 0 for padding."""


def read_mask(
    mask: PaddingMask, batch: Any, images: int, device: torch.device | None = None
) -> Tensor:
    """Which positions of the sequences of a batch count `(b, t)`.

    Args:
        mask: as for `compare_networks`.
        batch: what it is given.
        images: how many sequences there are.
        device: where the answer is wanted; None for where it is.

    Raises:
        ValueError: something else than that, or a sequence without any token that counts.
    """
    try:
        counts = torch.as_tensor(mask(batch), device=device) != 0
    except Exception as error:
        raise ValueError(f"mask: fails for a batch of {describe_batch(batch)}: {error}") from error
    if counts.ndim < 2 or len(counts) != images:
        raise ValueError(
            f"mask: got shape {tuple(counts.shape)}, want ({images}, t): a row for each of the "
            f"{images} sequences of a batch, and in it 1 for a token and 0 for padding"
        )
    counts = counts.flatten(1)
    if empty := (~counts.any(1)).nonzero().flatten().tolist():
        raise ValueError(f"mask: sequence {empty[0]} of a batch is nothing but padding")
    return counts


def without_padding(maps: Tensor, form: str, counts: Tensor) -> Tensor:
    """What is compared of the tokens that count.

    Args:
        maps: `(b, d, t, 1)`, or any positions instead of t and 1.
        form: `"channels"` for all tokens, `"gap"` for their mean, `"cls"` for the first.
        counts: `(b, t)`, as of `read_mask`.

    Returns:
        `(tokens of all sequences, d)`, or `(b, d)`.
    """
    tokens = maps.flatten(2).movedim(1, 2)
    if form == "channels":
        return tokens[counts]
    if form == "cls":
        return tokens[torch.arange(len(tokens), device=tokens.device), counts.int().argmax(1)]
    total = tokens.masked_fill(~counts[..., None], 0).sum(1, dtype=torch.float64)
    return (total / counts.sum(1, keepdim=True)).to(maps.dtype)


def positions_of(shape: tuple[int, ...]) -> int:
    """How many positions maps `(c, h, w)` have; 1 of `(p,)`."""
    return math.prod(shape[1:])


def describe_batch(batch: Any) -> str:
    """What errors call a batch."""
    if isinstance(batch, Tensor):
        return f"shape {tuple(batch.shape)} and {batch.dtype}"
    keys = getattr(batch, "keys", None)
    names = f" with {', '.join(map(str, keys()))}" if callable(keys) else ""
    return f"{type(batch).__name__}{names}"

"""Which tokens of a batch count: without those that only pad sequences to one length."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import torch
from torch import Tensor

from .trace import Call

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


class SequenceLengths(NamedTuple):
    """How many positions the sequences of a batch have, by its mask."""

    padded: int = 0  # 0 without a mask
    longest: int = 0  # up to the last token that counts in any sequence

    def counted(self, shape: tuple[int, ...], call: Call | None) -> bool | None:
        """Whether the mask says which positions of a layer count; None if it is of another length.

        Args:
            shape: as of `positions_of`.
            call: of that layer; if sequences were packed by then, there may be no more
                positions than the longest of them has.
        """
        positions = positions_of(shape)
        if not self.padded or positions == 1:
            return False
        packed = call is not None and call.packed
        return positions == self.padded or (packed and positions == self.longest) or None

    def lacking(self, call: Call | None) -> bool:
        """Whether this is a recurrent layer of packed sequences, whose lengths no mask says."""
        recurrent = call is not None and call.packed and call.kind == "recurrent"
        return recurrent and not self.padded


def sequence_lengths(counts: Tensor) -> SequenceLengths:
    """Those of a mask `(b, t)`, as of `read_mask`."""
    return SequenceLengths(counts.shape[1], int(counts.any(0).nonzero().max()) + 1)


def without_padding(maps: Tensor, form: str, counts: Tensor) -> Tensor:
    """What is compared of the tokens that count.

    Args:
        maps: `(b, d, t, 1)`, or any positions instead of t and 1.
        form: `"channels"` for all tokens, `"gap"` for their mean, `"cls"` for the first.
        counts: `(b, t)`, as of `read_mask`.

    Returns:
        `(tokens of all sequences, d)`, or `(b, d)`.

    Raises:
        ValueError: more positions than the mask has, or too few for the tokens that count.
    """
    tokens = maps.flatten(2).movedim(1, 2)
    counts = _cut_to(counts, tokens.shape[1])
    if form == "channels":
        return tokens[counts]
    if form == "cls":
        return tokens[torch.arange(len(tokens), device=tokens.device), counts.int().argmax(1)]
    total = tokens.masked_fill(~counts[..., None], 0).sum(1, dtype=torch.float64)
    return (total / counts.sum(1, keepdim=True)).to(maps.dtype)


def _cut_to(counts: Tensor, positions: int) -> Tensor:
    """A mask without what pads all sequences, which packing them leaves out."""
    if positions > counts.shape[1] or counts[:, positions:].any():
        raise ValueError(
            f"mask: has {counts.shape[1]} positions for a batch of which a layer has {positions}; "
            "want the mask of the sequences that the network was given"
        )
    return counts[:, :positions]


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

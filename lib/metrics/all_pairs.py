"""What many representations have in common with many others, in one product."""

from collections.abc import Sequence

import torch
from torch import Tensor

from .cka_nbs import inner_product
from .inputs import DegenerateError
from .metric import Pair
from .representation import Representation
from .second_moments import Scatter

ENTRIES_AT_ONCE = 1 << 24
"""Entries of Gram matrices that are in memory at a time, beside those that are there anyway."""


def share_inner_products(pairs: Sequence[Pair]) -> None:
    """Let pairs of a few representations know ⟨K, L⟩, where all at once are less work.

    Args:
        pairs: of the same rows, in their own order.
    """
    varying = [pair for pair in pairs if _varies(pair.x) and _varies(pair.y)]
    xs = list(dict.fromkeys(pair.x for pair in varying))
    ys = list(dict.fromkeys(pair.y for pair in varying))
    if not varying or _work_at_once(xs, ys) >= sum(map(_work, varying)):
        return
    table = inner_products(xs, ys).tolist()
    at_x, at_y = ({side: i for i, side in enumerate(sides)} for sides in (xs, ys))
    for pair in varying:
        pair.cache[inner_product.key] = table[at_x[pair.x]][at_y[pair.y]]


def inner_products(xs: Sequence[Representation], ys: Sequence[Representation]) -> Tensor:
    """⟨K, L⟩ of the centred Gram matrices of each x with each y `(len(xs), len(ys))`.

    A Gram matrix is a vector of n² entries, so all inner products are one product of
    two matrices that have these vectors as rows. It is summed up over blocks of the
    images. The matrices are symmetric, so what is right of the diagonal blocks counts
    by what is left of them.

    Args:
        xs, ys: representations of the same n rows, each with some variance.
    """
    every = [*xs, *ys]
    rows = every[0].rows
    factors = [_factor(side) for side in every]
    total = torch.zeros(len(xs), len(ys), dtype=torch.float64, device=every[0].device)
    step = max(ENTRIES_AT_ONCE // (len(every) * rows), 1)
    for start in range(0, rows, step):
        end = min(start + step, rows)
        blocks = total.new_empty(len(every), end - start, end)
        for block, side, factor in zip(blocks, every, factors, strict=True):
            if factor is None:
                block.copy_(side.statistic.gram[start:end, :end])
            else:
                torch.mm(factor[start:end], factor[:end].T, out=block)
        of_x, of_y = blocks[: len(xs)], blocks[len(xs) :]
        total += 2 * of_x.flatten(1) @ of_y.flatten(1).T
        total -= of_x[:, :, start:].flatten(1) @ of_y[:, :, start:].flatten(1).T
    return total


def _varies(side: Representation) -> bool:
    try:
        return side.statistic.trace > 0
    except DegenerateError:
        return False


def _factor(side: Representation) -> Tensor | None:
    """Coordinates `(n, width)` of which the Gram matrix is made; None where it is there."""
    if isinstance(side.statistic, Scatter):
        return next(side.coordinates([slice(None)]))
    return None


def _width(side: Representation) -> int:
    """How many products an entry of the Gram matrix takes; 0 where it is there."""
    return side.statistic.width if isinstance(side.statistic, Scatter) else 0


def _work(pair: Pair) -> int:
    """Products of numbers that a pair takes alone."""
    if pair.by_moments:
        return pair.x.rows * _width(pair.x) * _width(pair.y)
    return pair.x.rows**2 * (1 + (_width(pair.x) + _width(pair.y)) // 2)


def _work_at_once(xs: Sequence[Representation], ys: Sequence[Representation]) -> int:
    """Products of numbers that all pairs take together."""
    return xs[0].rows ** 2 * (len(xs) * len(ys) + sum(map(_width, [*xs, *ys]))) // 2

"""Correlations of distances without each block of the images, from sums over all pairs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import torch
from torch import Tensor

from .inputs import DegenerateError
from .metric import Pair
from .representation import Representation

LOST = 1e-14
"""Of a sum of squares of distances: as little may be rounding."""


def correlations_without(
    pair: Pair, blocks: Sequence[Tensor], distances: Callable[[Representation], list[Tensor]]
) -> list[float]:
    """Pearson's correlation of the distances in x with those in y, without each block.

    Args:
        pair: of all images, each a row.
        blocks: indices of the images of each block.
        distances: of a side, those between different images: blocks of rows, each as far
            as the diagonal, with 0 on it and beyond. Their mean over all pairs is 0.

    Raises:
        DegenerateError: a ValueError; without a block all distances are the same.
    """
    key = correlations_without.__name__
    if key not in pair.cache:
        of_x, of_y = distances(pair.x), distances(pair.y)
        products = [left * right for left, right in zip(of_x, of_y, strict=True)]
        left_out = torch.tensor([len(block) for block in blocks], device=pair.x.device)
        kept = pair.x.rows - left_out
        pairs = (kept * (kept - 1) / 2).to(torch.float64)
        sum_x, square_x = _sums_without(pair.x, of_x, blocks)
        sum_y, square_y = _sums_without(pair.y, of_y, blocks)
        inner = _remaining(products, blocks) - sum_x * sum_y / pairs
        squares = [square_x - sum_x.square() / pairs, square_y - sum_y.square() / pairs]
        for side, square in zip((pair.x, pair.y), squares, strict=True):
            if square.min() <= LOST * square.max():
                raise DegenerateError(f"{side.name}: all distances between rows are the same")
        pair.cache[key] = (inner / (squares[0] * squares[1]).sqrt()).tolist()
    return pair.cache[key]


def _sums_without(
    side: Representation, distances: list[Tensor], blocks: Sequence[Tensor]
) -> tuple[Tensor, Tensor]:
    """Sums of the distances and of their squares without each block, kept for other pairs."""
    key = _sums_without.__name__
    if key not in side.cache:
        squares = (block.square() for block in distances)
        side.cache[key] = _remaining(distances, blocks), _remaining(squares, blocks)
    return side.cache[key]


def _remaining(numbers: Iterable[Tensor], blocks: Sequence[Tensor]) -> Tensor:
    """The sum over all pairs of images of which neither is in a block, for each block.

    Args:
        numbers: one for each pair, in blocks of rows as far as the diagonal.
    """
    numbers = list(numbers)
    member = torch.empty(sum(map(len, blocks)), dtype=torch.long, device=numbers[0].device)
    for number, block in enumerate(blocks):
        member[block] = number
    with_image = torch.zeros_like(member, dtype=torch.float64)
    inside = with_image.new_zeros(len(blocks))
    for rows in numbers:
        stop = rows.shape[1]
        row_range = slice(stop - len(rows), stop)
        with_image[row_range] += rows.sum(1)
        with_image[:stop] += rows.sum(0)
        same = member[row_range, None] == member[:stop]
        inside += torch.bincount(
            member[row_range, None].expand_as(same)[same], rows[same], minlength=len(blocks)
        )
    ends = torch.zeros_like(inside).index_add_(0, member, with_image)
    # a pair has two ends, and one inside a block has both there
    return with_image.sum() / 2 - ends + inside

"""What blocks of the images contribute to the statistics of one representation."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cached_property, reduce

import torch
from torch import Tensor

from .representation import Representation
from .second_moments import Gram, Moments, Scatter

KEPT_ENTRIES = 1 << 20
"""Of the scatters of all blocks, which are kept if they are no more, or no more than the data."""


class BlockSums:
    """What the statistics without a block need of a representation of all images.

    Args:
        whole: the representation.
        blocks: indices of the images of each block, on the CPU, the largest block first.
    """

    def __init__(self, whole: Representation, blocks: Sequence[Tensor]) -> None:
        self.whole, self.images = whole, blocks
        self.parts: list[Moments] = []  # of the rows of each block, if they are kept
        self._latest: tuple[int, Moments | None] = -1, None

    def part(self, left_out: int) -> Moments:
        """Moments of a block's rows in the columns that vary in all images."""
        if self._latest[0] != left_out:
            live = self.whole.statistic.live
            kept = self.parts and self.parts[left_out]
            part = kept or self.moments_of(self.images[left_out])
            part = part if len(live) == len(part.mean) else part.of_columns(live)
            self._latest = left_out, part
        return self._latest[1]

    @cached_property
    def moments(self) -> Moments:
        """Moments of all rows in the columns that vary."""
        statistic = self.whole.statistic
        return Moments(statistic.rows, statistic.mean[statistic.live], statistic.scatter)

    def moments_of(self, block: Tensor) -> Moments:
        """Moments of the rows of these images."""
        step = next(self.whole.image_blocks()).stop
        return Moments.of(self.whole._matrix(images) for images in block.split(step))

    @cached_property
    def images_kept(self) -> list[Tensor]:
        """Indices of the images without each block."""
        return [_all_but(block, self.whole.images) for block in self.images]

    @cached_property
    def blocks(self) -> list[Tensor]:
        """Indices of the rows of each block."""
        return [self._rows_of(block) for block in self.images]

    @cached_property
    def kept(self) -> list[Tensor]:
        """Indices of the rows without each block; few metrics ask for them."""
        return [self._rows_of(images) for images in self.images_kept]

    def _rows_of(self, images: Tensor) -> Tensor:
        rows = torch.arange(self.whole.rows).unflatten(0, (self.whole.images, -1))
        return rows[images].flatten()

    @cached_property
    def gram(self) -> Tensor:
        """Centred Gram matrix of all rows."""
        return self.whole.gram

    @cached_property
    def products(self) -> Tensor:
        """Inner products `(blocks, rows)` of the sum of a block's rows with each centred row."""
        if isinstance(self.whole.statistic, Gram):
            return torch.stack([self.gram[block].sum(0) for block in self.blocks])
        sums = torch.stack([rows.sum(0) for rows in self.whole.coordinates(self.images)])
        rows = self.whole.coordinates(self.whole.image_blocks())
        return torch.cat([sums @ block.T for block in rows], 1)

    @cached_property
    def norms(self) -> list[float]:
        """Frobenius norms of the centred Gram matrices without each block."""
        return [max(square, 0.0) ** 0.5 for square in inner_products_without(self, self)]

    def row_norms(self, left_out: int) -> Tensor:
        """Squared norms of the rows centred by the mean of those that remain; 0 for the others."""
        block, products = self.blocks[left_out], self.products[left_out]
        count = self.whole.rows - len(block)
        shift = products[block].sum() / count**2
        norms = torch.add(self.whole.row_norms, products, alpha=2 / count).add_(shift)
        norms[block] = 0
        return norms


def sums_of(whole: Representation, blocks: Sequence[Tensor]) -> BlockSums:
    """The sums of a representation, which are kept for its other pairs."""
    known = whole.cache.get(BlockSums)
    if known and all(map(torch.equal, known.images, blocks)) and len(known.images) == len(blocks):
        return known
    whole.cache[BlockSums] = BlockSums(whole, blocks)
    return whole.cache[BlockSums]


def _all_but(block: Tensor, images: int) -> Tensor:
    """Indices of all images but those of a block."""
    return torch.ones(images, dtype=torch.bool).index_fill(0, block, False).nonzero()[:, 0]


def bytes_beside(shape: Sequence[int], images: int, reshape: str, blocks: int) -> int:
    """Memory for what is kept of a layer beside its outputs.

    Args:
        shape: of the output for an image.
        blocks: how many there are; 0 without intervals.
    """
    positions = math.prod(shape[1:])
    columns = shape[0] * positions if reshape == "flat" else shape[0]
    if reshape == "flat" and columns > images:
        return 16 * images**2  # the Gram matrix, and a factor of it
    return block_bytes(images * positions if reshape == "channels" else images, columns, blocks)


def block_bytes(rows: int, columns: int, blocks: int) -> int:
    """Memory for the scatters of all blocks; 0 where that is too much to keep them."""
    entries = blocks * columns**2
    return 8 * entries if entries <= max(rows * columns, KEPT_ENTRIES) else 0


def sum_by_blocks(side: Representation, blocks: Sequence[Tensor]) -> None:
    """Let the scatter of all images be summed up from those of the blocks, and keep these.

    So `pairs_without` need not compute them once more. Nothing changes where there is a
    statistic already, or a Gram matrix instead, or too much to keep.

    Args:
        side: of all images, whose data are there.
        blocks: as for `BlockSums`.
    """
    known = "statistic" in vars(side) or not side.attached
    kept = block_bytes(side.rows, side.columns, len(blocks))
    if known or not kept or side._live_count > side.rows:
        return
    sums = BlockSums(side, blocks)
    parts = [sums.moments_of(block) for block in blocks]
    nothing = Moments(0, torch.zeros_like(parts[0].mean), torch.zeros_like(parts[0].scatter))
    scatter = Scatter(reduce(Moments.merged, parts, nothing), side.eps)
    if scatter.trace:
        sums.parts, side.statistic, side.cache[BlockSums] = parts, scatter, sums


def inner_products_without(x: BlockSums, y: BlockSums) -> list[float]:
    """⟨K, L⟩ of the centred Gram matrices without each block."""
    rows, inside = [], []
    for block in x.blocks:
        of_x, of_y = x.gram[block], y.gram[block]
        rows.append(torch.dot(of_x.flatten(), of_y.flatten()))
        inside.append((of_x[:, block] * of_y[:, block]).sum())
    rows, inside = torch.stack(rows), torch.stack(inside)
    products = x.products * y.products
    within, *totals = (
        torch.stack([each[i, block].sum() for i, block in enumerate(x.blocks)])
        for each in (products, x.products, y.products)
    )
    counts = rows.new_tensor([x.whole.rows - len(block) for block in x.blocks])
    # rows of K sum to 0, so those of what is kept sum to minus the products with the block
    centring = 2 * (products.sum(1) - within) / counts - totals[0] * totals[1] / counts**2
    return (rows.sum() - 2 * rows + inside - centring).tolist()

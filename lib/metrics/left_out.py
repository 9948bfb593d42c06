"""Pairs of representations without a block of their images, from the statistics of all images.

Second moments are sums, so those of the images that remain are the total minus the
block. All rows are centred by the mean of all images; a sum about the mean of the rest
follows from the sum of the block's rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property

import torch
from torch import Tensor

from .cka_nbs import inner_product
from .linalg import add_lower, centred, mirrored
from .metric import Pair
from .representation import Representation
from .second_moments import Gram, Moments, Scatter


class BlockSums:
    """What the statistics without a block need of a representation of all images.

    Args:
        whole: the representation.
        blocks: indices of the images of each block, on the CPU, the largest block first.
    """

    def __init__(self, whole: Representation, blocks: Sequence[Tensor]) -> None:
        self.whole, self.images = whole, blocks

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
        """Inner products `(rows, blocks)` of each centred row with the sum of a block's rows."""
        if isinstance(self.whole.statistic, Gram):
            return torch.stack([self.gram[block].sum(0) for block in self.blocks], 1)
        sums = torch.stack([rows.sum(0) for rows in self.whole.coordinates(self.images)], 1)
        blocks = self.whole.coordinates(self.whole.image_blocks())
        return torch.cat([rows @ sums for rows in blocks])

    @cached_property
    def norms(self) -> list[float]:
        """Frobenius norms of the centred Gram matrices without each block."""
        return [max(square, 0.0) ** 0.5 for square in _inner_products(self, self)]

    def row_norms(self, left_out: int) -> Tensor:
        """Squared norms of the rows that remain, centred by their own mean."""
        kept, products = self.kept[left_out], self.products[:, left_out]
        within = products[self.blocks[left_out]].sum()
        shift = (2 * products[kept] + within / len(kept)) / len(kept)
        return self.whole.row_norms[kept] + shift


class RemainingRepresentation(Representation):
    """A representation without a block of its images, of which only statistics are left."""

    attached = False

    def __init__(self, sums: BlockSums, left_out: int, statistic: Scatter | Gram) -> None:
        whole = sums.whole
        self.name, self.reshape, self.eps = whole.name, whole.reshape, whole.eps
        self.device, self.rows = whole.device, statistic.rows
        self.images = whole.images - len(sums.images[left_out])
        self.shape = self.rows, whole.columns
        self.columns = whole.columns
        self.cache = {}
        self._sums, self._left_out, self._statistic = sums, left_out, statistic

    @property
    def data(self) -> Tensor:
        return self._sums.whole.data[self._sums.images_kept[self._left_out]]

    def submatrix(self, of_rows: Callable[[Representation], Tensor]) -> Tensor:
        """What rows have with each other, computed for all of them, of those that remain."""
        kept = self._sums.kept[self._left_out]
        return of_rows(self._sums.whole)[kept][:, kept]

    def _cheaper(self) -> Scatter | Gram:
        return self._statistic

    @property
    def gram(self) -> Tensor:
        if isinstance(self.statistic, Gram):
            return self.statistic.gram
        return centred(self.submatrix(lambda whole: whole.gram))

    @cached_property
    def row_norms(self) -> Tensor:
        return self._sums.row_norms(self._left_out)

    @property
    def _scale(self) -> float:
        return self._sums.whole._scale

    def _matrix(self, images: slice | Tensor) -> Tensor:
        # the columns that the statistic is of: those that vary in all images
        whole = self._sums.whole
        kept = self._sums.images_kept[self._left_out]
        return whole._matrix(kept[images])[:, whole.statistic.live]


class RemainingGram(Gram):
    """The centred Gram matrix of the rows that remain, made only if a metric wants its entries."""

    def __init__(self, sums: BlockSums, left_out: int) -> None:
        self.rows, self.eps = len(sums.kept[left_out]), sums.whole.eps
        self._sums, self._left_out = sums, left_out

    @cached_property
    def trace(self) -> float:
        return self._sums.row_norms(self._left_out).sum().item()

    @cached_property
    def gram(self) -> Tensor:
        kept = self._sums.kept[self._left_out]
        return centred(self._sums.gram[kept][:, kept])


class RemainingPair(Pair):
    """A pair without a block of its images, whose cross-moment is known if there are scatters."""

    def __init__(
        self, x: RemainingRepresentation, y: RemainingRepresentation, cross: Tensor | None = None
    ) -> None:
        super().__init__(x, y)
        self._cross = cross

    @cached_property
    def cross(self) -> Tensor:
        """Cross-moment `(width of x, width of y)` of the coordinates."""
        if self._cross is None:
            return self.x.statistic.coordinates.T @ self.y.statistic.coordinates
        return self._cross[self.x.statistic.live][:, self.y.statistic.live]


def pairs_without(pair: Pair, blocks: Sequence[Tensor]) -> Iterator[Pair]:
    """The pair without each of these blocks, in their order.

    Args:
        pair: of all images, in their own order.
        blocks: as for `BlockSums`.
    """
    x, y = _sums_of(pair.x, blocks), _sums_of(pair.y, blocks)
    return _from_moments(pair, x, y) if pair.by_moments else _from_grams(x, y)


def _sums_of(whole: Representation, blocks: Sequence[Tensor]) -> BlockSums:
    """The sums of a representation, kept for its other pairs where they need no further matrix."""
    known = whole.cache.get(BlockSums)
    if known and all(map(torch.equal, known.images, blocks)) and len(known.images) == len(blocks):
        return known
    sums = BlockSums(whole, blocks)
    if isinstance(whole.statistic, Gram):
        whole.cache[BlockSums] = sums
    return sums


def _all_but(block: Tensor, images: int) -> Tensor:
    """Indices of all images but those of a block."""
    return torch.ones(images, dtype=torch.bool).index_fill(0, block, False).nonzero()[:, 0]


def _from_moments(pair: Pair, x: BlockSums, y: BlockSums) -> Iterator[Pair]:
    of_x, of_y = pair.x.statistic, pair.y.statistic
    beside = torch.cat([of_x.scatter, pair.cross], 1), torch.cat([pair.cross.T, of_y.scatter], 1)
    whole = torch.cat(beside)
    mean = torch.cat([of_x.mean[of_x.live], of_y.mean[of_y.live]])
    columns_x, columns_y = slice(None, of_x.width), slice(of_x.width, None)
    blocks = zip(pair.x.coordinates(x.images), pair.y.coordinates(y.images), strict=True)
    for i, block in enumerate(blocks):
        rows = torch.cat(block, 1)
        total, count = rows.sum(0), pair.x.rows - len(rows)
        left_out = torch.zeros_like(whole)
        add_lower(left_out, rows.T)
        scatter = mirrored(left_out).neg_().add_(whole).sub_(torch.outer(total, total / count))
        joint = Moments(count, mean - total / count, scatter)
        statistics = [
            Scatter(joint.of_columns(columns), side.eps)
            for columns, side in ((columns_x, pair.x), (columns_y, pair.y))
        ]
        remaining = map(RemainingRepresentation, (x, y), (i, i), statistics)
        yield RemainingPair(*remaining, scatter[columns_x, columns_y])


def _from_grams(x: BlockSums, y: BlockSums) -> Iterator[Pair]:
    inner = _inner_products(x, y)
    for i in range(len(x.blocks)):
        sides = []
        for sums in (x, y):
            gram = RemainingGram(sums, i)
            gram.norm = sums.norms[i]
            sides.append(RemainingRepresentation(sums, i, gram))
        pair = RemainingPair(*sides)
        pair.cache[inner_product.key] = inner[i]
        yield pair


def _inner_products(x: BlockSums, y: BlockSums) -> list[float]:
    """⟨K, L⟩ of the centred Gram matrices without each block."""
    rows, inside = [], []
    for block in x.blocks:
        of_x, of_y = x.gram[block], y.gram[block]
        rows.append(torch.dot(of_x.flatten(), of_y.flatten()))
        inside.append((of_x[:, block] * of_y[:, block]).sum())
    rows, inside = torch.stack(rows), torch.stack(inside)
    products = x.products * y.products
    own = torch.stack([products[block, i].sum() for i, block in enumerate(x.blocks)])
    totals = [
        torch.stack([side.products[block, i].sum() for i, block in enumerate(side.blocks)])
        for side in (x, y)
    ]
    counts = rows.new_tensor([len(kept) for kept in x.kept])
    # rows of K sum to 0, so those of what is kept sum to minus the products with the block
    centring = 2 * (products.sum(0) - own) / counts - totals[0] * totals[1] / counts**2
    return (rows.sum() - 2 * rows + inside - centring).tolist()

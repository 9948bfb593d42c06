"""Pairs of representations without a block of their images, from the statistics of all images.

Second moments are sums, so those of the images that remain are the total minus the
block. All rows are centred by the mean of all images; a sum about the mean of the rest
follows from the sum of the block's rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property, wraps

from torch import Tensor

from .block_sums import BlockSums, inner_products_without, sums_of
from .cka_nbs import inner_product
from .linalg import centred
from .metric import Pair, cached_on_argument
from .representation import Representation
from .second_moments import Gram, Scatter

FEW_IMAGES = 16
"""That nearly always vary, so that the rest need not be looked at."""


class RemainingRepresentation(Representation):
    """A representation without a block of its images, of which only statistics are left."""

    attached = False

    def __init__(self, sums: BlockSums, left_out: int, by_moments: bool) -> None:
        whole = sums.whole
        self.name, self.reshape, self.eps = whole.name, whole.reshape, whole.eps
        self.device = whole.device
        self.images = whole.images - len(sums.images[left_out])
        self.rows = whole.rows // whole.images * self.images
        self.shape = self.rows, whole.columns
        self.columns = whole.columns
        self.cache = {}
        self._sums, self._left_out, self._by_moments = sums, left_out, by_moments

    @property
    def whole(self) -> Representation:
        """The representation of all images."""
        return self._sums.whole

    @property
    def images_kept(self) -> Tensor:
        """Indices of the images that remain."""
        return self._sums.images_kept[self._left_out]

    @property
    def data(self) -> Tensor:
        return self._sums.whole.data[self.images_kept]

    def check_variance(self) -> None:
        few = self._sums.whole.data[self.images_kept[:FEW_IMAGES]].flatten(1)
        if not (few != few[0]).any():
            super().check_variance()

    def submatrix(self, of_rows: Callable[[Representation], Tensor]) -> Tensor:
        """What rows have with each other, computed for all of them, of those that remain."""
        kept = self._sums.kept[self._left_out]
        return of_rows(self._sums.whole)[kept][:, kept]

    def _cheaper(self) -> Scatter | Gram:
        if not self._by_moments:
            return RemainingGram(self._sums, self._left_out)
        part = self._sums.part(self._left_out)
        return Scatter(self._sums.moments.without(part), self.eps)

    @property
    def gram(self) -> Tensor:
        if isinstance(self.statistic, Gram):
            return self.statistic.gram
        return centred(self.submatrix(lambda whole: whole.gram))

    @cached_property
    def row_norms(self) -> Tensor:
        """As of `BlockSums`: of all rows, with 0 for those that are left out."""
        return self._sums.row_norms(self._left_out)

    @property
    def _scale(self) -> float:
        return self._sums.whole._scale

    def _matrix(self, images: slice | Tensor) -> Tensor:
        # the columns that the statistic is of: those that vary in all images
        whole = self._sums.whole
        return whole._matrix(self.images_kept[images])[:, whole.statistic.live]


class RemainingGram(Gram):
    """The centred Gram matrix of the rows that remain, made only if a metric wants its entries."""

    def __init__(self, sums: BlockSums, left_out: int) -> None:
        self.rows = sums.whole.rows - len(sums.blocks[left_out])
        self.eps = sums.whole.eps
        self.norm = sums.norms[left_out]
        self._sums, self._left_out = sums, left_out

    @cached_property
    def trace(self) -> float:
        return self._sums.row_norms(self._left_out).sum().item()

    @cached_property
    def gram(self) -> Tensor:
        kept = self._sums.kept[self._left_out]
        return centred(self._sums.gram[kept][:, kept])


class RemainingPair(Pair):
    """A pair without a block of its images."""

    def __init__(self, whole: Pair, sides: tuple[BlockSums, BlockSums], left_out: int) -> None:
        super().__init__(
            *(RemainingRepresentation(sums, left_out, whole.by_moments) for sums in sides)
        )
        self.whole, self._sides, self.left_out = whole, sides, left_out
        self.blocks = sides[0].images

    @cached_property
    def cross(self) -> Tensor:
        """Cross-moment `(width of x, width of y)` of the coordinates."""
        if not self.by_moments:
            return self.x.statistic.coordinates.T @ self.y.statistic.coordinates
        x, y = self._sides
        steps = [side.part(self.left_out).mean - side.moments.mean for side in (x, y)]
        known = self.whole.cache.get(_crosses_of.__name__)
        block = [x.images[self.left_out]]
        cross = known[self.left_out] if known else next(_crosses_of(self.whole, block))
        left_out = x.whole.rows - self.x.rows
        rest = (self.whole.cross - cross).addr_(*steps, alpha=-(left_out**2) / self.x.rows)
        return rest[self.x.statistic.live][:, self.y.statistic.live]


def of_each_image(compute: Callable[[Pair], Tensor]) -> Callable[[Pair], Tensor]:
    """Let what a pair gives for each image, `(n, …)`, be computed once for all blocks left out."""

    @cached_on_argument
    @wraps(compute)
    def values(pair: Pair) -> Tensor:
        if isinstance(pair, RemainingPair):
            return values(pair.whole)[pair.x.images_kept]
        return compute(pair)

    return values


def pairs_without(pair: Pair, blocks: Sequence[Tensor]) -> Iterator[Pair]:
    """The pair without each of these blocks, in their order.

    Args:
        pair: of all images, in their own order.
        blocks: as for `BlockSums`.
    """
    sides = sums_of(pair.x, blocks), sums_of(pair.y, blocks)
    inner = [] if pair.by_moments else inner_products_without(*sides)
    for i in range(len(blocks)):
        remaining = RemainingPair(pair, sides, i)
        if inner:
            remaining.cache[inner_product.key] = inner[i]
        yield remaining
    for sums in sides:
        vars(sums).pop("gram", None)  # which is large, and can be had again


def cross_by_blocks(pair: Pair) -> None:
    """The same for the cross-moment of a pair, both of whose scatters are sums of blocks."""
    sums = pair.x.cache.get(BlockSums), pair.y.cache.get(BlockSums)
    if all(side and side.parts for side in sums) and "cross" not in vars(pair):
        crosses = [*_crosses_of(pair, sums[0].images)]
        pair.cross, pair.cache[_crosses_of.__name__] = sum(crosses), crosses


def _crosses_of(pair: Pair, blocks: Sequence[Tensor]) -> Iterator[Tensor]:
    """Cross-moments of each block's rows, all about the mean of all rows."""
    for left, right in zip(pair.x.coordinates(blocks), pair.y.coordinates(blocks), strict=True):
        yield left.T @ right

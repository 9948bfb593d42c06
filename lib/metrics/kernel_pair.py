"""Two sides of a comparison of which only the Gram matrices are left."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from torch import Tensor

from .sides import GramSide


@dataclass(frozen=True)
class KernelSide:
    """Stands for a `Representation`."""

    name: str
    reshape: str
    side: GramSide

    @property
    def rows(self) -> int:
        return self.side.rows

    @property
    def rank(self) -> int:
        return self.side.rank

    @property
    def row_norms(self) -> Tensor:
        """Squared norms of the centred rows `(rows,)`."""
        return self.side.gram.diagonal()

    @property
    def factor(self) -> tuple[Tensor, float]:
        """A factor of the Gram matrix and its lift; see `GramSide.root`."""
        return self.side.root


@dataclass(frozen=True)
class KernelPair:
    """Stands for a `Pair`, for metrics that need Gram matrices only."""

    x: KernelSide
    y: KernelSide
    eps: float
    by_moments: bool = False
    memory: dict[str, object] = field(default_factory=dict)

    @property
    def gram_x(self) -> Tensor:
        return self.x.side.gram

    @property
    def gram_y(self) -> Tensor:
        return self.y.side.gram

    @cached_property
    def cross(self) -> Tensor:
        """Cross-moment `(width of x, width of y)` of the coordinates."""
        return self.x.side.coordinates.T @ self.y.side.coordinates

    def reordered(self, values: Tensor) -> Tensor:
        """As they are: the images of both sides come in the same order."""
        return values

    def reordered_both(self, matrix: Tensor) -> Tensor:
        """As it is."""
        return matrix

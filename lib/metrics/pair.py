"""Two sides of one comparison, and what depends on both."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, wraps
from typing import TypeVar

import torch
from torch import Tensor

from .inputs import RESHAPES, check_choice
from .representation import FEWEST, Representation
from .sides import GramSide, ScatterSide

Value = TypeVar("Value")


def once(function: Callable[..., Value]) -> Callable[..., Value]:
    """Let a pair, or a side, remember what this function of it gave: several metrics share it."""

    @wraps(function)
    def remembered(of: Pair | Representation) -> Value:
        if function.__name__ not in of.memory:
            of.memory[function.__name__] = function(of)
        return of.memory[function.__name__]

    return remembered


class Pair:
    """Two representations of the same data points, row by row.

    Args:
        order: the images of `y` in the order in which they meet those of `x`, `(n,)`. A random one
            makes a sample of the null; all statistics of one side stay as they are.

    Raises:
        ValueError: different numbers of data points, reshapes, devices, or rows.
    """

    def __init__(self, x: Representation, y: Representation, order: Tensor | None = None) -> None:
        if x.images != y.images:
            raise ValueError(
                f"{y.name}: got {y.images} data points, want {x.images} as in {x.name}"
            )
        if x.reshape != y.reshape:
            raise ValueError(
                f"{y.name}: got a Representation reshaped as {y.reshape!r}, want {x.reshape!r} "
                f"as in {x.name}"
            )
        if x.device != y.device:
            raise ValueError(f"{y.name}: got device {y.device}, want {x.device} as in {x.name}")
        if x.spatial != y.spatial:
            raise ValueError(
                f"{y.name}: got shape {y.shape}, want the spatial size of {x.name}, whose shape "
                f"is {x.shape}; reshape='gap' or 'flat' compares maps of different sizes"
            )
        self.x = x
        self.y = y
        self.order = order
        self.memory: dict[str, object] = {}

    @property
    def images(self) -> int:
        return self.x.images

    @property
    def eps(self) -> float:
        """Relative rounding of the data."""
        return max(self.x.eps, self.y.eps)

    def permuted(self, order: Tensor) -> Pair:
        """The same sides with the images of `y` in another order."""
        return Pair(self.x, self.y, order)

    def reordered(self, values: Tensor) -> Tensor:
        """Statistics of the images of `y`, `(rows, …)`, in the order of this pair."""
        if self.order is None:
            return values
        per_image = values.unflatten(0, (self.images, -1))
        return per_image[self.order].flatten(0, 1)

    def reordered_both(self, matrix: Tensor) -> Tensor:
        """A matrix `(rows, rows)` of rows of `y` against each other, in the order of this pair."""
        if self.order is None:
            return matrix
        rows = self.reordered(torch.arange(len(matrix), device=matrix.device))
        return matrix[rows[:, None], rows]

    def image_blocks(self, fewest: int = FEWEST) -> list[tuple[slice, slice | Tensor]]:
        """Images of `x` with those of `y` that they meet; see `Representation.image_blocks`."""
        wider = max(self.x, self.y, key=lambda side: side.columns)
        blocks = wider.image_blocks(fewest)
        if self.order is None:
            return [(block, block) for block in blocks]
        return [(block, self.order[block]) for block in blocks]

    @cached_property
    def cross(self) -> Tensor:
        """Cross-moment `(width of x, width of y)` of the coordinates."""
        of_x, of_y = zip(*self.image_blocks(), strict=True)
        total = None
        for left, right in zip(self.x.coordinates(of_x), self.y.coordinates(of_y), strict=True):
            if total is None:
                total = left.new_zeros(left.shape[1], right.shape[1])
            total.addmm_(left.T, right)
        return total

    @property
    def by_moments(self) -> bool:
        """Whether both sides have scatters, so that the cross-moment is small."""
        return isinstance(self.x.side, ScatterSide) and isinstance(self.y.side, ScatterSide)

    @property
    def gram_x(self) -> Tensor | None:
        """Gram matrix of x, `(n, n)`; None if x has a scatter."""
        return self.x.side.gram if isinstance(self.x.side, GramSide) else None

    @cached_property
    def gram_y(self) -> Tensor | None:
        """Gram matrix of y in the order of this pair; None if y has a scatter."""
        return self.reordered_both(self.y.side.gram) if isinstance(self.y.side, GramSide) else None

    @property
    def mixed(self) -> float:
        """tr(Fᵀ K F) where one side has a Gram matrix K and the other features F."""
        if self.gram_x is not None:
            gram, features = self.gram_x, self.reordered(self.y.factor[0])
        else:
            gram, features = self.gram_y, self.x.factor[0]
        return torch.dot((gram @ features).flatten(), features.flatten()).item()


def pair_of(x: object, y: object, reshape: str | None, default: str) -> Pair:
    """Two arguments of a metric as a pair.

    Args:
        x: data or a `Representation`; so is `y`.
        reshape: None stands for that of the Representations, else for the default.

    Raises:
        ValueError: whatever no metric accepts.
    """
    if reshape is not None:
        check_choice(reshape, RESHAPES, "reshape")
    else:
        given = (side.reshape for side in (x, y) if isinstance(side, Representation))
        reshape = next(given, default)
    return Pair(_as_side(x, reshape, "x"), _as_side(y, reshape, "y"))


def _as_side(value: object, reshape: str, name: str) -> Representation:
    if not isinstance(value, Representation):
        return Representation(value, reshape, name=name)
    if value.reshape != reshape:
        raise ValueError(
            f"{name}: got a Representation reshaped as {value.reshape!r}, want {reshape!r}"
        )
    return value

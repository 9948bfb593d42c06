"""The declaration of metrics: functions of a pair of representations."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar

import torch
from torch import Tensor

from ..did_you_mean import check
from .inputs import RESHAPES, DegenerateError, check_same_points
from .representation import Representation, as_representation
from .second_moments import Scatter

RELATIVE_ROUNDING = 1e-9

Value = TypeVar("Value")

METRICS: dict[str, Metric] = {}
"""name -> metric, in the order in which tables list them."""

CALLED = """

Args:
    x: representation of the complete network, `(n, p)` or `(n, c, h, w)`, numpy or torch, fp16,
        bf16, fp32 or fp64, or a `Representation`.
    y: that of the other network, of the same n (and h, w under `"channels"`).
    reshape: {reshapes}, by default `"{reshape}"`; a `Representation` has its own.

Returns:
    in [{lowest:g}, 1].

Raises:
    ValueError: input that isn't two such arrays, finite, with some variance; fewer rows than
        {fewest_rows}.
"""
"""Appended to the docstring of every metric."""


@dataclass(frozen=True)
class Invariances:
    """Whether a metric stays the same, up to rounding.

    Args:
        symmetric: when x and y change places.
        permutation: when the columns of x or y are reordered.
        orthogonal: when x or y is rotated or reflected.
        invertible: when x or y is multiplied by any invertible matrix.
        scale: when x or y is multiplied by a positive number.
        translation: when a vector is added to all rows of x or y.
        dead_columns: when constant columns are added to x or y; for `pwcca`, as long as
            the same one of the two still has fewer columns.
    """

    symmetric: bool = True
    permutation: bool = True
    orthogonal: bool = True
    invertible: bool = False
    scale: bool = True
    translation: bool = True
    dead_columns: bool = True


@dataclass(eq=False, repr=False)
class Metric:
    """A metric of two representations of the same data points. Call it with two arrays."""

    compute: Callable[..., float]  # of a `Pair`; further arguments are the metric's options
    name: str  # in `METRICS` and in the tables of results
    title: str  # its name on a page
    reshape: str = "flat"  # the default one
    reshapes: tuple[str, ...] = RESHAPES  # those that make sense
    invariances: Invariances = field(default_factory=Invariances)
    lowest: float = 0.0  # end of its range; the upper end is 1
    fewest_rows: int = 2  # with fewer, it is the same for any data, or not defined
    all_directions: bool = False  # whether it counts faint directions as much as strong ones

    def __post_init__(self) -> None:
        functools.update_wrapper(self, self.compute)
        del self.__wrapped__  # it is called with two arrays, not with a pair
        self.__doc__ = inspect.cleandoc(self.compute.__doc__ or "") + CALLED.format(
            reshapes=" or ".join(f'`"{name}"`' for name in self.reshapes),
            reshape=self.reshape,
            lowest=self.lowest,
            fewest_rows=self.fewest_rows,
        )
        METRICS[self.name] = self

    def __call__(
        self, x: object, y: object, *, reshape: str | None = None, **options: object
    ) -> float:
        return self.of_pair(pair_of(x, y, reshape, self.reshape), **options)

    def of_pair(self, pair: Pair, **options: object) -> float:
        """The value for a pair, all of whose metrics share its statistics; a DegenerateError, which
        is a ValueError, where it isn't defined."""
        if pair.x.rows < self.fewest_rows:
            raise DegenerateError(
                f"{pair.x.name}: got {pair.x.rows} rows, want n >= {self.fewest_rows}; "
                f"{self.title} says nothing of fewer"
            )
        return within_range(self.name, self.compute(pair, **options), self.lowest)

    def __repr__(self) -> str:
        return f"<metric {self.name}>"


def metric(title: str, **declared: object) -> Callable[[Callable[..., float]], Metric]:
    """Declare the decorated function of a `Pair` as the metric of the same name; see `Metric`."""
    return lambda compute: Metric(compute, compute.__name__, title, **declared)


def within_range(
    name: str, value: float, lowest: float = 0.0, rounding: float = RELATIVE_ROUNDING
) -> float:
    """The value without the rounding that has led it out of [lowest, 1]; an ArithmeticError where
    it is further outside, which is a bug of ours and never the input's fault."""
    if not lowest - rounding <= value <= 1 + rounding:
        raise ArithmeticError(f"{name}: {value!r} is outside [{lowest:g}, 1] by more than rounding")
    return min(max(value, lowest), 1.0)


def cached_on_argument(function: Callable[..., Value]) -> Callable[..., Value]:
    """Let a pair, or a representation, remember the function's value, so that metrics share it."""

    key = function.__module__, function.__qualname__  # unlike the function, it can be pickled

    @functools.wraps(function)
    def remembered(of: Pair | Representation) -> Value:
        if key not in of.cache:
            of.cache[key] = function(of)
        return of.cache[key]

    return remembered


class Pair:
    """Two representations of the same data points, row by row.

    The images of `y` may meet those of `x` in another order, given by their indices `(n,)`: a
    sample of the null, which needs no new statistics of `x` or `y`.
    """

    def __init__(self, x: Representation, y: Representation, order: Tensor | None = None) -> None:
        if x.device != y.device:
            raise ValueError(f"{y.name}: got device {y.device}, want {x.device} as in {x.name}")
        check_same_points(x.shape, y.shape, x.reshape, (x.name, y.name))
        self.x, self.y, self.order = x, y, order
        self.cache: dict[Hashable, object] = {}

    @property
    def eps(self) -> float:
        """Relative rounding of the data."""
        return max(self.x.eps, self.y.eps)

    def reordered(self, values: Tensor) -> Tensor:
        """Statistics of the images of `y`, `(rows, …)`, in the order of this pair."""
        if self.order is None:
            return values
        per_image = values.unflatten(0, (self.x.images, -1))
        return per_image[self.order].flatten(0, 1)

    def reordered_both(self, matrix: Tensor) -> Tensor:
        """A matrix `(rows, rows)` of rows of `y` against each other, in the order of this pair."""
        if self.order is None:
            return matrix
        rows = self.reordered(torch.arange(len(matrix), device=matrix.device))
        return matrix[rows[:, None], rows]

    def image_blocks(self) -> list[tuple[slice, slice | Tensor]]:
        """Images of `x`, and those of `y` that they meet; see `Representation.image_blocks`."""
        blocks = max(self.x, self.y, key=lambda side: side.columns).image_blocks()
        return [(block, block if self.order is None else self.order[block]) for block in blocks]

    @cached_property
    def cross(self) -> Tensor:
        """Cross-moment `(width of x, width of y)` of the coordinates."""
        widths = self.x.statistic.width, self.y.statistic.width
        total = torch.zeros(widths, dtype=torch.float64, device=self.x.device)
        for left, right in self.coordinates():
            total.addmm_(left.T, right)
        return total

    def coordinates(self) -> Iterator[tuple[Tensor, Tensor]]:
        """Coordinates of x and of y, block by block; each is overwritten by the next."""
        images_x, images_y = zip(*self.image_blocks(), strict=True)
        yield from zip(self.x.coordinates(images_x), self.y.coordinates(images_y), strict=True)

    @property
    def by_moments(self) -> bool:
        """Whether both have scatters, so that the cross-moment is small."""
        return isinstance(self.x.statistic, Scatter) and isinstance(self.y.statistic, Scatter)

    @cached_property
    def gram_y(self) -> Tensor:
        """Centred Gram matrix `(rows, rows)` of y in the order of this pair."""
        return self.reordered_both(self.y.gram)


def pair_of(x: object, y: object, reshape: str | None, default: str = "flat") -> Pair:
    """Two arguments of a metric as a pair. Without `reshape`, that of a `Representation` among them
    is used, or else the default."""
    if reshape is not None:
        check("reshape", reshape, RESHAPES)
    else:
        reshapes = (side.reshape for side in (x, y) if isinstance(side, Representation))
        reshape = next(reshapes, default)
    return Pair(as_representation(x, reshape, "x"), as_representation(y, reshape, "y"))

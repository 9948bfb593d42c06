"""Pairs of representations whose data are gone: only their joint second moments are left."""

from collections.abc import Iterator
from functools import cached_property

import torch
from torch import Tensor

from .inputs import as_matrix, with_float64
from .metric import Pair
from .representation import Representation, rows_of_block
from .second_moments import Moments, Scatter


class MomentRepresentation(Representation):
    """A representation of which only the second moments of its rows are left."""

    attached = False

    def __init__(self, name: str, reshape: str, images: int, moments: Moments, eps: float) -> None:
        self.name, self.reshape, self.images, self.eps = name, reshape, images, eps
        self.rows, self.columns = self.shape = moments.count, len(moments.mean)
        self.device = moments.mean.device
        self.cache = {}
        self._moments = moments

    def _cheaper(self) -> Scatter:
        return Scatter(self._moments, self.eps)

    @property
    def row_norms(self) -> Tensor:
        """Raises ValueError: they cannot be computed without the data."""
        raise ValueError("debiased: got True without the data; want the data")


class MomentPair(Pair):
    """A pair of which only joint second moments are left.

    It is enough for metrics that are declared `by_moments`. Data without variance are
    refused when a metric asks for their statistic.

    Args:
        joint: moments of rows of x and y side by side.
        columns_x: how many of the columns, the first ones, belong to x.
    """

    def __init__(
        self, joint: Moments, columns_x: int, reshape: str, images: int, eps: float
    ) -> None:
        of_x, of_y = slice(None, columns_x), slice(columns_x, None)
        super().__init__(
            MomentRepresentation("x", reshape, images, joint.of_columns(of_x), eps),
            MomentRepresentation("y", reshape, images, joint.of_columns(of_y), eps),
        )
        self._cross = joint.scatter[of_x, of_y]

    @cached_property
    def cross(self) -> Tensor:
        """Cross-moment `(width of x, width of y)` of the coordinates."""
        return self._cross[self.x.statistic.live][:, self.y.statistic.live]


class JointMoments:
    """Joint second moments of two representations, summed up batch by batch.

    They take `moment_bytes(p, q)`, whatever the number of images, and three times as
    much while a batch is added or a metric computed.

    Args:
        reshape: one of `RESHAPES`.
        names: what errors call the two.
    """

    def __init__(self, reshape: str, names: tuple[str, str] = ("x", "y")) -> None:
        self.reshape, self.names = reshape, names
        self.images, self.eps = 0, 0.0
        self._moments: Moments | None = None

    def add(self, x: Tensor, y: Tensor) -> None:
        """Add a batch, `(m, p)` and `(m, q)` or maps `(m, c, h, w)`."""
        rows = [as_matrix(with_float64(batch), self.reshape) for batch in (x, y)]
        self.columns_x = rows[0].shape[1]
        moments = Moments.of(joint_blocks(*rows))
        self._moments = moments if self._moments is None else self._moments.merged(moments)
        self.images += len(x)
        self.eps = max(self.eps, *(torch.finfo(batch.dtype).eps for batch in (x, y)))

    def pair(self) -> MomentPair:
        """The pair that all batches together make."""
        pair = MomentPair(self._moments, self.columns_x, self.reshape, self.images, self.eps)
        pair.x.name, pair.y.name = self.names
        return pair


def joint_blocks(rows_x: Tensor, rows_y: Tensor) -> Iterator[Tensor]:
    """Rows of x and y side by side, float64, so few at a time that a copy is small."""
    step = rows_of_block(rows_x.shape[1] + rows_y.shape[1], rows_x.device)
    for start in range(0, len(rows_x), step):
        block = [rows[start : start + step].to(torch.float64) for rows in (rows_x, rows_y)]
        yield torch.cat(block, 1)

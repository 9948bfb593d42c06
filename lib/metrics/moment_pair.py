"""Pairs of representations whose data are gone: only their joint second moments are left."""

import torch
from torch import Tensor

from .inputs import as_matrix, with_float64
from .metric import Pair
from .representation import Representation, rows_of_block
from .second_moments import Moments, Scatter


class MomentRepresentation(Representation):
    """A representation of which only the second moments of its rows are left."""

    def __init__(self, name: str, reshape: str, images: int, moments: Moments, eps: float) -> None:
        self.name, self.reshape, self.images, self.eps = name, reshape, images, eps
        self.rows, self.columns = self.shape = moments.count, len(moments.mean)
        self.device = moments.mean.device
        self.cache = {}
        self._moments = moments

    def _cheaper(self) -> Scatter:
        return Scatter(self._moments, self.eps)


class JointMoments:
    """Joint second moments of two representations, which errors call by their names.

    They take 8 (p + q)² bytes, whatever the number of images, and three times as
    much while a batch is added or a metric computed.
    """

    def __init__(self, reshape: str, names: tuple[str, str] = ("x", "y")) -> None:
        self.reshape, self.names = reshape, names
        self.images, self.eps = 0, (0.0, 0.0)
        self._moments: Moments | None = None

    def add(self, x: Tensor, y: Tensor) -> None:
        """Add a batch, `(m, p)` and `(m, q)` or maps `(m, c, h, w)`."""
        rows_x, rows_y = (as_matrix(with_float64(batch), self.reshape) for batch in (x, y))
        self.split = rows_x.shape[1]
        # side by side so few at a time that a copy is small
        step = rows_of_block(self.split + rows_y.shape[1], rows_x.device)
        blocks = zip(rows_x.split(step), rows_y.split(step), strict=True)
        moments = Moments.of(torch.cat([side.double() for side in block], 1) for block in blocks)
        self._moments = moments if self._moments is None else self._moments.merged(moments)
        self.images += len(x)
        roundings = (torch.finfo(batch.dtype).eps for batch in (x, y))
        self.eps = tuple(map(max, self.eps, roundings))

    def pair(self) -> Pair:
        """The pair that all batches together make, for metrics that are declared `by_moments`."""
        of_x, of_y = slice(None, self.split), slice(self.split, None)
        sides = [
            MomentRepresentation(
                name, self.reshape, self.images, self._moments.of_columns(columns), eps
            )
            for name, columns, eps in zip(self.names, (of_x, of_y), self.eps, strict=True)
        ]
        pair = Pair(*sides)
        pair.scatter = self._moments.scatter[of_x, of_y]
        return pair

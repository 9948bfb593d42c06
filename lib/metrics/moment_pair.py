"""Pairs of representations whose data are gone: only their joint second moments are left."""

from functools import cached_property

from torch import Tensor

from .metric import Pair
from .representation import Representation
from .statistics import Moments, Scatter


class MomentRepresentation(Representation):
    """A representation of which only the second moments of its rows are left.

    Args:
        name: what errors call it.
        reshape: that of its data.
        images: number of data points, of which each may have several rows.
        moments: of its rows.
        eps: relative rounding of the data.
    """

    attached = False

    def __init__(self, name: str, reshape: str, images: int, moments: Moments, eps: float) -> None:
        self.name, self.reshape, self.images, self.eps = name, reshape, images, eps
        self.rows, self.columns = self.shape = moments.count, len(moments.mean)
        self.device = moments.mean.device
        self._moments = moments

    def _cheaper(self) -> Scatter:
        return Scatter(self._moments, self.eps)

    @property
    def row_norms(self) -> Tensor:
        """Not to be computed without the data.

        Raises:
            ValueError: always.
        """
        raise ValueError("debiased: got True without the data; want the data, or use MinibatchCKA")


class MomentPair(Pair):
    """A pair of which only joint second moments are left.

    It is enough for metrics that are declared `by_moments`. Data without variance are refused when
    a metric asks for their statistic.

    Args:
        joint: moments of rows of x and y side by side.
        columns_x: how many of the columns, the first ones, belong to x.
        reshape: that of the data.
        images: number of data points, of which each may have several rows.
        eps: relative rounding of the data.
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

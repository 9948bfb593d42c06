"""Pairs of representations whose data are gone: only their joint second moments are left."""

from __future__ import annotations

from functools import cached_property

from torch import Tensor

from .inputs import DegenerateError
from .representation import Representation
from .statistics import Moments, Scatter


class MomentRepresentation:
    """Stands for a `Representation` of which only second moments are left.

    Args:
        name: what errors call it.
        reshape: that of its data.
        images: number of data points, of which each may have several rows.
        moments: of its rows.
        eps: relative rounding of the data.
    """

    def __init__(self, name: str, reshape: str, images: int, moments: Moments, eps: float) -> None:
        self.name, self.reshape, self.images, self.rows = name, reshape, images, moments.count
        self.columns = len(moments.mean)
        self._scatter = Scatter(moments, eps)

    @property
    def statistic(self) -> Scatter:
        if self._scatter.width == 0:
            raise DegenerateError(
                f"{self.name}: got data without variance, want a column that varies"
            )
        return self._scatter

    rank = Representation.rank
    participation_ratio = Representation.participation_ratio

    @property
    def dead(self) -> int:
        """Number of columns without any variance."""
        return self.columns - self._scatter.width

    @property
    def row_norms(self) -> Tensor:
        """Not to be computed without the data.

        Raises:
            ValueError: always.
        """
        raise ValueError("debiased: got True without the data; want the data, or use MinibatchCKA")

    def loadings(self, basis: Tensor) -> Tensor:
        """Inner products `(columns with variance, k)` of the features with a basis."""
        return self.statistic.loadings(basis)


class MomentPair:
    """Stands for a `Pair` of which only joint second moments are left.

    It is enough for metrics that are declared `by_moments`. Data without variance are refused when
    a metric asks for their statistic.

    Args:
        joint: moments of rows of x and y side by side.
        columns_x: how many of the columns, the first ones, belong to x.
        reshape: that of the data.
        images: number of data points, of which each may have several rows.
        eps: relative rounding of the data.
    """

    by_moments = True

    def __init__(
        self, joint: Moments, columns_x: int, reshape: str, images: int, eps: float
    ) -> None:
        of_x, of_y = slice(None, columns_x), slice(columns_x, None)
        self.x = MomentRepresentation("x", reshape, images, joint.of_columns(of_x), eps)
        self.y = MomentRepresentation("y", reshape, images, joint.of_columns(of_y), eps)
        self.eps = eps
        self.memory: dict[str, object] = {}
        self._cross = joint.scatter[of_x, of_y]

    @cached_property
    def cross(self) -> Tensor:
        """Cross-moment `(width of x, width of y)` of the coordinates."""
        return self._cross[self.x.statistic.live][:, self.y.statistic.live]

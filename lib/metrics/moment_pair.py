"""Two sides of a comparison whose data have gone by: only their joint moments are left."""

from __future__ import annotations

from dataclasses import dataclass, field

from torch import Tensor

from .inputs import DegenerateError
from .moments import Moments
from .sides import ScatterSide


@dataclass(frozen=True)
class MomentSide:
    """Stands for a `Representation`."""

    name: str
    reshape: str
    columns: int
    side: ScatterSide

    @property
    def rows(self) -> int:
        return self.side.rows

    @property
    def rank(self) -> int:
        return self.side.rank

    def loadings(self, basis: Tensor) -> Tensor:
        return self.side.loadings(basis)


@dataclass(frozen=True)
class MomentPair:
    """Stands for a `Pair`, for metrics that need second moments only."""

    x: MomentSide
    y: MomentSide
    cross: Tensor
    eps: float
    by_moments: bool = True
    memory: dict[str, object] = field(default_factory=dict)


def pair_of_moments(joint: Moments, split: int, reshape: str, eps: float) -> MomentPair:
    """The pair that joint moments stand for.

    Args:
        joint: moments of rows of x and y side by side.
        split: how many of the columns are those of x.
        reshape: how the rows came about, for the errors.
        eps: relative rounding of the data.

    Raises:
        DegenerateError: a ValueError, if no column of x or none of y has any variance.
    """
    x = _side("x", joint.of_columns(slice(None, split)), reshape, eps)
    y = _side("y", joint.of_columns(slice(split, None)), reshape, eps)
    cross = joint.scatter[:split, split:][x.side.live][:, y.side.live]
    return MomentPair(x, y, cross, eps)


def _side(name: str, moments: Moments, reshape: str, eps: float) -> MomentSide:
    side = ScatterSide(moments, eps)
    if side.width == 0:
        raise DegenerateError(f"{name}: got data without variance, want a column that varies")
    return MomentSide(name, reshape, len(moments.mean), side)

"""What a metric needs to know of one side, from its scatter `(p, p)` or from its Gram `(n, n)`.

Both sides speak the same language. *Coordinates* are a matrix `(n, width)` with the same Gram
matrix as the centred features: the live columns themselves, or the principal coordinates of the
Gram matrix. A *basis* is a matrix that turns coordinates into orthonormal columns.
"""

from __future__ import annotations

from functools import cached_property

import torch
from torch import Tensor

from .moments import Moments
from .values import EPS

SLACK = 1e-12


def noise_floor(norm: float, mean: float, size: int, eps: float) -> float:
    """Eigenvalues of a second-moment matrix up to here are rounding, not signal.

    The matrix and its eigenvalues are rounded in float64. The data were rounded before, by `eps`
    relative; a direction that spreads less than 8 such steps says nothing. Moments are squares,
    hence the square of eps.

    Args:
        norm: Frobenius norm of the matrix, at least its largest eigenvalue.
        mean: mean of its diagonal.
        size: number of its rows.
    """
    return EPS * (64 * norm + 32 * size**0.5 * mean) + (8 * eps) ** 2 * mean


def exceeds(matrix: Tensor, floor: float) -> bool:
    """Whether all eigenvalues exceed the floor, for a thirtieth of the cost of computing them."""
    shifted = matrix.clone()
    shifted.diagonal().sub_(floor)
    return torch.linalg.cholesky_ex(shifted).info.item() == 0


class ScatterSide:
    """One side given by its second moments. Costs p³, whatever n.

    Args:
        moments: of the rows of one side.
        eps: relative rounding of the data the moments come from.
    """

    def __init__(self, moments: Moments, eps: float) -> None:
        self.rows = moments.count
        self.mean = moments.mean
        self.eps = eps
        variance = moments.scatter.diagonal() / moments.count
        # A constant leaves no variance but the rounding of its mean.
        live = variance > (8 * EPS * moments.mean).square()
        self.live = live.nonzero().flatten()
        self.scatter = (
            moments.scatter[self.live][:, self.live]
            if len(self.live) < len(moments.mean)
            else moments.scatter
        )

    @property
    def width(self) -> int:
        return len(self.live)

    @cached_property
    def trace(self) -> float:
        return self.scatter.trace().item()

    @cached_property
    def norm(self) -> float:
        """Frobenius norm of the scatter, which is that of the Gram matrix."""
        return torch.linalg.matrix_norm(self.scatter).item()

    @cached_property
    def rank(self) -> int:
        return self.width if self._full_rank else self.whitening.shape[1]

    @cached_property
    def whitening(self) -> Tensor:
        """A basis `(width, rank)` of everything but rounding noise.

        Columns are scaled to unit variance first: the rank must not depend on their units.
        """
        values, vectors = torch.linalg.eigh(self._correlation)
        keep = values > self._floor
        return self._scale[:, None] * vectors[:, keep] * values[keep].rsqrt()

    def principal(self, threshold: float) -> Tensor:
        """A basis `(width, k)` of the fewest leading principal directions with that share of
        the variance."""
        values, vectors = self._principal
        keep = leading(values, threshold)
        floor = noise_floor(self.norm, self.trace / self.width, self.width, self.eps)
        if values[keep - 1] <= floor:
            return self.whitening
        return vectors[:, :keep] * values[:keep].rsqrt()

    def loadings(self, basis: Tensor) -> Tensor:
        """Inner products `(width, k)` of the live columns with the columns of a basis."""
        return self.scatter @ basis

    @property
    def spread(self) -> Tensor:
        """Norms of the coordinates' columns."""
        return self.scatter.diagonal().sqrt()

    @property
    def _scale(self) -> Tensor:
        return self.spread.reciprocal()

    @property
    def _correlation(self) -> Tensor:
        return self.scatter * self._scale * self._scale[:, None]

    @cached_property
    def _floor(self) -> float:
        norm = torch.linalg.matrix_norm(self._correlation).item()
        return noise_floor(norm, 1.0, self.width, self.eps)

    @cached_property
    def _full_rank(self) -> bool:
        return exceeds(self._correlation, self._floor)

    @cached_property
    def _principal(self) -> tuple[Tensor, Tensor]:
        values, vectors = torch.linalg.eigh(self.scatter)
        return values.flip(0), vectors.flip(1)


class GramSide:
    """One side given by its centred Gram matrix. Costs n³, whatever p.

    Args:
        gram: `(n, n)`, centred, float64.
        eps: relative rounding of the data the Gram matrix comes from.
    """

    def __init__(self, gram: Tensor, eps: float) -> None:
        self.gram = gram
        self.rows = len(gram)
        self.eps = eps

    @property
    def width(self) -> int:
        return self.coordinates.shape[1]

    @cached_property
    def trace(self) -> float:
        return self.gram.trace().item()

    @cached_property
    def norm(self) -> float:
        return torch.linalg.matrix_norm(self.gram).item()

    @cached_property
    def rank(self) -> int:
        return self.rows - 1 if self._full_rank else self.coordinates.shape[1]

    @cached_property
    def coordinates(self) -> Tensor:
        """Principal coordinates `(n, rank)`, the leading ones first."""
        values, vectors = torch.linalg.eigh(self.gram)
        keep = values > self._floor
        return (vectors[:, keep] * values[keep].sqrt()).flip(1)

    @cached_property
    def root(self) -> tuple[Tensor, float]:
        """A factor `A` with `A Aᵀ = gram + c/n·11ᵀ`, and c.

        Centring makes 1 a null vector of any Gram matrix. Lifting it to eigenvalue c allows a
        Cholesky factor, at a thirtieth of the cost of eigenvectors; products with another centred
        Gram matrix don't see the lift.
        """
        if self._full_rank:
            return torch.linalg.cholesky(self._lifted), self.trace / self.rows
        return self.coordinates, 0.0

    @property
    def spread(self) -> Tensor:
        return torch.linalg.vector_norm(self.coordinates, dim=0)

    @property
    def whitening(self) -> Tensor:
        return self.spread.reciprocal().diag()

    def principal(self, threshold: float) -> Tensor:
        keep = leading(self.coordinates.square().sum(0), threshold)
        return self.whitening[:, :keep]

    @property
    def _floor(self) -> float:
        return noise_floor(self.norm, self.trace / self.rows, self.rows, self.eps)

    @property
    def _lifted(self) -> Tensor:
        return self.gram + self.trace / self.rows**2

    @cached_property
    def _full_rank(self) -> bool:
        return exceeds(self._lifted, self._floor)


def leading(values: Tensor, threshold: float) -> int:
    """How many of these descending values carry that share of their sum."""
    shares = values.clamp_min(0).cumsum(0) / values.clamp_min(0).sum()
    return min(int((shares < threshold - SLACK).sum()) + 1, len(values))

"""The two statistics of a representation from which its metrics follow, scatter and Gram matrix.

The scatter `(p, p)` of the columns costs p³ whatever the number of rows, the Gram
matrix `(n, n)` of the rows costs n³ whatever the number of columns. Both have the same
interface. *Coordinates* are a matrix `(n, width)` with the same Gram matrix as the
centred features: the live columns themselves, or the principal coordinates of the Gram
matrix. A *basis* is a matrix that turns coordinates into orthonormal columns.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

import torch
from torch import Tensor

from .linalg import EPS, add_lower, count_above, mirrored, shifted

SLACK = 1e-12


class Scatter:
    """A representation given by the scatter `(p, p)` of its rows, the sum of
    `(row - mean)(row - mean)ᵀ`, float64.

    Columns that do not vary are dropped; `live` has the others. `mean` `(p,)` is that of all
    columns, and `eps` the relative rounding of the data.
    """

    def __init__(self, scatter: Tensor, mean: Tensor, rows: int, eps: float) -> None:
        self.mean, self.eps = mean, eps
        # A constant leaves no variance but the rounding of its mean.
        live = scatter.diagonal() / rows > (8 * EPS * mean).square()
        self.live = live.nonzero().flatten()
        self.scatter = scatter if live.all() else scatter[live][:, live]
        self._offset = rows * mean[live].square()

    @classmethod
    def of(cls, blocks: Iterable[Tensor], eps: float) -> Scatter:
        """The scatter of rows that arrive in blocks `(m, p)` of any float dtype, none of them
        longer than the first."""
        count, shift = 0, None
        for block in blocks:
            if shift is None:
                # Squared as they are, rows with a large offset would lose all digits.
                shift = block.to(torch.float64).mean(0)
                total = torch.zeros_like(shift)
                scatter = shift.new_zeros(len(shift), len(shift))
                # Fresh memory for each block would cost more than the arithmetic on it.
                buffer = torch.empty_like(block, dtype=torch.float64)
            rows = shifted(block, shift, buffer)
            count += len(block)
            total += rows.sum(0)
            add_lower(scatter, rows.T)
        mirrored(scatter).sub_(torch.outer(total, total / count))
        return cls(scatter, shift + total / count, count, eps)

    @property
    def width(self) -> int:
        """Number of columns of the coordinates, here of the live columns."""
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
        """Number of directions above rounding noise."""
        return count_above(self._floor, self._correlation)

    @cached_property
    def whitening(self) -> Tensor:
        """A basis `(width, rank)` of everything but rounding noise.

        Columns are scaled to unit variance first: the rank must not depend on their units.
        """
        values, vectors = torch.linalg.eigh(self._correlation)
        keep = values > self._floor
        return self._scale[:, None] * vectors[:, keep] * values[keep].rsqrt()

    def principal(self, threshold: float) -> Tensor:
        """A basis `(width, k)` of the fewest leading principal directions that have
        this share of the variance."""
        values, vectors = self._principal
        keep = _count_of_share(values, threshold)
        means = self.trace / self.width, self._offset.mean().item()
        floor = noise_floor(self.norm, *means, self.width, self.eps)
        if values[keep - 1] <= floor:
            return self.whitening
        return vectors[:, :keep] * values[:keep].rsqrt()

    @property
    def column_norms(self) -> Tensor:
        """Norms of the coordinates' columns."""
        return self.scatter.diagonal().sqrt()

    @property
    def _scale(self) -> Tensor:
        return self.column_norms.reciprocal()

    @property
    def _correlation(self) -> Tensor:
        return self.scatter * self._scale * self._scale[:, None]

    @cached_property
    def _floor(self) -> float:
        norm = torch.linalg.matrix_norm(self._correlation).item()
        offset = (self._offset * self._scale.square()).mean().item()
        return noise_floor(norm, 1.0, offset, self.width, self.eps)

    @cached_property
    def _principal(self) -> tuple[Tensor, Tensor]:
        values, vectors = torch.linalg.eigh(self.scatter)
        return values.flip(0), vectors.flip(1)


class Gram:
    """A representation given by the centred Gram matrix `(n, n)` of its rows, float64; the
    interface of `Scatter`. `offset` is the squared norm of the mean row."""

    def __init__(self, gram: Tensor, offset: float, eps: float) -> None:
        self.gram, self.offset, self.eps, self.rows = gram, offset, eps, len(gram)

    @classmethod
    def of(cls, blocks: Iterable[Tensor], eps: float) -> Gram:
        """The Gram matrix of the centred features, which arrive in blocks of columns `(n, b)`."""
        gram, offset = None, 0.0
        for block in blocks:
            if gram is None:
                gram = block.new_zeros(len(block), len(block), dtype=torch.float64)
            # Without the first row, so that the mean is of numbers without a large offset.
            centred = block.to(torch.float64, copy=True)
            first = centred[0].clone()
            centred -= first
            mean = centred.mean(0)
            centred -= mean
            add_lower(gram, centred)
            offset += (first + mean).square().sum().item()
        return cls(mirrored(gram), offset, eps)

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
        return count_above(self._floor, self._lifted) - 1

    @cached_property
    def coordinates(self) -> Tensor:
        """Principal coordinates `(n, rank)`, the leading ones first."""
        values, vectors = torch.linalg.eigh(self.gram)
        keep = values > self._floor
        return (vectors[:, keep] * values[keep].sqrt()).flip(1)

    @cached_property
    def root(self) -> tuple[Tensor, float]:
        """A factor `A` with `A Aᵀ = gram + c/n·11ᵀ`, and c.

        Centring makes 1 a null vector of any Gram matrix. Lifting it to eigenvalue c
        allows a Cholesky factor, at a thirtieth of the cost of eigenvectors; products
        with another centred Gram matrix don't see the lift.
        """
        if self.rank == self.rows - 1:
            return torch.linalg.cholesky(self._lifted), self.trace / self.rows
        return self.coordinates, 0.0

    @property
    def column_norms(self) -> Tensor:
        return torch.linalg.vector_norm(self.coordinates, dim=0)

    @property
    def whitening(self) -> Tensor:
        return self.column_norms.reciprocal().diag()

    def principal(self, threshold: float) -> Tensor:
        keep = _count_of_share(self.coordinates.square().sum(0), threshold)
        return self.whitening[:, :keep]

    @property
    def _floor(self) -> float:
        mean = self.trace / self.rows
        return noise_floor(self.norm, mean, self.offset, self.rows, self.eps)

    @property
    def _lifted(self) -> Tensor:
        return self.gram + self.trace / self.rows**2


def noise_floor(norm: float, mean: float, offset: float, size: int, eps: float) -> float:
    """The bound up to which eigenvalues of a second-moment matrix are rounding, not signal.

    Float64 rounds the matrix and its eigenvalues, relative to the Frobenius norm, which bounds the
    largest, and to `mean`, the mean of the diagonal. The data are rounded, too, by `eps` relative
    to their size. The network that computed them enlarged this error: a direction with a spread
    below 8 times `eps` is noise. Centring has subtracted `offset` from `mean`; the data were
    rounded at least once next to it.
    """
    of_float64 = EPS * (64 * norm + 32 * size**0.5 * mean)
    return of_float64 + (8 * eps) ** 2 * mean + eps**2 * offset


def _count_of_share(values: Tensor, threshold: float) -> int:
    """Number of leading values, in descending order, that carry this share of their sum."""
    shares = values.clamp_min(0).cumsum(0) / values.clamp_min(0).sum()
    return min(int((shares < threshold - SLACK).sum()) + 1, len(values))

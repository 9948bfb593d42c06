"""Orthonormal bases of two sides, and the cosines of the angles between them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

from .inputs import DegenerateError
from .moment_pair import MomentPair
from .pair import Pair, once
from .representation import Representation
from .sides import GramSide, ScatterSide
from .singular import singular_values
from .values import EPS, ROUNDING, similarity

FINEST = 1e-12


@dataclass(frozen=True)
class Bases:
    """Matrices that turn the coordinates of each side into orthonormal columns.

    Attributes:
        of_x: `(width of x, k)`; so is `of_y`, `(width of y, l)`.
        inner: inner products of the orthonormal columns, `(k, l)`.
        loss: bound on their rounding.
    """

    of_x: Tensor
    of_y: Tensor
    inner: Tensor
    loss: float

    @cached_property
    def correlations(self) -> Tensor:
        """Canonical correlations, descending."""
        values = singular_values(self.inner)
        similarity("canonical correlation", values.max().item(), max(self.loss, ROUNDING))
        return values.clamp(0, 1)


@once
def whitened(pair: Pair | MomentPair) -> Bases:
    """Bases of everything but rounding noise. Raises as `aligned`."""
    return aligned(pair, pair.x.side.whitening, pair.y.side.whitening)


def aligned(pair: Pair | MomentPair, basis_x: Tensor, basis_y: Tensor) -> Bases:
    """Two bases made orthonormal as well as possible, and their inner products.

    Bases that come from second moments are orthonormal up to rounding times the square of the
    condition number. Where that is too much, a second pass over the data makes it rounding times
    the number itself (CholeskyQR2, Yamamoto et al. 2015).

    Raises:
        DegenerateError: a ValueError, for n - 1 directions or more on one side.
    """
    check_freedom(pair.x, basis_x.shape[1])
    check_freedom(pair.y, basis_y.shape[1])
    loss = max(_loss(pair.x.side, basis_x), _loss(pair.y.side, basis_y))
    if not _spoiled(pair, loss):
        return Bases(basis_x, basis_y, basis_x.T @ pair.cross @ basis_y, loss)
    of_x, inner, of_y = _second_pass(pair, basis_x, basis_y)
    root_x, root_y = torch.linalg.cholesky(of_x), torch.linalg.cholesky(of_y)
    return Bases(
        _divided(basis_x, root_x),
        _divided(basis_y, root_y),
        _divided(torch.linalg.solve_triangular(root_x, inner, upper=False), root_y),
        math.sqrt(EPS * loss),
    )


def projected(pair: Pair | MomentPair) -> Tensor:
    """Inner products `(k, width of y)` of an orthonormal basis of x with the coordinates of y.

    Raises:
        DegenerateError: a ValueError, for n - 1 directions or more of x.
    """
    basis = pair.x.side.whitening
    check_freedom(pair.x, basis.shape[1])
    if not _spoiled(pair, _loss(pair.x.side, basis)):
        return basis.T @ pair.cross
    of_x, inner, _ = _second_pass(pair, basis, None)
    return torch.linalg.solve_triangular(torch.linalg.cholesky(of_x), inner, upper=False)


def check_freedom(side: Representation, directions: int) -> None:
    """Refuse so many directions that they span any data.

    Raises:
        DegenerateError: a ValueError; the message has the numbers.
    """
    if directions >= side.rows - 1:
        raise DegenerateError(
            f"{side.name}: {directions} directions of {side.rows} rows (reshape={side.reshape!r}); "
            f"from {side.rows - 1} on they span any data, and every correlation is 1; use more "
            "data points or a reshape with more rows or fewer columns"
        )


def _loss(side: ScatterSide | GramSide, basis: Tensor) -> float:
    """Bound on the rounding of inner products of the columns that this basis makes."""
    stretch = (side.spread @ basis.abs()).max().item()
    return EPS * stretch**2


def _spoiled(pair: Pair | MomentPair, loss: float) -> bool:
    """Whether rounding is too much, and the data are there to do better."""
    return loss > max(FINEST, pair.eps) and isinstance(pair, Pair)


def _second_pass(pair: Pair, basis_x: Tensor, basis_y: Tensor | None) -> tuple[Tensor, ...]:
    """Moments of the columns that the bases make: of x, of x and y, of y."""
    of_x, of_y = zip(*pair.image_blocks(), strict=True)
    split, joint, total = basis_x.shape[1], None, None
    for left, right in zip(pair.x.coordinates(of_x), pair.y.coordinates(of_y), strict=True):
        columns = torch.cat([left @ basis_x, right if basis_y is None else right @ basis_y], 1)
        if joint is None:
            total = columns.new_zeros(columns.shape[1])
            joint = columns.new_zeros(len(total), len(total))
        total += columns.sum(0)
        joint.addmm_(columns.T, columns)
    joint -= torch.outer(total, total / pair.x.rows)
    return joint[:split, :split], joint[:split, split:], joint[split:, split:]


def _divided(matrix: Tensor, root: Tensor) -> Tensor:
    """`matrix @ inverse(root).T` for a lower triangle."""
    return torch.linalg.solve_triangular(root.T, matrix, upper=True, left=False)

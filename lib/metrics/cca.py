"""Canonical correlations of two representations, and the three ways to average them."""

import math
from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

from ..did_you_mean import check
from .inputs import DegenerateError
from .linalg import EPS, singular_values, singular_vectors
from .metric import RELATIVE_ROUNDING, Invariances, Pair, cached_on_argument, metric, within_range
from .representation import Representation
from .second_moments import Gram, Scatter

CORRELATION_MEANS = ("plain", "sum98")

NEGLIGIBLE = 1e-12
"""Rounding up to this is not worth a second pass over the data."""


@metric(
    "mean CCA",
    reshape="channels",
    invariances=Invariances(invertible=True),
    all_directions=True,
)
def mean_cca(pair: Pair, mean: str = "plain") -> float:
    """Mean canonical correlation, equation 3 of the paper.

    Directions without variance (dead channels, copies of other columns) are dropped, and so are
    directions too faint to distinguish from rounding: after the columns are scaled to equal
    variance, the standard deviation of a direction must reach about 1e-7 of the largest, or 8 times
    the precision of the data (1e-6 in single, 8e-3 and 6e-2 in the two half precisions). A single
    outlying row can make all other directions faint. `compare` notes dropped directions. The mean
    is over the smaller of the two numerical ranks.

    Args:
        mean: `"plain"`, or `"sum98"`: of the fewest leading correlations that carry 98 % of their
            sum, as the google/svcca library does.

    Raises:
        ValueError: x or y has n - 1 directions or more, so that every correlation is 1 for any
            data; or it has more columns than rows, in units so different that some directions are
            lost.
    """
    check("mean", mean, CORRELATION_MEANS)
    return _average(whitened(pair).correlations, mean)


@metric("SVCCA", reshape="channels")
def svcca(pair: Pair, threshold: float = 0.99, mean: str = "plain") -> float:
    """Mean canonical correlation of the leading principal directions of x and of y.

    Raghu et al. (2017). Each side keeps the fewest leading directions whose share of the variance
    reaches the threshold.

    Args:
        threshold: share of the variance, in (0, 1].
        mean: `"plain"` or `"sum98"`, see `mean_cca`.

    Raises:
        ValueError: x or y keeps n - 1 directions or more.
    """
    if not 0 < threshold <= 1:
        raise ValueError(f"threshold: got {threshold!r}, want a share in (0, 1]")
    check("mean", mean, CORRELATION_MEANS)
    kept = (side.statistic.principal(threshold) for side in (pair.x, pair.y))
    return _average(orthonormal(pair, *kept).correlations, mean)


@metric(
    "PWCCA",
    reshape="channels",
    invariances=Invariances(symmetric=False, orthogonal=False),
    all_directions=True,
)
def pwcca(pair: Pair) -> float:
    """Canonical correlations weighted by projection, equations 4 and 5 of the paper.

    Morcos et al. (2018). The weight of a correlation is the sum of absolute inner products of its
    canonical vector with all columns of x or y, whichever has fewer (x if equal; dead columns
    count). So the value changes when the arguments are swapped or when that array is rotated.

    Raises:
        ValueError: x or y has n - 1 directions or more.
    """
    bases = whitened(pair)
    left, right = singular_vectors(bases.inner)
    if pair.x.columns <= pair.y.columns:
        loadings = pair.x.loadings(bases.of_x @ left)
    else:
        loadings = pair.y.loadings(bases.of_y @ right.T)
    weights = loadings.abs().sum(0)
    return (torch.dot(weights, bases.correlations) / weights.sum()).item()


def _average(correlations: Tensor, mean: str) -> float:
    if mean == "sum98":
        shares = correlations.cumsum(0) / correlations.sum()
        correlations = correlations[: int((shares < 0.98).sum()) + 1]
    return correlations.mean().item()


@dataclass(frozen=True)
class OrthonormalBases:
    """Matrices that turn the coordinates of x and of y into orthonormal columns."""

    of_x: Tensor  # (width of x, k)
    of_y: Tensor  # (width of y, l)
    inner: Tensor  # inner products of the orthonormal columns, (k, l)
    loss: float  # bound on the rounding of these

    @cached_property
    def correlations(self) -> Tensor:
        """Canonical correlations, descending."""
        rounding = max(8 * self.loss, RELATIVE_ROUNDING)
        within_range("canonical correlation", self.unbounded[0].item(), rounding=rounding)
        return self.unbounded.clamp(0, 1)

    @cached_property
    def unbounded(self) -> Tensor:
        """The same before clipping; rounding may exceed 1."""
        return singular_values(self.inner)


@cached_on_argument
def whitened(pair: Pair) -> OrthonormalBases:
    """Bases of everything but rounding noise."""
    for side in (pair.x, pair.y):
        _check_units(side)
    return orthonormal(pair, pair.x.statistic.whitening, pair.y.statistic.whitening)


def orthonormal(pair: Pair, basis_x: Tensor, basis_y: Tensor) -> OrthonormalBases:
    """Orthonormalise two bases to rounding, and compute their inner products.

    Bases that come from second moments are orthonormal up to rounding times the square of the
    condition number. Where that is too much, a second pass over the data reduces it to rounding
    times the condition number itself (CholeskyQR2, Yamamoto et al. 2015).
    """
    _check_freedom(pair.x, basis_x.shape[1])
    _check_freedom(pair.y, basis_y.shape[1])
    loss = max(_loss(pair.x.statistic, basis_x), _loss(pair.y.statistic, basis_y))
    if not _needs_second_pass(pair, loss):
        inner = basis_x.T @ pair.cross @ basis_y
        # Sums over very many rows round more; a correlation above 1 shows by how much.
        bases = OrthonormalBases(basis_x, basis_y, inner, max(loss, pair.eps))
        if not _needs_second_pass(pair, bases.unbounded[0].item() - 1):
            return bases
    of_x, inner, of_y = _second_pass(pair, basis_x, basis_y)
    root_x, root_y = torch.linalg.cholesky(of_x), torch.linalg.cholesky(of_y)
    return OrthonormalBases(
        _divided(basis_x, root_x),
        _divided(basis_y, root_y),
        _divided(torch.linalg.solve_triangular(root_x, inner, upper=False), root_y),
        math.sqrt(EPS * loss),
    )


def projected(pair: Pair) -> Tensor:
    """Inner products `(k, width of y)` of an orthonormal basis of x and the coordinates of y."""
    _check_units(pair.x)
    basis = pair.x.statistic.whitening
    _check_freedom(pair.x, basis.shape[1])
    if not _needs_second_pass(pair, _loss(pair.x.statistic, basis)):
        return basis.T @ pair.cross
    of_x, inner, _ = _second_pass(pair, basis, None)
    return torch.linalg.solve_triangular(torch.linalg.cholesky(of_x), inner, upper=False)


def _check_units(side: Representation) -> None:
    """Refuse columns in units so different that directions of the small ones would be lost."""
    if side.rank < side.rows - 1 and side.rank < side.rank_of_scaled:
        raise DegenerateError(
            f"{side.name}: {side.rank} of {side.rank_of_scaled} directions count; the others are "
            "rounding beside columns of much larger numbers; scale the columns to unit variance, "
            "or use more data points than columns"
        )


def _check_freedom(side: Representation, directions: int) -> None:
    """Refuse n - 1 directions or more, which span any data."""
    if directions >= side.rows - 1:
        # then even as many directions as columns that vary leave one free
        enough = -(-(side.columns - side.dead + 2) * side.images // side.rows)
        raise DegenerateError(
            f"{side.name}: {directions} directions of {side.rows} rows (reshape={side.reshape!r}); "
            f"from {side.rows - 1} on they span any data, and every correlation is 1; use "
            f"{enough:,} images or more, or a reshape with more rows or fewer columns"
        )


def _loss(statistic: Scatter | Gram, basis: Tensor) -> float:
    """Bound on the rounding of inner products of the columns in this basis."""
    stretch = (statistic.column_norms @ basis.abs()).max().item()
    return EPS * stretch**2


def _needs_second_pass(pair: Pair, loss: float) -> bool:
    """Whether this loss by rounding exceeds that of the data."""
    return loss > max(NEGLIGIBLE, pair.eps)


def _second_pass(pair: Pair, basis_x: Tensor, basis_y: Tensor | None) -> tuple[Tensor, ...]:
    """Second moments of the columns in these bases: x with x, x with y, y with y."""
    split = basis_x.shape[1]
    size = split + (pair.y.statistic.width if basis_y is None else basis_y.shape[1])
    total, joint = basis_x.new_zeros(size), basis_x.new_zeros(size, size)
    for left, right in pair.coordinates():
        columns = torch.cat([left @ basis_x, right if basis_y is None else right @ basis_y], 1)
        total += columns.sum(0)
        joint.addmm_(columns.T, columns)
    joint -= torch.outer(total, total / pair.x.rows)
    return joint[:split, :split], joint[:split, split:], joint[split:, split:]


def _divided(matrix: Tensor, root: Tensor) -> Tensor:
    """`matrix @ inverse(root).T` for a lower triangular `root`."""
    return torch.linalg.solve_triangular(root.T, matrix, upper=True, left=False)

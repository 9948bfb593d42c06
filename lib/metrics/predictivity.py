"""How well one representation predicts another on images that the fit has not seen."""

import math
from collections.abc import Callable, Iterator, Sequence
from functools import partial

import numpy as np
import torch
from torch import Tensor

from .geometry import IMAGE_ROWS
from .inputs import DegenerateError
from .linalg import EPS
from .metric import Invariances, Pair, metric
from .representation import Representation
from .second_moments import Scatter

FOLDS = 5
PENALTIES = tuple(10.0**power for power in range(-4, 3))
"""Of which ridge regression takes the best, in units of the mean eigenvalue of a Gram matrix."""

COMPONENTS = 25
"""Of partial least squares, as is usual where networks predict neurons."""

EXHAUSTED = 1e-13
"""A covariance of x with y below this share of the norms of both is rounding."""

DENSE = 64
"""Up to this many singular values it is quicker to compute all of them than the largest alone."""


Factors = tuple[Tensor, Tensor]
"""`(width of x, k)` and `(k, width of y)`: rows of x times both predict those of y."""


@metric(
    "ridge",
    reshapes=IMAGE_ROWS,
    lowest=-math.inf,
    invariances=Invariances(symmetric=False),
    no_interval="images that are left out change which ones the fit has seen",
    about="The share of the variance of y that a ridge regression on x predicts, on images that it "
    "was not fitted to.",
    source="Hoerl and Kennard 1970",
)
def ridge(pair: Pair, folds: int = FOLDS) -> float:
    """Cross-validated R² of a ridge regression of y on x.

    Image i belongs to fold i mod `folds`. Each fold is predicted by the regression on
    all others, with an intercept and one penalty for all columns of y, which
    leave-one-out errors on these others choose among `PENALTIES` times the mean
    eigenvalue of their Gram matrix. The value is 1 minus the squared errors on all
    folds over those of predicting the mean of the others. Unlike R² of a plain
    regression it does not rise with the number of columns, and it is defined where
    there are more of them than images. Below 0 it predicts worse than the mean does.
    Needs memory for a second copy of both sides, or for all pairs of rows where that is
    less.

    Args:
        folds: how many.

    Returns:
        in (-inf, 1], not symmetric.

    Raises:
        ValueError: fewer than 2 folds, or more than half as many as rows; a fold
            without which x has no variance.
    """
    return _explained(pair, folds, _ridge_regression)


@metric(
    "PLS",
    reshapes=IMAGE_ROWS,
    lowest=-math.inf,
    invariances=Invariances(symmetric=False),
    no_interval="images that are left out change which ones the fit has seen",
    about="The share of the variance of y that partial least squares predict in the same way, from "
    "the directions of x that vary most with y.",
    source="Wold et al. 1983; Yamins et al. 2014",
)
def pls(pair: Pair, components: int = COMPONENTS, folds: int = FOLDS) -> float:
    """Cross-validated R² of a partial least squares regression of y on x.

    Wold et al. (1983), with all columns of y at once (PLS2) and no column scaled;
    Yamins et al. (2014) predict neurons by it. The first component is the direction of
    x whose covariances with the columns of y have the largest sum of squares. Each
    further one is found in the same way in what its predecessors leave of x and y;
    SIMPLS (de Jong 1993) constrains it in another way, and agrees for a single column
    of y. The folds, and what the errors are compared with, are those of `ridge`. For
    independent data it is below 0, the lower the more components there are for the
    images; `permutation_null` samples how far. Needs memory for a second copy of both
    sides, or for all pairs of rows where that is less.

    Args:
        components: how many; where x has fewer directions that vary with y, all of these.
        folds: how many; image i belongs to fold i mod `folds`.

    Returns:
        in (-inf, 1], not symmetric.

    Raises:
        ValueError: no component; fewer than 2 folds, or more than half as many as rows;
            a fold without which x has no variance.
    """
    if components < 1:
        raise DegenerateError(f"components: got {components}, want at least 1")
    fit = partial(_partial_least_squares, count=components, rounding=_rounding(pair.x))
    return _explained(pair, folds, fit)


def _explained(pair: Pair, folds: int, fit: Callable[[Tensor, Tensor], Factors]) -> float:
    """1 minus the squared errors on all folds over those of predicting the mean.

    Args:
        fit: gives for centred rows of x and y the factors of a matrix that predicts the
            second from the first.
    """
    of_x, of_y = _coordinates(pair.x), pair.reordered(_coordinates(pair.y))
    least = EPS * of_x.square().sum() / len(of_x)  # what is below is rounding
    errors = totals = 0.0
    for fitted, held_out in _folds(pair.x, folds):
        mean_x, mean_y = of_x[fitted].mean(0), of_y[fitted].mean(0)
        known_x, known_y = of_x[fitted] - mean_x, of_y[fitted] - mean_y
        if known_x.square().sum() / len(fitted) <= least:
            raise DegenerateError(f"{pair.x.name}: without one of the folds it has no variance")
        left, right = fit(known_x, known_y)
        actual = of_y[held_out] - mean_y
        errors += (actual - (of_x[held_out] - mean_x) @ left @ right).square().sum().item()
        totals += actual.square().sum().item()
    return 1 - errors / totals


def _folds(x: Representation, folds: int) -> Iterator[tuple[Tensor, Tensor]]:
    """For each fold the rows that are fitted, and those held out."""
    rows = x.rows
    if not 2 <= folds <= rows // 2:
        raise DegenerateError(f"folds: got {folds} for {rows} rows, want 2 to {rows // 2}")
    member = torch.arange(rows, device=x.device) % folds
    for fold in range(folds):
        yield (member != fold).nonzero()[:, 0], (member == fold).nonzero()[:, 0]


def _coordinates(side: Representation) -> Tensor:
    """`(rows, width)`, whose Gram matrix is that of the side; width is at most the rows."""
    return next(side.coordinates([slice(None)]))


def _rounding(side: Representation) -> float:
    """How far the rows of a side may spread along a direction for no reason but their rounding."""
    statistic = side.statistic
    square = statistic.trace
    if isinstance(statistic, Scatter):
        square += side.rows * statistic.mean[statistic.live].square().sum().item()
    return 8 * side.eps * math.sqrt(square / statistic.width)


def _partial_least_squares(x: Tensor, y: Tensor, count: int, rounding: float) -> Factors:
    """Weights `(width of x, k)`, and the transposed loadings `(k, width of y)`.

    Only the covariance is deflated (Dayal and MacGregor 1997). The scores x W are
    orthonormal; that they are made so twice, as in Gram-Schmidt, keeps them so where x
    is ill-conditioned. Components that there are not remain 0.
    """
    count = min(count, x.shape[1], len(x) - 1)
    covariance = x.T @ y
    explained = EXHAUSTED * x.norm() * y.norm()
    weights, scores, loadings = (x.new_zeros(n, count) for n in (x.shape[1], *y.shape))
    for component in range(count):
        if covariance.norm() <= explained:
            break
        weight = _leading(covariance)
        for _ in range(2):
            weight = weight - weights @ (scores.T @ (x @ weight))
        score = x @ weight
        size = score.norm()
        if size <= rounding * weight.norm():
            break
        weights[:, component] = weight / size
        scores[:, component] = score / size
        loadings[:, component] = y.T @ scores[:, component]
        covariance.addr_(x.T @ scores[:, component], loadings[:, component], alpha=-1)
    return weights, loadings.T


def _leading(matrix: Tensor) -> Tensor:
    """The left singular vector `(p,)` of the largest singular value of `(p, q)`."""
    if min(matrix.shape) <= DENSE:
        return torch.linalg.svd(matrix, full_matrices=False).U[:, 0]
    from scipy.sparse.linalg import svds  # takes a while

    start = np.random.default_rng(0).standard_normal(min(matrix.shape))
    left, _, _ = svds(matrix.cpu().numpy(), k=1, v0=start, return_singular_vectors="u")
    return torch.from_numpy(left[:, 0].copy()).to(matrix)


def _ridge_regression(x: Tensor, y: Tensor) -> Factors:
    """With the penalty that leave-one-out errors choose, by the smaller of two eigenproblems."""
    penalties = [multiple * (x.square().sum() / len(x)).item() for multiple in PENALTIES]
    return _primal(x, y, penalties) if x.shape[1] < len(x) else _dual(x, y, penalties)


def _primal(x: Tensor, y: Tensor, penalties: Sequence[float]) -> Factors:
    """Ridge regression by the scatter of x, V diag(s) Vᵀ.

    With the scores X V and leverages h, the leave-one-out error of row i is its
    residual over 1 - h_i.
    """
    eigenvalues, vectors = torch.linalg.eigh(x.T @ x)
    eigenvalues.clamp_(min=0)
    scores = x @ vectors
    covariance = scores.T @ y
    squares, intercept = scores.square(), 1 / len(x)

    def errors(shrinkage: Tensor) -> Tensor:
        residuals = y - (scores * shrinkage) @ covariance
        return residuals / (1 - intercept - squares @ shrinkage)[:, None]

    inverses = [1 / (eigenvalues + penalty) for penalty in penalties]
    best = min(inverses, key=lambda inverse: errors(inverse).square().sum().item())
    return vectors * best, covariance


def _dual(x: Tensor, y: Tensor, penalties: Sequence[float]) -> Factors:
    """Ridge regression by the Gram matrix of x, K = U diag(s) Uᵀ.

    With C = (K + αI)⁻¹, less the direction of the intercept, the leave-one-out error of
    row i is (C y)_i / C_ii.
    """
    eigenvalues, vectors = torch.linalg.eigh(x @ x.T)
    eigenvalues.clamp_(min=0)
    rotated = vectors.T @ y
    squares, intercept = vectors.square(), 1 / len(x)

    def errors(penalty: float) -> Tensor:
        inverse = 1 / (eigenvalues + penalty)
        diagonal = squares @ inverse - intercept / penalty
        return (vectors * inverse) @ rotated / diagonal[:, None]

    best = min(penalties, key=lambda penalty: errors(penalty).square().sum().item())
    return x.T @ (vectors / (eigenvalues + best)), rotated

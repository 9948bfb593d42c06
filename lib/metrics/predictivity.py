"""How well one representation predicts another on images that the fit has not seen."""

import math
from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor

from .geometry import IMAGE_ROWS
from .inputs import DegenerateError
from .linalg import EPS, centred
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
    Needs memory for all pairs of rows.

    Args:
        folds: how many.

    Returns:
        in (-inf, 1], not symmetric.

    Raises:
        ValueError: fewer than 2 folds, or more than half as many as rows; a fold
            without which x has no variance.
    """
    of_x, of_y = pair.x.gram, pair.gram_y
    errors = totals = 0.0
    for fitted, held_out in _folds(pair.x, folds):
        weights = _predicting(of_x, of_y, fitted, held_out, pair.x.name)
        baseline = torch.full_like(weights, 1 / len(fitted))
        errors += _squared_error(of_y, fitted, held_out, weights)
        totals += _squared_error(of_y, fitted, held_out, baseline)
    return 1 - errors / totals


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
    of_x, of_y = _coordinates(pair.x), pair.reordered(_coordinates(pair.y))
    rounding = _rounding(pair.x)
    least = EPS * of_x.square().sum() / len(of_x)
    errors = totals = 0.0
    for fitted, held_out in _folds(pair.x, folds):
        mean_x, mean_y = of_x[fitted].mean(0), of_y[fitted].mean(0)
        known_x, known_y = of_x[fitted] - mean_x, of_y[fitted] - mean_y
        if known_x.square().sum() / len(fitted) <= least:
            raise DegenerateError(f"{pair.x.name}: without one of the folds it has no variance")
        weights, loadings = _components(known_x, known_y, components, rounding)
        expected = (of_x[held_out] - mean_x) @ weights @ loadings.T
        actual = of_y[held_out] - mean_y
        errors += (actual - expected).square().sum().item()
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


def _components(x: Tensor, y: Tensor, count: int, rounding: float) -> tuple[Tensor, Tensor]:
    """Weights `(width of x, k)` and loadings `(width of y, k)`: y is predicted by x W Lᵀ.

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
    return weights, loadings


def _leading(matrix: Tensor) -> Tensor:
    """The left singular vector `(p,)` of the largest singular value of `(p, q)`."""
    if min(matrix.shape) <= DENSE:
        return torch.linalg.svd(matrix, full_matrices=False).U[:, 0]
    from scipy.sparse.linalg import svds  # takes a while

    start = np.random.default_rng(0).standard_normal(min(matrix.shape))
    left, _, _ = svds(matrix.cpu().numpy(), k=1, v0=start, return_singular_vectors="u")
    return torch.from_numpy(left[:, 0].copy()).to(matrix)


def _predicting(of_x: Tensor, of_y: Tensor, fitted: Tensor, held_out: Tensor, name: str) -> Tensor:
    """`(held out, fitted)`: predictions are these times the rows of y that were fitted.

    With K = U diag(s) Uᵀ the centred Gram matrix of the rows fitted and C = (K + αI)⁻¹,
    less the direction of the intercept, the leave-one-out error of row i is (C y)_i /
    C_ii.
    """
    kernel = of_x[fitted][:, fitted]
    across = of_x[held_out][:, fitted] - kernel.mean(0)
    across -= across.mean(1, keepdim=True)  # both sides without the mean of the rows fitted
    count = len(fitted)
    eigenvalues, vectors = torch.linalg.eigh(centred(kernel))
    eigenvalues.clamp_(min=0)
    mean = eigenvalues.mean()
    if mean <= EPS * of_x.diagonal().mean():  # nothing but rounding
        raise DegenerateError(f"{name}: without one of the folds it has no variance")
    inner = vectors.T @ centred(of_y[fitted][:, fitted]) @ vectors
    intercept = 1 / count
    best, least = None, math.inf
    for multiple in PENALTIES:
        penalty = mean * multiple
        inverse = 1 / (eigenvalues + penalty)
        diagonal = vectors.square() @ inverse - intercept / penalty
        scaled = vectors * inverse
        squared = ((scaled @ inner) * scaled).sum(1)
        error = (squared / diagonal.square()).sum().item()
        if error < least:
            best, least = inverse, error
    return across @ ((vectors * best) @ vectors.T) + intercept


def _squared_error(of_y: Tensor, fitted: Tensor, held_out: Tensor, weights: Tensor) -> float:
    """The sum of squares of y minus its predictions, from inner products of rows of y."""
    norms = of_y.diagonal()[held_out].sum()
    across = (weights * of_y[held_out][:, fitted]).sum()
    predicted = ((weights @ of_y[fitted][:, fitted]) * weights).sum()
    return (norms - 2 * across + predicted).item()

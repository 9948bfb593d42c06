"""How well one representation predicts another on images that the fit has not seen."""

import math

import torch
from torch import Tensor

from .geometry import IMAGE_ROWS
from .inputs import DegenerateError
from .linalg import EPS, centred
from .metric import Invariances, Pair, metric

FOLDS = 5
PENALTIES = tuple(10.0**power for power in range(-4, 3))
"""Of which ridge regression takes the best, in units of the mean eigenvalue of a Gram matrix."""


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

    Image i belongs to fold i mod `folds`. Each fold is predicted by the regression on all others,
    with an intercept and one penalty for all columns of y, which leave-one-out errors on these
    others choose among `PENALTIES` times the mean eigenvalue of their Gram matrix. The value is 1
    minus the squared errors on all folds over those of predicting the mean of the others. Unlike
    R² of a plain regression it does not rise with the number of columns, and it is defined where
    there are more of them than images. Below 0 it predicts worse than the mean does. Needs memory
    for all pairs of rows.

    Args:
        folds: how many.

    Returns:
        in (-inf, 1], not symmetric.

    Raises:
        ValueError: fewer than 2 folds, or more than half as many as rows; a fold without which x
            has no variance.
    """
    rows = pair.x.rows
    if not 2 <= folds <= rows // 2:
        raise DegenerateError(f"folds: got {folds} for {rows} rows, want 2 to {rows // 2}")
    of_x, of_y = pair.x.gram, pair.gram_y
    member = torch.arange(rows, device=of_x.device) % folds
    errors = totals = 0.0
    for fold in range(folds):
        fitted, held_out = (member != fold).nonzero()[:, 0], (member == fold).nonzero()[:, 0]
        weights = _predicting(of_x, of_y, fitted, held_out, pair.x.name)
        baseline = torch.full_like(weights, 1 / len(fitted))
        errors += _squared_error(of_y, fitted, held_out, weights)
        totals += _squared_error(of_y, fitted, held_out, baseline)
    return 1 - errors / totals


def _predicting(of_x: Tensor, of_y: Tensor, fitted: Tensor, held_out: Tensor, name: str) -> Tensor:
    """`(held out, fitted)`: predictions are these times the rows of y that were fitted.

    With K = U diag(s) Uᵀ the centred Gram matrix of the rows fitted and C = (K + αI)⁻¹, less the
    direction of the intercept, the leave-one-out error of row i is (C y)_i / C_ii.
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
    own = of_y.diagonal()[held_out].sum()
    across = (weights * of_y[held_out][:, fitted]).sum()
    predicted = ((weights @ of_y[fitted][:, fitted]) * weights).sum()
    return (own - 2 * across + predicted).item()

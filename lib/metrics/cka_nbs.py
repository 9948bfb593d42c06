"""CKA and NBS with linear kernels, computed from the cheaper matrices, p x p or n x n."""

import math

import torch
from torch import Tensor

from . import linalg
from .inputs import DegenerateError
from .linalg import congruence, nuclear_norm, sum_of_roots
from .metric import RELATIVE_ROUNDING, Pair, cached_on_argument, metric, within_range
from .second_moments import Gram


@metric("CKA", lowest=-1.0, fewest_rows=3)
def cka(pair: Pair, debiased: bool = False) -> float:
    """Centred kernel alignment with linear kernels, ⟨K, L⟩ / (‖K‖ ‖L‖) of centred K and L.

    Kornblith et al. (2019); eq. 6 of the paper. It is in [0, 1].

    Args:
        debiased: whether to take `cka_debiased`.
    """
    if debiased:
        return cka_debiased.of_pair(pair)
    norms = pair.x.statistic.norm * pair.y.statistic.norm
    return within_range("cka", inner_product(pair) / norms)


@metric("CKA debiased", lowest=-1.0, fewest_rows=4)
def cka_debiased(pair: Pair) -> float:
    """The ratio of `cka` of the unbiased HSIC₁ of Song et al. (2012).

    Its mean for independent data is 0, so it can be negative.

    Raises:
        ValueError: equal distances between all rows.
    """
    x, y = pair.x, pair.y
    norms_x, norms_y = x.row_norms, pair.reordered(y.row_norms)
    cross = _hsic(x.rows, inner_product(pair), norms_x, norms_y)
    self_x = _hsic(x.rows, x.statistic.norm**2, norms_x, norms_x)
    self_y = _hsic(x.rows, y.statistic.norm**2, norms_y, norms_y)
    for side, hsic in ((x, self_x), (y, self_y)):
        if hsic <= RELATIVE_ROUNDING * side.statistic.norm**2 / side.rows**2:
            raise DegenerateError(f"{side.name}: all distances between rows are the same")
    return cross / math.sqrt(self_x * self_y)


@metric("NBS", fewest_rows=3)
@cached_on_argument
def nbs(pair: Pair) -> float:
    """Normalised Bures similarity, tr((K^½ L K^½)^½) / √(tr K · tr L) of centred K and L.

    Tang et al. (2020). With linear kernels it is ‖XᵀY‖_* / (‖X‖ ‖Y‖) of centred
    features. Eq. 7 of the paper prints the root outside the trace, which isn't 1 for
    identical input.
    """
    # Rounding of the data limits what is worth computing.
    tolerance = min(max(5e-11, 32 * pair.eps), 4e-6)
    norms = math.sqrt(pair.x.statistic.trace * pair.y.statistic.trace)
    value = _fidelity(pair, tolerance) / norms
    return within_range("nbs", value, rounding=max(tolerance, RELATIVE_ROUNDING))


@cached_on_argument
def inner_product(pair: Pair) -> float:
    """⟨K, L⟩ of the centred Gram matrices."""
    if pair.by_moments:
        return pair.cross.square().sum().item()
    return torch.dot(pair.x.gram.flatten(), pair.gram_y.flatten()).item()


def _hsic(n: int, inner: float, norms_x: Tensor, norms_y: Tensor) -> float:
    """HSIC₁ of centred Gram matrices, from ⟨K, L⟩ and the diagonals (Song et al. 2012, eq. 5)."""
    # Rows of a centred K sum to 0, so those of K without its diagonal sum to minus the diagonal.
    diagonals = torch.dot(norms_x, norms_y).item()
    traces = norms_x.sum().item() * norms_y.sum().item()
    return (inner - diagonals * n / (n - 2) + traces / ((n - 1) * (n - 2))) / (n * (n - 3))


def _fidelity(pair: Pair, tolerance: float) -> float:
    """tr((K^½ L K^½)^½) = ‖FᵀG‖_* for any factors F Fᵀ = K and G Gᵀ = L."""
    rank = min(pair.x.rank, pair.y.rank)
    if pair.by_moments:
        return nuclear_norm(pair.cross, rank, tolerance)
    factor_x, lift_x = pair.x.factor
    if lift_x and isinstance(pair.y.statistic, Gram) and pair.x.rows > linalg.SMALL_NORM:
        scale = pair.x.statistic.norm * pair.y.statistic.norm
        roots = sum_of_roots(congruence(factor_x, pair.gram_y), rank, tolerance, scale)
        if roots is not None:
            return roots
    factor_y, lift_y = pair.y.factor
    factor_y = pair.reordered(factor_y)
    # A lifted factor is a Cholesky factor. If both are lifted, that adds one singular value.
    lift = math.sqrt(lift_x * lift_y)
    return nuclear_norm(factor_x.T @ factor_y, rank + bool(lift), tolerance) - lift

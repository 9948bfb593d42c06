"""CKA without what the inputs of both networks explain of it."""

import torch
from torch import Tensor

from ..did_you_mean import check
from .cka_nbs import inner_product
from .geometry import IMAGE_ROWS
from .inputs import DegenerateError
from .metric import RELATIVE_ROUNDING, Pair, pair_of, within_range
from .representation import as_representation


def deconfounded_cka(x: object, y: object, inputs: object, *, reshape: str | None = None) -> float:
    """CKA of what the similarity of the inputs doesn't explain of the similarity in x and in y.

    Cui et al. (2022). From the centred linear kernel K of x, and from that of y, the
    least-squares fit α K₀ by the centred linear kernel K₀ of the inputs is subtracted;
    an intercept would be 0. The remainder becomes a kernel again by setting its
    negative eigenvalues to 0. Takes eigenvectors of two `(n, n)` matrices.

    Args:
        x, y: as for `cka`.
        inputs: what both networks were given, `(n, p)` or `(n, c, h, w)`, numpy or
            torch, or a `Representation` reshaped as `"flat"`.
        reshape: of x and y, `"flat"` (default) or `"gap"`.

    Returns:
        in [0, 1].

    Raises:
        ValueError: input that no metric accepts; x or y with the same similarities as
            the inputs.
    """
    pair = pair_of(x, y, reshape)
    check("reshape of deconfounded CKA", pair.x.reshape, IMAGE_ROWS)
    confounder = as_representation(inputs, "flat", "inputs")
    of_x, of_y = (_residual(Pair(side, confounder)) for side in (pair.x, pair.y))
    # the inner product of kernels, and their norms, by factors F of F Fᵀ with orthogonal columns
    inner = (of_x.T @ of_y).square().sum()
    norms = [factor.square().sum(0).norm() for factor in (of_x, of_y)]
    return within_range("deconfounded_cka", (inner / (norms[0] * norms[1])).item())


def _residual(pair: Pair) -> Tensor:
    """A factor `(n, k)` of the positive part of the kernel of x without its fit by that of y."""
    share = inner_product(pair) / pair.y.statistic.norm**2
    rest = pair.x.gram - share * pair.y.gram
    if torch.linalg.matrix_norm(rest) <= RELATIVE_ROUNDING * pair.x.statistic.norm:
        raise DegenerateError(f"{pair.x.name}: similarities are those of the inputs")
    values, vectors = torch.linalg.eigh(rest)
    return vectors[:, values > 0] * values[values > 0].sqrt()

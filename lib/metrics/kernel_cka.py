"""CKA with Gaussian kernels, to which only near rows are alike."""

import math

import numpy as np
import torch
from torch import Tensor

from .geometry import IMAGE_ROWS, row_distances
from .inputs import DegenerateError
from .linalg import centred
from .metric import Pair, metric
from .representation import Representation

BANDWIDTH = 0.5


@metric(
    "kernel CKA",
    reshapes=IMAGE_ROWS,
    no_interval="its bias is too large for the blocks to show it",
    about="CKA of Gaussian kernels, for which images further apart than half the usual distance "
    "are hardly alike.",
    source="Kornblith et al. 2019",
)
def kernel_cka(pair: Pair, bandwidth: float = BANDWIDTH) -> float:
    """Centred kernel alignment with Gaussian kernels exp(-d² / 2σ²).

    Kornblith et al. (2019), section 3: σ is a share of the median of all Euclidean
    distances d between different rows, of x and of y each. Memory as for `rsa`.

    Args:
        bandwidth: that share, above 0. The larger, the nearer to `cka`.

    Raises:
        ValueError: `bandwidth` not above 0; more than half of all pairs of rows are
            equal.
    """
    kernel_x, kernel_y = (gaussian(side, bandwidth) for side in (pair.x, pair.y))
    inner = torch.dot(kernel_x.flatten(), pair.reordered_both(kernel_y).flatten()).item()
    return inner / (kernel_x.norm().item() * kernel_y.norm().item())


def gaussian(x: Representation, bandwidth: float = BANDWIDTH) -> Tensor:
    """The centred Gaussian kernel of all rows, `(n, n)`, which is kept.

    Raises:
        DegenerateError: a ValueError, as for `kernel_cka`.
    """
    if not 0 < bandwidth < math.inf:
        raise DegenerateError(f"bandwidth: got {bandwidth}, want a number above 0")
    key = "gaussian", bandwidth
    if key not in x.cache:
        away = row_distances(x)
        rows, columns = torch.tril_indices(*away.shape, offset=-1, device=away.device)
        median = float(np.median(away[rows, columns].cpu()))
        if median == 0:
            raise DegenerateError(f"{x.name}: more than half of all pairs of rows are equal")
        x.cache[key] = centred((away / (bandwidth * median)).square_().mul_(-0.5).exp_())
    return x.cache[key]

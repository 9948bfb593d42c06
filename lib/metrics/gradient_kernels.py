"""Kernels of a representation and of the gradients of the loss."""

import torch
from torch import Tensor

from .inputs import DegenerateError, check_same_points
from .linalg import EPS, add_lower, mirrored
from .representation import Representation, as_representation


def with_gradients(x: object, gradients: object, *, unit: bool = False) -> Tensor:
    """Features whose linear kernel is that of x times that of the gradients, entry by entry.

    After Tang et al. (2020). Their code uses sketches, and gradients of Σ_c q_c log p_c with q
    fixed and proportional to √p, so it needs no labels; here the kernel is exact and the gradients
    are those of the loss. The kernel ⟨x_i, x_j⟩ ⟨g_i, g_j⟩, a product of Gram matrices that are not
    centred, is that of the outer products x_i g_iᵀ, in at most n columns. Every kernel metric takes
    it, and so does its null: `cka(with_gradients(x, gx), with_gradients(y, gy))`.

    The kernel changes only by a factor if the columns of x are rotated, reordered or scaled and the
    next layer undoes this. A vector added to all rows of x changes it.

    Args:
        x: representation, `(n, p)` or `(n, c, h, w)`, numpy or torch, fp16, bf16, fp32
            or fp64; maps are flattened.
        gradients: of each data point's own loss with respect to its row of x, of the
            same shape; `lib.models.record_with_gradients` gives both.
        unit: whether each gradient is scaled to length 1; otherwise short gradients count for
            little.

    Returns:
        `(n, k)`, float64, on the device of x.

    Raises:
        ValueError: input that no metric accepts; other shapes; x or gradients that are all 0.
    """
    layer = as_representation(x, "flat", "x")
    slopes = as_representation(gradients, "flat", "gradients")
    check_same_points(layer.shape, slopes.shape, "flat", ("x", "gradients"))
    if layer.shape != slopes.shape:
        raise ValueError(f"gradients: got shape {slopes.shape}, want {layer.shape} as in x")
    kernel, of_gradients = _uncentred(layer), _uncentred(slopes)
    if unit:
        lengths = of_gradients.diagonal().sqrt()
        lengths = lengths.where(lengths > 0, 1)
        of_gradients = of_gradients / lengths / lengths[:, None]
    kernel.mul_(of_gradients)
    if not kernel.any():
        raise DegenerateError("x or gradients: all are 0, so no two data points can be told apart")
    values, vectors = torch.linalg.eigh(kernel)
    kept = values > len(values) * EPS * values[-1]
    return vectors[:, kept] * values[kept].sqrt()


def _uncentred(x: Representation) -> Tensor:
    """The uncentred Gram matrix of the rows, scaled to a mean square length of 1."""
    gram = torch.zeros(x.rows, x.rows, dtype=torch.float64, device=x.data.device)
    rows = x.data.flatten(1)
    step = max((1 << 22) // x.rows, 1)
    for start in range(0, x.columns, step):
        add_lower(gram, rows[:, start : start + step].to(torch.float64))
    mean_square = gram.diagonal().mean()
    return mirrored(gram) / mean_square.where(mean_square > 0, 1)

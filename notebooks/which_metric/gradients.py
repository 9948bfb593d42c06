"""Kernels of a representation and of the gradients of the loss."""

from collections.abc import Sequence
from contextlib import ExitStack
from functools import partial

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from lib.metrics.inputs import DegenerateError
from lib.metrics.linalg import EPS
from lib.models.module_outputs import evaluating


def with_gradients(x: Tensor, gradients: Tensor, *, unit: bool = False) -> Tensor:
    """Features whose linear kernel is that of x times that of the gradients, entry by entry.

    After Tang et al. (2020). Their code uses sketches, and gradients of Σ_c q_c log p_c with q
    fixed and proportional to √p, so it needs no labels; here the kernel is exact and the gradients
    are those of the loss. The kernel ⟨x_i, x_j⟩ ⟨g_i, g_j⟩, a product of Gram matrices that are not
    centred, is that of the outer products x_i g_iᵀ, in at most n columns.

    The kernel changes only by a factor if the columns of x are rotated, reordered or scaled and the
    next layer undoes this. A vector added to all rows of x changes it.

    Args:
        x: representation, `(n, p)` or `(n, c, h, w)`.
        gradients: of each image's own loss with respect to its row of x, of the same shape.
        unit: whether each gradient is scaled to length 1; otherwise short gradients count for
            little.

    Returns:
        `(n, k)`, float64, on the device of x.

    Raises:
        DegenerateError: x or gradients that are all 0.
    """
    kernel, of_gradients = _uncentred_gram(x), _uncentred_gram(gradients)
    if unit:
        lengths = of_gradients.diagonal().sqrt()
        lengths = lengths.where(lengths > 0, 1)
        of_gradients = of_gradients / lengths / lengths[:, None]
    kernel *= of_gradients
    if not kernel.any():
        raise DegenerateError("x or gradients: all are 0, so no two images can be told apart")
    values, vectors = torch.linalg.eigh(kernel)
    kept = values > len(values) * EPS * values[-1]
    return vectors[:, kept] * values[kept].sqrt()


def _uncentred_gram(x: Tensor) -> Tensor:
    """The Gram matrix of the rows `(n, n)`, float64, scaled to a mean square length of 1."""
    rows = x.flatten(1).to(torch.float64)
    gram = rows @ rows.T
    mean_square = gram.diagonal().mean()
    return gram / mean_square.where(mean_square > 0, 1)


def record_with_gradients(
    model: nn.Module, images: Tensor, labels: Tensor, layers: Sequence[str], batch_size: int = 100
) -> dict[str, tuple[Tensor, Tensor]]:
    """The representations of some layers, and each image's gradient of its loss in each of them.

    The loss of an image is its cross-entropy. In evaluation mode images do not affect each other.
    Modes and buffers are restored; parameters gather no gradient.

    Args:
        model: a classifier that returns logits `(b, classes)`.
        images, labels: `(n, c, h, w)` in the network's input format, and `(n,)`.
        layers: names of modules, each called once in a forward pass.
        batch_size: images in one pass; it changes only memory and rounding.

    Returns:
        {name: (representation, gradient)}, each `(n, c, h, w)` or `(n, p)`.
    """
    outputs: dict[str, Tensor] = {}

    def keep(module: nn.Module, args: tuple, output: Tensor, name: str) -> Tensor:
        outputs[name] = output
        return output.clone()  # which a later module may overwrite

    parts: dict[str, list[tuple[Tensor, Tensor]]] = {name: [] for name in layers}
    with ExitStack() as hooks:
        for name in layers:
            module = model.get_submodule(name)
            hooks.enter_context(module.register_forward_hook(partial(keep, name=name)))
        for batch, targets in zip(images.split(batch_size), labels.split(batch_size), strict=True):
            with evaluating(model), torch.enable_grad():
                # every output has a gradient then, even of a network whose weights have none
                logits = model(batch.clone().requires_grad_())
                loss = F.cross_entropy(logits, targets, reduction="sum")
                gradients = torch.autograd.grad(loss, [outputs[name] for name in layers])
            for name, gradient in zip(layers, gradients, strict=True):
                parts[name].append((outputs[name].detach(), gradient))
    return {
        name: tuple(map(torch.cat, zip(*batches, strict=True))) for name, batches in parts.items()
    }

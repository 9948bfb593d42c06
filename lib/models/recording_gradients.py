"""Representations, and the gradients of the loss with respect to them."""

from collections.abc import Iterable
from functools import partial

import torch
from torch import nn
from torch.nn import functional as F

from .module_outputs import evaluating, modules_of


def record_with_gradients(
    model: nn.Module,
    images: torch.Tensor,
    labels: torch.Tensor,
    layers: Iterable[str],
    batch_size: int = 100,
) -> dict[str, tuple[torch.Tensor, torch.Tensor]]:
    """The representations of the named modules, and each image's gradient with respect to its own.

    The loss of an image is its cross-entropy. In evaluation mode the images do not see
    each other. Modes and buffers are restored; parameters gather no gradient.

    Args:
        model: a classifier that returns logits (b, classes).
        images: (n, c, h, w), as the network takes them.
        labels: (n,) int64.
        layers: module names, as in `model.named_modules()`, each called once in a pass.
        batch_size: images in one pass; it bounds the memory of the pass alone, and
            changes only rounding.

    Returns:
        {name: (representation, gradient)}, both (n, c, h, w) or (n, p), on the device
        and in the precision of the network.

    Raises:
        ValueError: no images, or another number of labels.
        KeyError: a name that is not a module of the network.
        RuntimeError: a module was not called, or the loss does not depend on it.
    """
    layers = list(layers)
    if not len(images) or len(labels) != len(images):
        raise ValueError(f"got {len(images)} images and {len(labels)} labels, want as many, from 1")
    modules, outputs = modules_of(model), {}

    def keep(module: nn.Module, args: tuple, output: torch.Tensor, name: str) -> torch.Tensor:
        outputs[name] = output
        return output.clone()  # which a later module may overwrite

    handles = [modules[n].register_forward_hook(partial(keep, name=n)) for n in layers]
    parts: dict[str, list[tuple[torch.Tensor, torch.Tensor]]] = {name: [] for name in layers}
    try:
        for batch, targets in zip(images.split(batch_size), labels.split(batch_size), strict=True):
            outputs.clear()
            with evaluating(model), torch.enable_grad():
                # every output has a gradient then, even of a network whose weights have none
                logits = model(batch.clone().requires_grad_())
                if missing := [name for name in layers if name not in outputs]:
                    raise RuntimeError(f"{missing[0]} was not called in the forward pass")
                loss = F.cross_entropy(logits, targets, reduction="sum")
                gradients = torch.autograd.grad(loss, [outputs[name] for name in layers])
            for name, gradient in zip(layers, gradients, strict=True):
                parts[name].append((outputs[name].detach(), gradient))
    finally:
        for handle in handles:
            handle.remove()
    return {
        name: tuple(map(torch.cat, zip(*batches, strict=True))) for name, batches in parts.items()
    }

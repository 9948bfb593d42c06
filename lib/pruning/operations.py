"""How many multiply-adds a network takes, and how many of them meet a weight that survives."""

import math

import torch
from torch import nn

from ..models.module_outputs import evaluating
from .mask import Mask


def weight_uses(network: nn.Module, image: tuple[int, ...] = (3, 32, 32)) -> dict[str, int]:
    """How often each weight of a convolution or a linear layer is multiplied, for one image.

    For a convolution these are the positions of its output, those at the border of
    zeros as well.

    Args:
        image: shape of one, (c, h, w).

    Returns:
        {parameter name: times}, in the order of `network.named_modules()`; 0 for a
        layer that the network does not call.
    """
    layers = {
        name: module
        for name, module in network.named_modules()
        if isinstance(module, nn.Conv2d | nn.Linear)
    }
    times = dict.fromkeys((f"{name}.weight" for name in layers), 0)

    def counting(name: str, module: nn.Module):
        outputs = len(module.weight)

        def count(_module, _given, output: torch.Tensor) -> None:
            times[f"{name}.weight"] += math.prod(output.shape) // outputs

        return module.register_forward_hook(count)

    hooks = [counting(name, module) for name, module in layers.items()]
    try:
        with evaluating(network):
            network(torch.zeros(1, *image).to(next(network.parameters())))
    finally:
        for hook in hooks:
            hook.remove()
    return times


def multiply_adds(
    network: nn.Module, mask: Mask | None = None, image: tuple[int, ...] = (3, 32, 32)
) -> int:
    """Multiply-adds of all convolutions and linear layers for one image.

    Additions of biases, batch normalisation and pooling are not counted, as is usual.

    Args:
        mask: counts only those of weights that survive, and of weights that cannot be
            pruned; None counts all.
        image: shape of one, (c, h, w).
    """
    left = {} if mask is None else {name: int(kept.sum()) for name, kept in mask.kept.items()}
    return sum(
        times * left.get(name, network.get_parameter(name).numel())
        for name, times in weight_uses(network, image).items()
    )

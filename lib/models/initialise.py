"""Initial weights, the same on every kind of processor."""

import math

import torch
from torch import nn

from .blocks import HiddenLinear


@torch.no_grad()
def initialise(model: nn.Module, generator: torch.Generator | None) -> None:
    """Draw the initial weights in place, in the order of `model.modules()`.

    Convolutions and `HiddenLinear` layers: normal with variance 2 / fan_in (He et al. 2015,
    eq. 10). Other linear layers: uniform within 1 / sqrt(fan_in), PyTorch's default. Biases: zero.
    Batch normalisation: weight 1, bias 0. Numbers are drawn in float64 and on the CPU, where the
    draws are bit-identical between processors; float32 normal draws are not.

    Args:
        model: the network, on the CPU.
        generator: a CPU generator, or None for PyTorch's global one.
    """
    for module in model.modules():
        if isinstance(module, nn.Conv2d | HiddenLinear):
            fan_in = module.weight[0].numel()
            draw = torch.randn(module.weight.shape, generator=generator, dtype=torch.float64)
            module.weight.copy_(draw * math.sqrt(2 / fan_in))
        elif isinstance(module, nn.Linear):
            draw = torch.rand(module.weight.shape, generator=generator, dtype=torch.float64)
            module.weight.copy_((2 * draw - 1) / math.sqrt(module.in_features))
        elif isinstance(module, nn.BatchNorm2d):
            module.reset_parameters()
        if isinstance(module, nn.Conv2d | nn.Linear) and module.bias is not None:
            module.bias.zero_()

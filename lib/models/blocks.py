"""The building blocks that the networks share, and their initial weights."""

import math
from collections import OrderedDict

import torch
from torch import nn


def scaled(channels: int, width: float) -> int:
    """The number of channels of a layer when the whole network is `width` times as wide."""
    return max(1, round(channels * width))


def check_size(images: torch.Tensor, size: int) -> None:
    """Raise ValueError for images (n, c, h, w) whose size does not fit a hidden linear layer."""
    height, width = images.shape[-2:]
    if (height, width) != (size, size):
        raise ValueError(
            f"the network takes images of {size}x{size} pixels, got {height}x{width}: "
            "pad, crop or resize them"
        )


class Network(nn.Module):
    """A network that declares its recorded layers as they are appended."""

    def __init__(self):
        super().__init__()
        self.recorded_layers: list[tuple[str, str]] = []

    def append(self, name: str, kind: str, module: nn.Module) -> None:
        """Add a module of this name as the next recorded layer; for kinds, see `recording`."""
        self.add_module(name, module)
        self.recorded_layers.append((name, kind))


def conv_block(
    in_channels: int, out_channels: int, stride: int = 1, relu: bool = True
) -> nn.Sequential:
    """3x3 convolution, batch normalisation, ReLU: one recorded `conv` layer.

    The convolution has no bias, since batch normalisation would subtract it.
    """
    conv = nn.Conv2d(in_channels, out_channels, 3, stride, padding=1, bias=False)
    block = nn.Sequential(OrderedDict(conv=conv, bn=nn.BatchNorm2d(out_channels)))
    if relu:
        block.add_module("relu", nn.ReLU())
    return block


def plain_conv_block(
    in_channels: int, out_channels: int, kernel: int, padding: int
) -> nn.Sequential:
    """Convolution with bias, ReLU: a recorded `conv` layer without batch normalisation."""
    conv = nn.Conv2d(in_channels, out_channels, kernel, padding=padding)
    return nn.Sequential(OrderedDict(conv=conv, relu=nn.ReLU()))


class HiddenLinear(nn.Linear):
    """A linear layer in front of a ReLU, with initial weights like a convolution's (`initialise`).

    With a sixth of that variance, as the output layer has, pruning by global magnitude
    would take nearly all weights of a wide layer.
    """


def linear_block(in_features: int, out_features: int) -> nn.Sequential:
    """Hidden linear layer with bias, ReLU: one recorded `fc` layer."""
    linear = HiddenLinear(in_features, out_features)
    return nn.Sequential(OrderedDict(linear=linear, relu=nn.ReLU()))


@torch.no_grad()
def initialise(model: nn.Module, generator: torch.Generator | None) -> None:
    """Draw the initial weights in place, in the order of `model.modules()`.

    Convolutions and `HiddenLinear` layers: normal with variance 2 / fan_in (He et al.
    2015, eq. 10). Other linear layers: uniform within 1 / sqrt(fan_in), PyTorch's
    default. Biases: zero. Batch normalisation: weight 1, bias 0. Numbers are drawn in
    float64: normal draws in float32 differ between processors.
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

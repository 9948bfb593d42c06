"""The building blocks that the networks share, and their initial weights, alike everywhere."""

import math

import torch
from torch import nn


def scaled(channels: int, width: float) -> int:
    """The number of channels of a layer when the whole network is `width` times as wide."""
    return max(1, round(channels * width))


def check_size(images: torch.Tensor, size: int) -> None:
    """Raise ValueError for images (n, c, h, w) that a hidden linear layer is not made for."""
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


class ConvNorm(nn.Sequential):
    """3x3 convolution and batch normalisation, without the ReLU.

    The convolution has no bias, since batch normalisation would subtract it.
    """

    def __init__(self, in_channels: int, out_channels: int, stride: int = 1):
        super().__init__()
        self.conv = nn.Conv2d(in_channels, out_channels, 3, stride, padding=1, bias=False)
        self.bn = nn.BatchNorm2d(out_channels)


class ConvBlock(ConvNorm):
    """3x3 convolution, batch normalisation, ReLU: one recorded `conv` layer."""

    def __init__(self, in_channels: int, out_channels: int, stride: int = 1):
        super().__init__(in_channels, out_channels, stride)
        self.relu = nn.ReLU(inplace=False)


class PlainConvBlock(nn.Sequential):
    """Convolution with bias, ReLU: a recorded `conv` layer without batch normalisation."""

    def __init__(self, in_channels: int, out_channels: int, kernel: int, padding: int):
        super().__init__()
        self.conv = nn.Conv2d(in_channels, out_channels, kernel, padding=padding)
        self.relu = nn.ReLU(inplace=False)


class HiddenLinear(nn.Linear):
    """A linear layer in front of a ReLU, with initial weights like a convolution's (`initialise`).

    With a sixth of that variance, which the output layer has, a wide layer's weights
    would be so much smaller than all others that pruning by global magnitude would take
    nearly all of them.
    """


class LinearBlock(nn.Sequential):
    """Hidden linear layer with bias, ReLU: one recorded `fc` layer."""

    def __init__(self, in_features: int, out_features: int):
        super().__init__()
        self.linear = HiddenLinear(in_features, out_features)
        self.relu = nn.ReLU(inplace=False)


class Add(nn.Module):
    """The sum of two tensors as a module of its own, so that it can be recorded by name."""

    def forward(self, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        return x + y


@torch.no_grad()
def initialise(model: nn.Module, generator: torch.Generator | None) -> None:
    """Draw the initial weights in place, in the order of `model.modules()`.

    Convolutions and `HiddenLinear` layers: normal with variance 2 / fan_in (He et al.
    2015, eq. 10). Other linear layers: uniform within 1 / sqrt(fan_in), PyTorch's
    default. Biases: zero.
    Batch normalisation: weight 1, bias 0. Numbers are drawn in float64 and on the CPU,
    where the draws are bit-identical between processors; float32 normal draws are not.
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

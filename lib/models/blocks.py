"""The building blocks that the networks share."""

import torch
from torch import nn


def scaled(channels: int, width: float) -> int:
    """The number of channels of a layer when the whole network is `width` times as wide."""
    return max(1, round(channels * width))


def check_size(images: torch.Tensor, size: int) -> None:
    """Refuse images that a network's first hidden linear layer is not made for.

    Args:
        images: (n, c, h, w).
        size: the height and the width that the network takes.

    Raises:
        ValueError: the images have another height or width.
    """
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

    Args:
        in_channels: channels of the input.
        out_channels: channels of the output.
        stride: of the convolution.

    Shapes:
        (n, in_channels, h, w) -> (n, out_channels, ceil(h / stride), ceil(w / stride))
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
    """Convolution with bias, ReLU: a recorded `conv` layer without batch normalisation.

    Args:
        in_channels: channels of the input.
        out_channels: channels of the output.
        kernel: height and width of the kernels.
        padding: zeros on each side.

    Shapes:
        (n, in_channels, h, w) -> (n, out_channels, h', w'), h' = h + 2 * padding - kernel + 1
    """

    def __init__(self, in_channels: int, out_channels: int, kernel: int, padding: int):
        super().__init__()
        self.conv = nn.Conv2d(in_channels, out_channels, kernel, padding=padding)
        self.relu = nn.ReLU(inplace=False)


class HiddenLinear(nn.Linear):
    """A linear layer in front of a ReLU, with initial weights like a convolution's (`initialise`).

    With a sixth of that variance, which the output layer has, a wide layer's weights would be so
    much smaller than all others that pruning by global magnitude would take nearly all of them.
    """


class LinearBlock(nn.Sequential):
    """Hidden linear layer with bias, ReLU: one recorded `fc` layer.

    Shapes:
        (n, in_features) -> (n, out_features)
    """

    def __init__(self, in_features: int, out_features: int):
        super().__init__()
        self.linear = HiddenLinear(in_features, out_features)
        self.relu = nn.ReLU(inplace=False)


class Add(nn.Module):
    """The sum of two tensors as a module of its own, so that it can be recorded by name."""

    def forward(self, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        return x + y

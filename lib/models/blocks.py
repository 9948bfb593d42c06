"""The building blocks that the networks share."""

import torch
from torch import nn


def scaled(channels: int, width: float) -> int:
    """The number of channels of a layer when the whole network is `width` times as wide."""
    return max(1, round(channels * width))


class ConvBlock(nn.Sequential):
    """3x3 convolution, batch normalisation, ReLU: one recorded `conv` layer.

    The convolution has no bias, since batch normalisation subtracts it again. The ReLU is out of
    place, so that a hook on any module inside sees values that nothing overwrites later.

    Shapes:
        (n, in_channels, h, w) -> (n, out_channels, h, w)
    """

    def __init__(self, in_channels: int, out_channels: int):
        super().__init__()
        self.conv = nn.Conv2d(in_channels, out_channels, 3, padding=1, bias=False)
        self.bn = nn.BatchNorm2d(out_channels)
        self.relu = nn.ReLU(inplace=False)


class Add(nn.Module):
    """The sum of two tensors as a module of its own, so that it can be recorded by name."""

    def forward(self, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        return x + y

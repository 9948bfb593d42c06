"""ResNet_fast: the small residual network that reaches its accuracy in 24 epochs."""

import torch
from torch import nn

from .blocks import Network, conv_block, scaled

LOGIT_SCALE = 0.125  # cifar10-fast: keeps the softmax soft at the start of training


class ScaledLinear(nn.Linear):
    """A linear layer whose outputs are multiplied by `LOGIT_SCALE`."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return super().forward(x) * LOGIT_SCALE


class Add(nn.Module):
    """The sum of two tensors as a module of its own, so that it can be recorded by name."""

    def forward(self, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        return x + y


class ResNetFast(Network):
    """ResNet_fast (paper, Fig. 3), after the network of cifar10-fast.

    Three stages of convolution and pooling; a residual block of two convolutions
    follows the first and the third. 6,563,520 convolutional weights at width 1.

    Shapes: (n, in_channels, h, w) -> (n, num_classes), logits; h, w >= 8.
    """

    def __init__(self, num_classes: int, width: float, in_channels: int):
        super().__init__()
        c0, c1, c2, c3 = (scaled(c, width) for c in (64, 128, 256, 512))
        self.append("prep", "conv", conv_block(in_channels, c0))
        self.append("conv1", "conv", conv_block(c0, c1))
        self.append("pool1", "pool", nn.MaxPool2d(2))
        self.append("res1_1", "conv_res", conv_block(c1, c1))
        self.append("res1_2", "conv_res", conv_block(c1, c1))
        self.append("add1", "add", Add())
        self.append("conv2", "conv", conv_block(c1, c2))
        self.append("pool2", "pool", nn.MaxPool2d(2))
        self.append("conv3", "conv", conv_block(c2, c3))
        self.append("pool3", "pool", nn.MaxPool2d(2))
        self.append("res3_1", "conv_res", conv_block(c3, c3))
        self.append("res3_2", "conv_res", conv_block(c3, c3))
        self.append("add3", "add", Add())
        self.append("pool4", "pool", nn.AdaptiveMaxPool2d(1))
        self.append("out", "out", ScaledLinear(c3, num_classes, bias=False))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.pool1(self.conv1(self.prep(x)))
        x = self.add1(x, self.res1_2(self.res1_1(x)))
        x = self.pool2(self.conv2(x))
        x = self.pool3(self.conv3(x))
        x = self.add3(x, self.res3_2(self.res3_1(x)))
        return self.out(self.pool4(x).flatten(1))

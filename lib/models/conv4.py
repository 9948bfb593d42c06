"""Conv-4: the small network without batch normalisation of the lottery ticket hypothesis."""

import torch
from torch import nn

from .blocks import Network, check_size, linear_block, plain_conv_block, scaled

IMAGE_SIZE = 32


class Conv4(Network):
    """Conv-4 (Frankle and Carbin 2019, Fig. 2), a scaled-down VGG for CIFAR-10.

    Two blocks of two 3x3 convolutions, each ending in a 2x2 max-pool, then two hidden
    linear layers: 259,776 and 2,162,688 prunable weights at width 1 with three channels.

    Frankle and Carbin draw the weights from Glorot's normal distribution, of variance 2
    / (fan_in + fan_out). `initialise` takes 2 / fan_in for hidden layers, which is
    meant for ReLUs: 1.03 times as much for `fc1`, at least twice for the others.

    Shapes: (n, in_channels, 32, 32) -> (n, num_classes), logits.
    """

    def __init__(self, num_classes: int, width: float, in_channels: int):
        super().__init__()
        c1, c2, hidden = (scaled(c, width) for c in (64, 128, 256))
        self.append("conv1_1", "conv", plain_conv_block(in_channels, c1, 3, padding=1))
        self.append("conv1_2", "conv", plain_conv_block(c1, c1, 3, padding=1))
        self.append("pool1", "pool", nn.MaxPool2d(2))
        self.append("conv2_1", "conv", plain_conv_block(c1, c2, 3, padding=1))
        self.append("conv2_2", "conv", plain_conv_block(c2, c2, 3, padding=1))
        self.append("pool2", "pool", nn.MaxPool2d(2))
        self.append("fc1", "fc", linear_block(c2 * (IMAGE_SIZE // 4) ** 2, hidden))
        self.append("fc2", "fc", linear_block(hidden, hidden))
        self.append("out", "out", nn.Linear(hidden, num_classes))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        check_size(x, IMAGE_SIZE)
        x = self.pool1(self.conv1_2(self.conv1_1(x)))
        x = self.pool2(self.conv2_2(self.conv2_1(x)))
        return self.out(self.fc2(self.fc1(x.flatten(1))))

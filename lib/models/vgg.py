"""The two VGG networks: convolutional blocks, global average pooling, one linear layer."""

import torch
from torch import nn

from .blocks import Network, conv_block, scaled


class VGG(Network):
    """Blocks of 3x3 convolutions, each block ending in a 2x2 max-pool (Simonyan and Zisserman).

    As in section 4.2 of the paper: batch normalisation before each ReLU, and global
    average pooling instead of the hidden fully-connected layers.

    Shapes: (n, in_channels, h, w) -> (n, num_classes), logits; h, w >= 2 ** len(blocks).
    """

    def __init__(self, blocks: list[list[int]], num_classes: int, in_channels: int):
        super().__init__()
        previous = in_channels
        for i, block in enumerate(blocks, start=1):
            for j, channels in enumerate(block, start=1):
                self.append(f"conv{i}_{j}", "conv", conv_block(previous, channels))
                previous = channels
            self.append(f"pool{i}", "pool", nn.MaxPool2d(2))
        self._features = [name for name, _ in self.recorded_layers]
        self.gap = nn.AdaptiveAvgPool2d(1)
        self.append("out", "out", nn.Linear(previous, num_classes))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        for name in self._features:
            x = getattr(self, name)(x)
        return self.out(self.gap(x).flatten(1))


def vgg16_bn(num_classes: int, width: float, in_channels: int) -> VGG:
    """VGG16_BN (paper, Fig. 1): 13 convolutions in five blocks, 14,710,464 weights at width 1."""
    blocks = [[64] * 2, [128] * 2, [256] * 3, [512] * 3, [512] * 3]
    return VGG([[scaled(c, width) for c in block] for block in blocks], num_classes, in_channels)


def vgg_svhn(num_classes: int, width: float, in_channels: int) -> VGG:
    """VGG_SVHN (paper, Fig. 2): 7 convolutions in four blocks, 581,472 weights at width 1."""
    blocks = [[32] * 2, [64] * 2, [128] * 2, [256]]
    return VGG([[scaled(c, width) for c in block] for block in blocks], num_classes, in_channels)

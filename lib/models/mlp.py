"""A multilayer perceptron."""

import torch
from torch import nn

from .blocks import Network, check_size, linear_block, scaled

IMAGE_SIZE = 32


class MLP(Network):
    """Three hidden linear layers of 100 units, each ending in a ReLU: 327,200 prunable weights.

    Shapes: (n, in_channels, 32, 32) -> (n, num_classes), logits.
    """

    def __init__(self, num_classes: int, width: float, in_channels: int):
        super().__init__()
        hidden = scaled(100, width)
        self.append("fc1", "fc", linear_block(in_channels * IMAGE_SIZE**2, hidden))
        self.append("fc2", "fc", linear_block(hidden, hidden))
        self.append("fc3", "fc", linear_block(hidden, hidden))
        self.append("out", "out", nn.Linear(hidden, num_classes))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        check_size(x, IMAGE_SIZE)
        return self.out(self.fc3(self.fc2(self.fc1(x.flatten(1)))))

"""LeNet-5, in the form used by papers on pruning."""

import torch
from torch import nn

from .blocks import Network, check_size, linear_block, plain_conv_block, scaled


class LeNet5(Network):
    """LeNet-5 (LeCun et al. 1998) with the layer sizes of the example network of Caffe.

    Two 5x5 convolutions without padding, each followed by a 2x2 max-pool, then one
    hidden linear layer. Each hidden layer ends in a ReLU; Caffe's network has one only after `fc1`.

    Papers on pruning count 431 thousand parameters (Han et al. 2015, Table 1): that is
    for MNIST's grey images of 28x28 pixels, whose last maps are 4x4. Images of 32x32
    pixels, to which LeCun et al. pad MNIST, leave 5x5, and so 656,080 parameters. Three
    channels add 1,000. Then 651,500 weights are prunable at width 1.

    Shapes: (n, in_channels, image_size, image_size) -> (n, num_classes), logits.
    """

    def __init__(self, num_classes: int, width: float, in_channels: int, image_size: int):
        super().__init__()
        self._image_size = image_size
        c1, c2, hidden = (scaled(c, width) for c in (20, 50, 500))
        self.append("conv1", "conv", plain_conv_block(in_channels, c1, 5, padding=0))
        self.append("pool1", "pool", nn.MaxPool2d(2))
        self.append("conv2", "conv", plain_conv_block(c1, c2, 5, padding=0))
        self.append("pool2", "pool", nn.MaxPool2d(2))
        size = ((image_size - 4) // 2 - 4) // 2
        self.append("fc1", "fc", linear_block(c2 * size**2, hidden))
        self.append("out", "out", nn.Linear(hidden, num_classes))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        check_size(x, self._image_size)
        x = self.pool2(self.conv2(self.pool1(self.conv1(x))))
        return self.out(self.fc1(x.flatten(1)))

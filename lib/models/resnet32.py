"""ResNet-32: the residual network for CIFAR-10 from the paper that introduced residual networks."""

import torch
from torch import nn
from torch.nn import functional as F

from .blocks import Network, conv_block, scaled

STAGE_BLOCKS = 5  # n of He et al.: 6n + 2 = 32 layers with weights


class ResidualSum(nn.Module):
    """The end of a residual block: its two convolutions' output plus its input, then ReLU.

    The input takes the shortcut without parameters (He et al. 2016, option A): every
    stride-th pixel, and zeros for the channels that it lacks.
    """

    def __init__(self, stride: int):
        super().__init__()
        self.stride = stride
        self.relu = nn.ReLU()

    def forward(self, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        if self.stride > 1:
            lacking = y.shape[1] - x.shape[1]
            x = F.pad(x[..., :: self.stride, :: self.stride], (0, 0, 0, 0, 0, lacking))
        return self.relu(x + y)


class ResNet32(Network):
    """ResNet-32 for CIFAR-10 (He et al. 2016, section 4.2, n = 5), 461,232 weights at width 1.

    One convolution, then three stages of five residual blocks of two 3x3 convolutions
    each; the second and the third stage begin with stride 2. Global average pooling,
    one linear layer.

    Every layer is recorded as the next one sees it: a block's second convolution
    `res<stage>_<block>_2` without a ReLU, since He et al. have none before the sum, and
    `add<stage>_<block>` after the ReLU that follows the sum. (In ResNet_fast none does.)

    Shapes: (n, in_channels, h, w) -> (n, num_classes), logits; 32 pixels in the paper.
    """

    def __init__(self, num_classes: int, width: float, in_channels: int):
        super().__init__()
        stages = [scaled(c, width) for c in (16, 32, 64)]
        self.append("prep", "conv", conv_block(in_channels, stages[0]))
        self._blocks: list[tuple[str, str, str]] = []
        previous = stages[0]
        for i, channels in enumerate(stages, start=1):
            for j in range(1, STAGE_BLOCKS + 1):
                stride = 2 if i > 1 and j == 1 else 1
                names = f"res{i}_{j}_1", f"res{i}_{j}_2", f"add{i}_{j}"
                self.append(names[0], "conv_res", conv_block(previous, channels, stride))
                self.append(names[1], "conv_res", conv_block(channels, channels, relu=False))
                self.append(names[2], "add", ResidualSum(stride))
                self._blocks.append(names)
                previous = channels
        self.gap = nn.AdaptiveAvgPool2d(1)
        self.append("out", "out", nn.Linear(previous, num_classes))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.prep(x)
        for first, second, add in self._blocks:
            y = getattr(self, second)(getattr(self, first)(x))
            x = getattr(self, add)(x, y)
        return self.out(self.gap(x).flatten(1))

"""torchvision's residual networks for large images, in a form in which every layer can be recorded.

Module names and parameters are torchvision's, so that its weights can be loaded. Only the ReLUs
differ: torchvision calls one module several times in a block and lets it overwrite its input. Here
each call has a module of its own and leaves its input alone.
"""

from __future__ import annotations

import torch
from torch import nn
from torchvision.models.resnet import BasicBlock, Bottleneck, ResNet


class Recorded(nn.Module):
    """What both kinds of torchvision's residual blocks do, with a module for each call.

    Args and shapes:
        as for torchvision's blocks.
    """

    convolutions: tuple[str, ...]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.relu = nn.ReLU(inplace=False)
        for name in self.convolutions[:-1]:
            self.add_module(name, nn.ReLU(inplace=False))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = x
        for i, recorded in enumerate(self.convolutions, start=1):
            y = getattr(self, f"bn{i}")(getattr(self, f"conv{i}")(y))
            if i < len(self.convolutions):  # the ReLU of the last one follows the sum
                y = getattr(self, recorded)(y)
        return self.relu(y + (x if self.downsample is None else self.downsample(x)))


class RecordedBasicBlock(Recorded, BasicBlock):
    """Two 3x3 convolutions and the sum with the block's input (He et al. 2016, Fig. 5 left)."""

    convolutions = ("relu1", "bn2")


class RecordedBottleneck(Recorded, Bottleneck):
    """1x1, 3x3 and 1x1 convolution and the sum with the block's input (He et al., Fig. 5 right)."""

    convolutions = ("relu1", "relu2", "bn3")


class RecordedResNet(ResNet):
    """A residual network for ImageNet that declares its recorded layers.

    As in ResNet-32 of this package, a layer is recorded as the next one sees it: `relu` after the
    first convolution, `layer<stage>.<block>.relu1` and the like after those in the blocks, and
    `layer<stage>.<block>` after the ReLU that follows the sum. The last convolution of a block is
    recorded before the sum, so without a ReLU. Convolutions on shortcuts are prunable, but not
    recorded: the first sum of their stage includes them.

    Args:
        block: one of the two kinds of block above.
        blocks: how many there are in each of the four stages.
        num_classes: number of outputs.

    Shapes:
        (n, 3, h, w) -> (n, num_classes), logits; h and w at least 32, 224 in the paper.
    """

    def __init__(
        self,
        block: type[RecordedBasicBlock | RecordedBottleneck],
        blocks: tuple[int, int, int, int],
        num_classes: int,
    ):
        super().__init__(block, list(blocks), num_classes)
        self.relu = nn.ReLU(inplace=False)
        self.recorded_layers: list[tuple[str, str]] = [("relu", "conv"), ("maxpool", "pool")]
        for stage, number in enumerate(blocks, start=1):
            for name in (f"layer{stage}.{i}" for i in range(number)):
                inside = (f"{name}.{layer}" for layer in block.convolutions)
                self.recorded_layers += [(layer, "conv_res") for layer in inside]
                self.recorded_layers.append((name, "add"))
        self.recorded_layers.append(("fc", "out"))


def build_large(name: str, num_classes: int, width: float, in_channels: int) -> RecordedResNet:
    """ResNet-18 or ResNet-50, 11,166,912 and 23,454,912 weights in convolutions.

    Raises:
        ValueError: another width or another number of channels.
    """
    if width != 1:
        raise ValueError(
            f"{name} is torchvision's and has one width: width must be 1, got {width:g}; for a "
            "narrower residual network take resnet32"
        )
    if in_channels != 3:
        raise ValueError(f"{name} takes images of 3 channels, got {in_channels}: repeat them")
    designs = {
        "resnet18": (RecordedBasicBlock, (2, 2, 2, 2)),
        "resnet50": (RecordedBottleneck, (3, 4, 6, 3)),
    }
    return RecordedResNet(*designs[name], num_classes)

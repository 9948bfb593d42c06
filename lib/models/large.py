"""torchvision's residual networks for large images, with their recorded layers."""

from torchvision.models.resnet import BasicBlock, Bottleneck, ResNet

DESIGNS = {
    "resnet18": (BasicBlock, (2, 2, 2, 2), ("relu#1", "bn2")),
    "resnet50": (Bottleneck, (3, 4, 6, 3), ("relu#1", "relu#2", "bn3")),
}
"""name -> kind of block, how many there are in each stage, where its convolutions are recorded."""


def build_large(name: str, num_classes: int, width: float, in_channels: int) -> ResNet:
    """ResNet-18 or ResNet-50, 11,166,912 and 23,454,912 weights in convolutions.

    As in ResNet-32 of this package, a layer is recorded as the next one sees it: `relu` after the
    first convolution, `layer<stage>.<block>.relu#1` and the like after those in the blocks, and
    `layer<stage>.<block>` after the ReLU that follows the sum. The last convolution of a block is
    recorded before the sum, so without a ReLU. Convolutions on shortcuts are prunable, but not
    recorded: the first sum of their stage includes them.

    Shapes:
        (n, 3, h, w) -> (n, num_classes), logits; h and w at least 32, 224 in the paper.

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
    block, stages, convolutions = DESIGNS[name]
    network = ResNet(block, list(stages), num_classes)
    layers = [("relu", "conv"), ("maxpool", "pool")]
    for stage, number in enumerate(stages, start=1):
        for where in (f"layer{stage}.{i}" for i in range(number)):
            layers += [(f"{where}.{layer}", "conv_res") for layer in convolutions]
            layers.append((where, "add"))
    network.recorded_layers = [*layers, ("fc", "out")]
    return network

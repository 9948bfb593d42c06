"""Networks, and for each the ordered list of its recorded layers."""

import torch
from torch import nn

from ..lookup import lookup
from .conv4 import Conv4
from .initialise import initialise
from .lenet5 import LeNet5
from .recording import KINDS, record, record_batches, recorded_layers
from .resnet32 import ResNet32
from .resnet_fast import ResNetFast
from .vgg import vgg16_bn, vgg_svhn

MODELS = {
    "vgg16_bn": vgg16_bn,
    "vgg_svhn": vgg_svhn,
    "resnet_fast": ResNetFast,
    "conv4": Conv4,
    "lenet5": LeNet5,
    "resnet32": ResNet32,
}
"""name -> constructor(num_classes, width, in_channels)."""


def build_model(
    name: str,
    num_classes: int = 10,
    width: float = 1.0,
    *,
    in_channels: int = 3,
    generator: torch.Generator | None = None,
) -> nn.Module:
    """A network of the study with fresh weights, on the CPU, in float32 and training mode.

    Args:
        name: a key of `MODELS`.
        num_classes: number of outputs.
        width: factor on the number of channels of every hidden layer; 1 is the paper's network.
        in_channels: channels of the images.
        generator: source of the initial weights; None takes PyTorch's global one.

    Raises:
        ValueError: unknown name, `width` not positive, or fewer than two classes.
    """
    constructor = lookup("network", name, MODELS)
    if width <= 0:
        raise ValueError(f"width must be positive, got {width}")
    if num_classes < 2:
        raise ValueError(f"num_classes must be at least 2, got {num_classes}")
    model = constructor(num_classes, width, in_channels)
    initialise(model, generator)
    return model


__all__ = [
    "KINDS",
    "MODELS",
    "build_model",
    "initialise",
    "record",
    "record_batches",
    "recorded_layers",
]

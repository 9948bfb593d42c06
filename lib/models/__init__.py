"""Networks, each with the ordered list of its recorded layers."""

import math
from numbers import Real

import torch
from torch import nn

from ..did_you_mean import lookup
from ..validation import integer
from .blocks import initialise
from .conv4 import Conv4
from .lenet5 import LeNet5
from .mlp import MLP
from .recording import (
    LAYER_KINDS,
    fitting,
    record_batches,
    record_layers,
    recorded_layers,
)
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
    "mlp": MLP,
}
"""name -> constructor(num_classes, width, in_channels), and for `lenet5` `image_size`, on which its
layers depend; arguments are those of `build_model`."""


def build_model(
    name: str,
    num_classes: int = 10,
    width: float = 1.0,
    *,
    in_channels: int = 3,
    image_size: int = 32,
    generator: torch.Generator | None = None,
) -> nn.Module:
    """A network with fresh weights, on the CPU, in float32 and training mode.

    Args:
        name: a key of `MODELS`.
        num_classes: number of outputs.
        width: factor on the number of channels of every convolution, and on that of
            units of every hidden linear layer; 1 is the paper's network.
        in_channels, image_size: of the images; only `lenet5` needs the latter, their height
            and width.
        generator: source of the initial weights; None takes PyTorch's global one.

    Raises:
        ValueError: unknown name, or an invalid number.
    """
    constructor = lookup("network", name, MODELS)
    if isinstance(width, bool) or not isinstance(width, Real) or not 0 < width < math.inf:
        raise ValueError(f"width must be a positive number, got {width!r}")
    integer("num_classes", num_classes, 2)
    integer("in_channels", in_channels, 1)
    integer("image_size", image_size, 1)
    sized = {"image_size": image_size} if constructor is LeNet5 else {}
    model = constructor(num_classes, width, in_channels, **sized)
    initialise(model, generator)
    return model

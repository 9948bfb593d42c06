"""New random weights of a pruned network, scaled to what is left of each layer."""

import math

import torch
from torch import nn

from .mask import Mask


@torch.no_grad()
def rescale_(model: nn.Module, mask: Mask) -> None:
    """Divide the prunable weights of each layer by the square root of its density, in place.

    A unit that keeps only a random fraction d of its inputs has d times the variance.
    The division restores the variance of the complete network. With it, the tangent
    kernel of a randomly pruned network has the same limit as that of the complete one
    (Yang and Wang 2023). An empty layer stays as it is.

    Args:
        model: with new random values, masked or not yet.
        mask: which of its weights survive.

    Raises:
        ValueError: the mask is not this network's.
    """
    weights = mask.weights(model)
    for name, density in mask.densities.items():
        if density:
            weights[name].div_(math.sqrt(density))

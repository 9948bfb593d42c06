"""How much each prunable weight matters: those with the lowest scores go first."""

import copy
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import nn
from torch.nn import functional as F

from .mask import prunable_weights

Scores = dict[str, torch.Tensor]
"""{parameter name: tensor of the parameter's shape}, for all prunable weights."""


@dataclass(frozen=True)
class Evidence:
    """What a score may look at besides the network.

    Attributes:
        images: (n, c, h, w), training images as the network takes them.
        labels: (n,), their classes.
        generator: source of randomness, on the CPU.
    """

    images: torch.Tensor
    labels: torch.Tensor
    generator: torch.Generator


def magnitude(model: nn.Module) -> Scores:
    """The absolute value of each weight (Han et al. 2015)."""
    return {name: weight.detach().abs() for name, weight in prunable_weights(model).items()}


def random(model: nn.Module, generator: torch.Generator) -> Scores:
    """A uniform random number for each weight, the same on every device."""
    return {
        name: torch.rand(weight.shape, generator=generator).to(weight.device)
        for name, weight in prunable_weights(model).items()
    }


def gradient_weight(model: nn.Module, images: torch.Tensor, labels: torch.Tensor) -> Scores:
    """`|g w|`, with the gradient g of the mean cross-entropy of these images (Lee et al. 2019).

    In evaluation mode; the network itself is left as it is.

    Args:
        images: (n, c, h, w), as the network takes them.
        labels: (n,).
    """
    evaluated = copy.deepcopy(model).eval()
    return _of_derivatives(evaluated, F.cross_entropy(evaluated(images), labels))


def synflow(model: nn.Module, shape: tuple[int, ...]) -> Scores:
    """Synaptic flow w ∂R/∂w, where R is the sum of the outputs for an image of ones.

    Tanaka et al. (2020), eqs. 1 and 2: needs no data. All parameters and running
    statistics enter with their absolute values. In float64, as the product over many
    layers is out of float32's range.

    Args:
        shape: of one image, (c, h, w).
    """
    positive = copy.deepcopy(model).double().eval()
    with torch.no_grad():
        for tensor in positive.state_dict().values():
            tensor.abs_()
    ones = torch.ones(1, *shape, dtype=torch.float64, device=next(positive.parameters()).device)
    return _of_derivatives(positive, positive(ones).sum())


def _of_derivatives(model: nn.Module, result: torch.Tensor) -> Scores:
    """|w ∂R/∂w| for each prunable weight w of the model that gave the result R."""
    weights = prunable_weights(model)
    gradients = torch.autograd.grad(result, list(weights.values()))
    pairs = zip(weights.items(), gradients, strict=True)
    return {name: (weight.detach() * gradient).abs() for (name, weight), gradient in pairs}


SCORES: dict[str, Callable[[nn.Module, Evidence], Scores]] = {
    "magnitude": lambda model, _: magnitude(model),
    "random": lambda model, evidence: random(model, evidence.generator),
    "gradient_weight": lambda model, evidence: gradient_weight(
        model, evidence.images, evidence.labels
    ),
    "synflow": lambda model, evidence: synflow(model, tuple(evidence.images.shape[1:])),
}
"""name -> score of a network and `Evidence`."""

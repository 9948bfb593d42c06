"""Scores of prunable weights: those with the lowest scores are removed first."""

import copy
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import torch
from torch import nn
from torch.nn import functional as F

from .prunable import named_parameters, prunable_weights

Scores = dict[str, torch.Tensor]
"""{parameter name: tensor of the parameter's shape}."""

Names = Iterable[str] | None
"""Names of the parameters to score, such as those of a mask; None for all prunable ones."""


@dataclass(frozen=True)
class Evidence:
    """Inputs of a score besides the network.

    Attributes:
        images: (n, c, h, w), training images in the network's input format.
        labels: (n,), their classes.
        generator: source of randomness, on the CPU.
    """

    images: torch.Tensor
    labels: torch.Tensor
    generator: torch.Generator


def magnitude(model: nn.Module, names: Names = None) -> Scores:
    """The absolute value of each weight (Han et al. 2015)."""
    return {name: weight.detach().abs() for name, weight in _named(model, names).items()}


def random(model: nn.Module, generator: torch.Generator, names: Names = None) -> Scores:
    """A uniform random number for each weight, the same on every device."""
    return {
        name: torch.rand(weight.shape, generator=generator).to(weight.device)
        for name, weight in _named(model, names).items()
    }


def gradient_weight(
    model: nn.Module, images: torch.Tensor, labels: torch.Tensor, names: Names = None
) -> Scores:
    """`|g w|`, with the gradient g of the mean cross-entropy of these images (Lee et al. 2019).

    In evaluation mode; images `(n, c, h, w)` are in the network's input format, labels `(n,)`.
    """
    evaluated = copy.deepcopy(model).eval()
    return _of_derivatives(evaluated, F.cross_entropy(evaluated(images), labels), names)


def synflow(model: nn.Module, shape: tuple[int, ...], names: Names = None) -> Scores:
    """Synaptic flow w ∂R/∂w, where R is the sum of the outputs for an image of ones.

    Tanaka et al. (2020), eqs. 1 and 2: needs no data but the shape of one image, `(c, h, w)`.
    All parameters and running statistics enter with their absolute values. In float64, as
    the product over many layers is out of float32's range.
    """
    positive = copy.deepcopy(model).double().eval()
    with torch.no_grad():
        for tensor in positive.state_dict().values():
            if tensor.is_floating_point():  # a boolean mask has no absolute value
                tensor.abs_()
    ones = torch.ones(1, *shape, dtype=torch.float64, device=next(positive.parameters()).device)
    return _of_derivatives(positive, positive(ones).sum(), names)


def _of_derivatives(model: nn.Module, result: torch.Tensor, names: Names) -> Scores:
    """|w ∂R/∂w| for each weight w of the model with the result R; 0 if R does not depend on w."""
    weights = _named(model, names)
    gradients = torch.autograd.grad(result, list(weights.values()), materialize_grads=True)
    pairs = zip(weights.items(), gradients, strict=True)
    return {name: (weight.detach() * gradient).abs() for (name, weight), gradient in pairs}


def _named(model: nn.Module, names: Names) -> dict[str, nn.Parameter]:
    if names is None:
        return prunable_weights(model)
    parameters = named_parameters(model)
    return {name: parameters[name] for name in names}


SCORES: dict[str, Callable[..., Scores]] = {
    "magnitude": lambda model, _, names=None: magnitude(model, names),
    "random": lambda model, evidence, names=None: random(model, evidence.generator, names),
    "gradient_weight": lambda model, evidence, names=None: gradient_weight(
        model, evidence.images, evidence.labels, names
    ),
    "synflow": lambda model, evidence, names=None: synflow(
        model, tuple(evidence.images.shape[1:]), names
    ),
}
"""name -> score of a network, from `Evidence`."""

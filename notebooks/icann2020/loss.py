"""The mean cross-entropy of fixed images as a function of a network's weights."""

import copy
import math
from collections.abc import Mapping

import torch
from torch import Tensor, nn
from torch.func import functional_call
from torch.nn import functional as F

from lib.models.module_outputs import full_precision


class Loss:
    """Mean cross-entropy, in nats, in evaluation mode and in the network's own precision.

    It works on a copy: the network itself, its mode and its gradients stay as they are.

    Args:
        model: a classifier.
        images: (n, c, h, w), as the network takes them, on its device.
        labels: (n,) int64.
        mask: {parameter name: bool tensor of the parameter's shape}, True where a
            weight survives, such as `Mask.kept`; removed weights cannot move. None:
            nothing is removed.
        batch_size: images at once; bounds the memory, and changes results by rounding
            only.

    Attributes:
        weights: {parameter name: tensor}, the trainable parameters as they are.
        mask: as given; empty if nothing is removed.
    """

    def __init__(
        self,
        model: nn.Module,
        images: Tensor,
        labels: Tensor,
        mask: Mapping[str, Tensor] | None = None,
        batch_size: int = 100,
    ):
        self._network = copy.deepcopy(model).eval()
        self.weights = {
            name: weight.detach()
            for name, weight in self._network.named_parameters()
            if weight.requires_grad
        }
        self.mask = mask or {}
        self._network.requires_grad_(False)
        dtype = next(self._network.parameters()).dtype
        batches = images.to(dtype).split(batch_size), labels.split(batch_size)
        self._batches = list(zip(*batches, strict=True))
        self._count = len(images)

    def _share(self, weights: Mapping[str, Tensor], images: Tensor, labels: Tensor) -> Tensor:
        """What one batch adds to the mean over all images."""
        logits = functional_call(self._network, dict(weights), (images,))
        return F.cross_entropy(logits, labels, reduction="sum") / self._count

    @torch.no_grad()
    def at(self, weights: Mapping[str, Tensor]) -> float:
        """The loss if these parameters have other values, {parameter name: tensor}."""
        with full_precision():
            return sum(self._share(weights, *batch).double().item() for batch in self._batches)

    @torch.enable_grad()
    def hessian_product(self, direction: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """How fast the gradient changes in a direction: the Hessian times it (Pearlmutter 1994).

        Args:
            direction: {parameter name: tensor}, by which alone derivatives are taken.

        Returns:
            {parameter name: tensor}, the parameters of `direction`.

        Raises:
            ArithmeticError: the loss or a derivative is infinite or NaN.
        """
        weights = {name: self.weights[name].clone().requires_grad_() for name in direction}
        product = [torch.zeros_like(tensor) for tensor in direction.values()]
        # reverse mode twice: forward over reverse is a fifth faster, but warns on its first use
        with full_precision():
            for batch in self._batches:
                loss = self._share(weights, *batch)
                gradient = _gradient(loss, weights, create_graph=True)
                pairs = zip(gradient, direction.values(), strict=True)
                slope = sum(torch.sum(part * along) for part, along in pairs)
                torch._foreach_add_(product, _gradient(slope, weights))
        if not all(tensor.isfinite().all() for tensor in product):
            raise ArithmeticError("the loss or its derivatives at these weights are not finite")
        return dict(zip(direction, product, strict=True))


def _gradient(
    value: Tensor, weights: Mapping[str, Tensor], create_graph: bool = False
) -> tuple[Tensor, ...]:
    return torch.autograd.grad(
        value, list(weights.values()), create_graph=create_graph, materialize_grads=True
    )


def mean_and_error(draws: Tensor) -> tuple[float, float]:
    """The mean of `(n,)` independent draws, and its standard error.

    Raises:
        ValueError: fewer than two, which have no standard error.
    """
    if len(draws) < 2:
        raise ValueError(f"a standard error needs at least 2 random draws, got {len(draws)}")
    return draws.mean().item(), draws.std().item() / math.sqrt(len(draws))

"""The mean cross-entropy of fixed images as a function of a network's weights."""

import copy
from collections.abc import Iterator, Mapping

import torch
from torch import Tensor, nn
from torch.func import functional_call
from torch.nn import functional as F

from ...models.recording import full_precision


class Loss:
    """Mean cross-entropy, in nats, in evaluation mode and in the network's own precision.

    It works on a copy: the network itself, its mode and its gradients stay as they are.

    Args:
        model: a classifier.
        images: (n, c, h, w), as the network takes them, on its device.
        labels: (n,) int64.
        batch_size: images at once; bounds the memory, and changes results by rounding only.

    Attributes:
        weights: {parameter name: tensor}, the trainable parameters as they are.

    Raises:
        ValueError: no images, or not one label for each; a batch size below 1.
    """

    def __init__(self, model: nn.Module, images: Tensor, labels: Tensor, batch_size: int):
        if len(images) != len(labels) or not len(images):
            raise ValueError(
                f"there must be at least one image, and a label for each, got {len(images)} images "
                f"and {len(labels)} labels"
            )
        if batch_size < 1:
            raise ValueError(f"batch_size must be at least 1, got {batch_size}")
        self._network = copy.deepcopy(model).eval()
        self.weights = {
            name: weight.detach()
            for name, weight in self._network.named_parameters()
            if weight.requires_grad
        }
        self._network.requires_grad_(False)
        dtype = next(self._network.parameters()).dtype
        self._images, self._labels = images.to(dtype).split(batch_size), labels.split(batch_size)
        self._count = len(images)

    def _batches(self) -> Iterator[tuple[Tensor, Tensor]]:
        yield from zip(self._images, self._labels, strict=True)

    def _share(self, weights: Mapping[str, Tensor], images: Tensor, labels: Tensor) -> Tensor:
        """What one batch adds to the mean over all images."""
        logits = functional_call(self._network, dict(weights), (images,))
        return F.cross_entropy(logits, labels, reduction="sum") / self._count

    @torch.no_grad()
    def at(self, weights: Mapping[str, Tensor]) -> float:
        """The loss if these parameters have other values, {parameter name: tensor}."""
        with full_precision():
            return sum(self._share(weights, *batch).double().item() for batch in self._batches())

    @torch.enable_grad()
    def hessian_product(self, direction: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """How fast the gradient changes in a direction: the Hessian times it (Pearlmutter 1994).

        Args:
            direction: {parameter name: tensor}; derivatives are taken by these parameters only.

        Returns:
            {parameter name: tensor}, the parameters of `direction`.

        Raises:
            ArithmeticError: the loss or a derivative is infinite or NaN.
        """
        weights = {name: self.weights[name].clone().requires_grad_() for name in direction}
        product = [torch.zeros_like(tensor) for tensor in direction.values()]
        # reverse mode twice: forward over reverse is a fifth faster, but warns on its first use
        with full_precision():
            for batch in self._batches():
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

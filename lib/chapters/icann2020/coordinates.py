"""The space in which a network can move: which entries of its parameters are coordinates."""

from collections.abc import Mapping

import torch
from torch import Tensor

from ...lookup import unknown


def check_mask(weights: Mapping[str, Tensor], mask: Mapping[str, Tensor]) -> None:
    """Refuse a mask that is not one of these weights.

    Raises:
        ValueError: an unknown name, or another shape.
        TypeError: a tensor that is not boolean.
    """
    for name, kept in mask.items():
        if name not in weights:
            raise ValueError(unknown("trainable parameter in the mask", name, weights))
        if kept.dtype != torch.bool:
            raise TypeError(f"the mask of {name} must be boolean, got {kept.dtype}")
        if kept.shape != weights[name].shape:
            raise ValueError(
                f"the mask of {name} has the shape {tuple(kept.shape)}, the parameter "
                f"{tuple(weights[name].shape)}"
            )


class Coordinates:
    """Vectors of the entries that are free, and the same as tensors of the parameters' shapes.

    Args:
        weights: {parameter name: tensor}, all trainable parameters of a network.
        mask: {parameter name: bool tensor of the parameter's shape}, True where an entry is free.
            Parameters that it does not name are free as a whole.

    Raises:
        ValueError: a mask of another network, or one that leaves nothing free.
        TypeError: a mask that is not boolean.
    """

    def __init__(self, weights: Mapping[str, Tensor], mask: Mapping[str, Tensor]):
        check_mask(weights, mask)
        self._free = {
            name: mask[name].to(weight.device)
            if name in mask
            else torch.ones_like(weight, dtype=torch.bool)
            for name, weight in weights.items()
        }
        self._sizes = [int(free.sum()) for free in self._free.values()]
        self._like = {name: weights[name] for name in self._free}
        self.size = sum(self._sizes)
        if not self.size:
            raise ValueError("no weight is free: no trainable parameter has a survivor")

    def tensors(self, vector: Tensor) -> dict[str, Tensor]:
        """`(size,)` as {parameter name: tensor}, zero where an entry is not free."""
        tensors = {}
        for (name, free), part in zip(self._free.items(), vector.split(self._sizes), strict=True):
            like = self._like[name]
            tensors[name] = torch.zeros_like(like)
            tensors[name][free] = part.to(like)
        return tensors

    def vector(self, tensors: Mapping[str, Tensor]) -> Tensor:
        """The free entries of {parameter name: tensor} as `(size,)`, float64, on the CPU."""
        parts = [tensors[name][free] for name, free in self._free.items()]
        return torch.cat(parts).double().cpu()

"""Masks from and to PyTorch's own `torch.nn.utils.prune`."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn.utils import prune as torch_prune

from .mask import Mask, prunable_weights


def from_torch(model: nn.Module) -> Mask:
    """The mask that `torch.nn.utils.prune` has put on a network; whole where it has put none.

    Raises:
        ValueError: it has pruned something that is not prunable here, such as the output layer.
    """
    names = list(prunable_weights(model))
    pruned = {
        f"{path}.{hook._tensor_name}".removeprefix(".")
        for path, module in model.named_modules()
        for hook in module._forward_pre_hooks.values()
        if isinstance(hook, torch_prune.BasePruningMethod)
    }
    if foreign := sorted(pruned - set(names)):
        raise ValueError(f"{foreign} is pruned there, but not prunable here")
    kept = {}
    for name in names:
        module = model.get_submodule(name.removesuffix(".weight"))
        mask = getattr(module, "weight_mask", None)
        kept[name] = torch.ones_like(module.weight, dtype=torch.bool) if mask is None else mask != 0
    return Mask(kept)


def to_torch_(model: nn.Module, mask: Mask) -> None:
    """Put the mask on a network by `torch.nn.utils.prune.custom_from_mask`, in place.

    Raises:
        ValueError: the network's prunable weights are not those of the mask.
    """
    mask.apply_(model)
    for name, kept in mask.kept.items():
        module = model.get_submodule(name.removesuffix(".weight"))
        torch_prune.custom_from_mask(module, "weight", kept)

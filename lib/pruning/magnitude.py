"""Global magnitude pruning (Han et al. 2015; global scope: Frankle and Carbin 2019)."""

import torch
from torch import nn

from .mask import Mask, prunable_weights


def magnitude(model: nn.Module) -> dict[str, torch.Tensor]:
    """The score of each prunable weight: its absolute value.

    Returns:
        {parameter name: tensor of the parameter's shape}.
    """
    return {name: weight.detach().abs() for name, weight in prunable_weights(model).items()}


def prune_globally(mask: Mask, scores: dict[str, torch.Tensor], fraction: float) -> Mask:
    """Remove the lowest-scored fraction of the survivors, all layers in one pool.

    Exactly round(fraction * survivors) weights go, ties included: among equal scores the first
    in the order of the network go. The new mask is nested in the old one.

    Args:
        mask: what survives so far.
        scores: {parameter name: tensor of the parameter's shape}.
        fraction: of the survivors, in [0, 1).

    Raises:
        ValueError: `fraction` is outside of [0, 1), or a surviving weight's score is NaN.
    """
    if not 0 <= fraction < 1:
        raise ValueError(f"fraction must be in [0, 1), got {fraction}")
    alive = torch.cat([scores[name][kept] for name, kept in mask.kept.items()])
    if alive.isnan().any():
        raise ValueError("a surviving weight has the score NaN: the network has diverged")
    count = round(fraction * len(alive))
    keep = torch.ones_like(alive, dtype=torch.bool)
    if count:
        threshold = alive.kthvalue(count).values
        keep = alive > threshold
        tied = (alive == threshold).nonzero().squeeze(1)
        spared = len(alive) - count - int(keep.sum())
        keep[tied[len(tied) - spared :]] = True
    pruned = {}
    parts = keep.split([int(kept.sum()) for kept in mask.kept.values()])
    for (name, kept), part in zip(mask.kept.items(), parts, strict=True):
        pruned[name] = kept.clone()
        pruned[name][kept] = part
    return Mask(pruned)

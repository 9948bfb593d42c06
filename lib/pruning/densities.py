"""Masks with a given number of survivors in each layer."""

from __future__ import annotations

from collections.abc import Mapping

from torch import nn

from .mask import Mask
from .scores import Scores
from .selection import select


def prune_to_densities(
    model: nn.Module, mask: Mask, scores: Scores, densities: Mapping[str, float]
) -> Mask:
    """Remove the lowest-scored weights until each layer has a given density.

    With random scores and the densities of another mask, the two masks differ in nothing but the
    choice of weights within each layer.

    Args:
        model: its pruned weights become zero, nothing else changes.
        mask: what survived so far.
        scores: of all prunable weights.
        densities: {parameter name: fraction of its weights that is to survive}.

    Raises:
        ValueError: other layers than the mask's, or a density above the present one.
    """
    if set(densities) != set(mask.kept):
        differ = sorted(set(densities) ^ set(mask.kept))
        raise ValueError(f"densities of another network; they differ at {differ}")
    kept = {}
    for name, before in mask.kept.items():
        layer = Mask({name: before})
        target = round(densities[name] * layer.size)
        if target > layer.survivors:
            raise ValueError(f"{name} has {layer.survivors} survivors, fewer than {target}")
        kept |= select(layer, scores, lambda survivors, _, target=target: survivors - target).kept
    pruned = Mask(kept)
    pruned.apply_(model)
    return pruned

"""Masks with a given density in each layer, and weights that are scaled to make up for it."""

from __future__ import annotations

import math
from collections.abc import Mapping

import torch
from torch import nn

from .mask import Mask, prunable_weights
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

    Returns:
        The new mask, nested in `mask`.

    Raises:
        ValueError: other layers than the mask's, or a density above the present one.
    """
    if set(densities) != set(mask.kept):
        differ = sorted(set(densities) ^ set(mask.kept))
        raise ValueError(f"the densities are of another network; they differ at {differ}")
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


@torch.no_grad()
def rescale_(model: nn.Module, mask: Mask) -> None:
    """Divide the prunable weights of each layer by the square root of its density, in place.

    A unit that keeps only a random fraction d of its inputs has d times the variance. The division
    restores the variance of the complete network. With it, the tangent kernel of a randomly pruned
    network has the same limit as that of the complete one (Yang and Wang 2023). An empty layer
    stays as it is.

    Args:
        model: with new random values, masked or not yet.
        mask: which of its weights survive.
    """
    weights = prunable_weights(model)
    for name, density in mask.densities.items():
        if density:
            weights[name].div_(math.sqrt(density))

"""Selection of the weights to remove: from which pool, singly or in whole filters, and how many."""

import math
from collections.abc import Callable, Mapping

import torch
from torch import nn

from ..did_you_mean import check
from .mask import Mask
from .scores import Scores

SCOPES = ("global", "local")
GRANULARITIES = ("weight", "filter_l1")
"""Pools and units of pruning: see `select`."""


def select(
    mask: Mask,
    scores: Scores,
    removal: Callable[[int, int], int],
    scope: str = "global",
    granularity: str = "weight",
) -> Mask:
    """The mask without the lowest-scored survivors of each pool.

    Of single weights, exactly the requested number is removed; among equal scores, the first in the
    network are. Filters differ in size: they are removed until the number of their weights is as
    near as possible to the requested one.

    Args:
        mask: the survivors so far.
        scores: of all prunable weights.
        removal: function(survivors, size) that returns the number of weights to remove from a pool.
        scope: "global", all layers in one pool; or "local", each a pool of its own.
        granularity: "weight"; or "filter_l1", a whole filter by the mean absolute score of
            its weights (norm: Li et al. 2017). A filter is what the first index of a weight
            selects: in a transposed convolution an input channel.

    Raises:
        ValueError: an unknown scope or granularity; a surviving weight whose score is not a number.
    """
    check("scope", scope, SCOPES)
    check("granularity", granularity, GRANULARITIES)
    kept = {}
    pools = [mask.kept]
    if scope == "local":
        pools = [{name: weights} for name, weights in mask.kept.items()]
    for part in map(Mask, pools):
        count = removal(part.survivors, part.size)
        kept |= _remaining(part.kept, scores, count, granularity)
    return Mask(kept)


def _remaining(
    part: Scores, scores: Scores, count: int, granularity: str
) -> dict[str, torch.Tensor]:
    """The rest of one pool; a single weight counts as a filter of its own."""
    shapes, values, sizes = [], [], []
    for name, kept in part.items():
        shape = kept.shape if granularity == "weight" else (len(kept), *[1] * (kept.ndim - 1))
        alive = kept.reshape(math.prod(shape), -1)
        weights = scores[name].reshape(alive.shape).double()
        if granularity != "weight":
            weights = weights.abs()
        number = alive.sum(1)
        shapes.append(shape)
        values.append(weights.masked_fill(~alive, 0).sum(1) / number.clamp_min(1))
        sizes.append(number)
    value, number = torch.cat(values), torch.cat(sizes)
    if value.isnan().any():
        raise ValueError("a surviving weight has the score NaN: the network has diverged")
    order = value.argsort(stable=True)
    removed = number[order].cumsum(0)
    distances = torch.cat([removed.new_zeros(1), removed]).sub(count).abs()
    keep = torch.ones_like(number, dtype=torch.bool)
    keep[order[: int(distances.argmin())]] = False
    pieces = keep.split([len(filters) for filters in sizes])
    of_layers = zip(part.items(), pieces, shapes, strict=True)
    return {name: kept & piece.view(shape) for (name, kept), piece, shape in of_layers}


def prune_to_densities(
    model: nn.Module, mask: Mask, scores: Scores, densities: Mapping[str, float]
) -> Mask:
    """Remove the lowest-scored weights until each layer has a given density.

    With random scores and the densities of another mask, the two masks differ in
    nothing but the choice of weights within each layer.

    Args:
        model, mask: as for `lib.pruning.prune`, as is the result.
        scores: of all prunable weights.
        densities: {parameter name: fraction of its weights that is to survive}.

    Raises:
        ValueError: other layers than the mask's, or a density that cannot be reached.
    """
    if differ := sorted(set(densities) ^ set(mask.kept)):
        raise ValueError(f"the densities are of another network; they differ at {differ}")
    kept = {}
    for name, before in mask.kept.items():
        layer = Mask({name: before})
        target = round(densities[name] * layer.size)
        if not 0 <= target <= layer.survivors:
            raise ValueError(f"{name} has {layer.survivors} survivors, and is to keep {target}")
        kept |= select(layer, scores, lambda survivors, _, target=target: survivors - target).kept
    pruned = Mask(kept)
    pruned.apply_(model)
    return pruned

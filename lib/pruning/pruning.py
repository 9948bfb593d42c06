"""Iterative magnitude pruning with learning-rate rewinding, as data and as one step."""

from dataclasses import dataclass

from torch import nn

from .mask import Mask
from .scores import magnitude
from .selection import prune_globally


@dataclass(frozen=True)
class Pruning:
    """Iterative magnitude pruning (paper, sections 3.1 and 4).

    After each pruning the survivors keep their values and the whole training is repeated with its
    whole schedule and a new optimiser: learning-rate rewinding (Renda et al. 2020).

    Attributes:
        iterations: how many times to prune and train again.
        fraction: of the surviving prunable weights, removed each time.
    """

    iterations: int = 20
    fraction: float = 0.2

    def __post_init__(self):
        if self.iterations < 1:
            raise ValueError(f"iterations must be at least 1, got {self.iterations}")
        if not 0 < self.fraction < 1:
            raise ValueError(f"fraction must be between 0 and 1, got {self.fraction}")


def prune(model: nn.Module, mask: Mask, pruning: Pruning) -> Mask:
    """One pruning step: the next mask, already applied to the network.

    Args:
        model: a trained network; its pruned weights become zero.
        mask: what survived so far; `Mask.complete(model)` before the first iteration.
        pruning: how much to remove.

    Returns:
        The new mask, nested in `mask`.
    """
    pruned = prune_globally(mask, magnitude(model), pruning.fraction)
    pruned.apply_(model)
    return pruned

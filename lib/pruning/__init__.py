"""Which weights to remove, and how to keep them removed."""

from .magnitude import magnitude, prune_globally
from .mask import Mask, prunable_weights
from .pruning import Pruning, prune

__all__ = [
    "Mask",
    "Pruning",
    "magnitude",
    "prunable_weights",
    "prune",
    "prune_globally",
]

"""Which weights to remove, and how to keep them removed."""

from .mask import Mask, prunable_weights
from .pruning import Pruning, prune
from .scores import magnitude
from .selection import prune_globally

__all__ = [
    "Mask",
    "Pruning",
    "magnitude",
    "prunable_weights",
    "prune",
    "prune_globally",
]

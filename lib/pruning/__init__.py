"""Which weights to remove, how to keep them removed, and where the survivors start again."""

from .compact import compact, kept_channels
from .mask import Mask, prunable_weights
from .operations import multiply_adds, weight_uses
from .pruning import Pruning, prune
from .retraining import (
    FineTune,
    LearningRateRewind,
    Reinitialise,
    Retraining,
    WeightRewind,
    rescale_,
)
from .scores import SCORES, Evidence, gradient_weight, magnitude, random, synflow
from .weight_selection import GRANULARITIES, prune_to_densities, select

"""Which weights to remove, how to keep them removed, and where the survivors start again."""

from .iterative import iterative_magnitude_pruning
from .mask import Mask
from .prunable import prunable_weights, spared_weights
from .pruning import prune
from .rescaling import rescale_
from .scores import SCORES, Evidence, gradient_weight, magnitude, random, synflow
from .settings import (
    FineTune,
    LearningRateRewind,
    Pruning,
    Reinitialise,
    Retraining,
    WeightRewind,
)
from .weight_selection import GRANULARITIES, prune_to_densities, select

"""Which weights to remove, how to keep them removed, and where the survivors start again."""

from .densities import prune_to_densities, rescale_
from .mask import Mask, prunable_weights
from .pruning import Pruning, prune
from .retraining import FineTune, LearningRateRewind, Reinitialise, Retraining, WeightRewind
from .scores import SCORES, Evidence, gradient_weight, magnitude, random, synflow
from .selection import GRANULARITIES, select

"""Pruning: the choice of weights, their masks, and the values that survivors start again from."""

from .mask import Mask
from .operations import multiply_adds
from .prunable import prunable_weights
from .pruning import iterative_magnitude_pruning, prune, rescale_
from .scores import SCORES, Evidence, gradient_weight, magnitude, random, synflow
from .settings import FineTune, LearningRateRewind, Pruning, Reinitialise, WeightRewind
from .weight_selection import GRANULARITIES, prune_to_densities, select

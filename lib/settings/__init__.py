"""How networks are trained and pruned, as data, and the names that declarations may use.

Nothing in it needs PyTorch, so that what only plans, lists or checks a study does not
wait for it.
"""

from .augmentation_settings import Augmentation
from .pruning_settings import Pruning
from .recipe import LayerwiseMomentum, Momentum, Recipe
from .retraining import FineTune, LearningRateRewind, Reinitialise, Retraining, WeightRewind
from .schedules import PiecewiseLinear, Steps

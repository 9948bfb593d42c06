"""The training loop, its optimisers and its schedules."""

from .evaluation import evaluate
from .optimisers import LARS
from .recipe import LayerwiseMomentum, Momentum, Recipe
from .schedules import PiecewiseLinear, Steps
from .training import DivergedError, Epoch, Training

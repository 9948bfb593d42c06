"""The training loop, its optimisers and its schedules."""

from .evaluation import evaluate
from .optimisers import LARS
from .recipe import LayerwiseMomentum, Momentum, PiecewiseLinear, Recipe, Steps
from .training import DivergedError, Epoch, Training

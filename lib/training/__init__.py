"""The training loop, its optimisers and its schedules."""

from ..settings import LayerwiseMomentum, Momentum, PiecewiseLinear, Recipe, Steps
from .evaluation import evaluate
from .optimisers import LARS
from .training import DivergedError, Epoch, Training

"""The loss around trained weights."""

from .directions import loss_along, loss_increase, rise
from .estimate import Estimate
from .hessian import NotConvergedError, top_eigenvalues, trace

__all__ = [
    "Estimate",
    "NotConvergedError",
    "loss_along",
    "loss_increase",
    "rise",
    "top_eigenvalues",
    "trace",
]

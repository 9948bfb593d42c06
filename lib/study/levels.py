"""How far variants prune, derived from their bases."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .experiment import Experiment

Declared = Mapping[str, tuple[str, Callable[[Experiment], dict[str, Any]]]]
"""suffix -> what a variant is, in a few words, and {path: value} for the base in a profile."""


def left(e: Experiment, iterations: int) -> float:
    """The fraction of the weights that the base has left after a number of iterations."""
    return (1 - e.pruning.fraction) ** iterations


def one_shot(e: Experiment) -> dict[str, Any]:
    return {"pruning.levels": (left(e, e.pruning.iterations),)}


def early(e: Experiment) -> int:
    """A tenth of the training, in epochs: late enough for small networks (Frankle et al. 2020)."""
    return max(e.recipe.epochs // 10, 1)

"""A training recipe as data: optimiser, schedule, augmentation."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from ..data import Augmentation
from ..validation import check_types


@dataclass(frozen=True)
class Steps:
    """A rate of `initial`, multiplied by `factor` at each milestone, in epochs from the start."""

    initial: float
    milestones: tuple[float, ...]
    factor: float = 0.1

    def __post_init__(self):
        if list(self.milestones) != sorted(set(self.milestones)):
            raise ValueError(f"milestones must increase, got {self.milestones}")

    def __call__(self, epoch: float) -> float:
        """The learning rate after a number of epochs, which may be fractional."""
        return self.initial * self.factor ** sum(epoch >= m for m in self.milestones)

    def compressed(self, factor: Fraction) -> Steps:
        """The same schedule in `factor` times the epochs."""
        return replace(self, milestones=tuple(float(Fraction(m) * factor) for m in self.milestones))

    def __str__(self) -> str:
        if not self.milestones:
            return f"constant, {self.initial:g}"
        at = ", ".join(f"{m:g}" for m in self.milestones)
        return f"{self.initial:g}, times {self.factor:g} at epochs {at}"


@dataclass(frozen=True)
class PiecewiseLinear:
    """Linear interpolation between rates at given epochs, constant before and after them."""

    epochs: tuple[float, ...]
    rates: tuple[float, ...]

    def __post_init__(self):
        if len(self.epochs) != len(self.rates):
            raise ValueError(f"{len(self.epochs)} epochs but {len(self.rates)} rates")
        if list(self.epochs) != sorted(set(self.epochs)):
            raise ValueError(f"epochs must increase, got {self.epochs}")

    def __call__(self, epoch: float) -> float:
        return float(np.interp(epoch, self.epochs, self.rates))

    def compressed(self, factor: Fraction) -> PiecewiseLinear:
        return replace(self, epochs=tuple(float(e * factor) for e in self.epochs))

    def __str__(self) -> str:
        knots = " to ".join(f"{r:g}" for r in self.rates)
        at = ", ".join(f"{e:g}" for e in self.epochs)
        return f"piecewise linear, {knots} at epochs {at}"


@dataclass(frozen=True)
class Momentum:
    """SGD with momentum, PyTorch's form (Sutskever et al. 2013 where `nesterov`).

    `weight_decay` times the weights is added to the gradient of every parameter.
    """

    momentum: float = 0.9
    weight_decay: float = 1e-4
    nesterov: bool = True


@dataclass(frozen=True)
class LayerwiseMomentum:
    """SGD with momentum and LARS updates; the attributes are those of `lib.training.LARS`."""

    momentum: float = 0.9
    weight_decay: float = 5e-4
    trust: float = 0.001


@dataclass(frozen=True)
class Recipe:
    """The training of a network, complete or pruned."""

    epochs: int
    batch_size: int  # the last batch of an epoch may be smaller
    optimiser: Momentum | LayerwiseMomentum
    schedule: Steps | PiecewiseLinear
    augmentation: Augmentation = Augmentation()

    def steps_in_epoch(self, images: int) -> int:
        return math.ceil(images / self.batch_size)

    def compressed(self, epochs: int) -> Recipe:
        """The same recipe and schedule, compressed to a number of epochs."""
        # a Fraction is exact; a rounded milestone that falls on a step might come one step late
        schedule = self.schedule.compressed(Fraction(epochs, self.epochs))
        return replace(self, epochs=epochs, schedule=schedule)

    def __post_init__(self):
        check_types(self, epochs=1, batch_size=1)

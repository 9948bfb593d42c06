"""Learning rates as functions of the time since the training began, in epochs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np


@dataclass(frozen=True)
class Steps:
    """Constant, multiplied by `factor` at each milestone.

    Attributes:
        initial: learning rate of the first epoch.
        milestones: epochs, counted from 0, before which the rate is multiplied.
        factor: of the multiplication, usually 0.1.
    """

    initial: float
    milestones: tuple[float, ...]
    factor: float = 0.1

    def __post_init__(self):
        if list(self.milestones) != sorted(set(self.milestones)):
            raise ValueError(f"milestones must increase, got {self.milestones}")

    def __call__(self, epoch: float) -> float:
        """The learning rate at `epoch` (fractions allowed), counted from the first step."""
        return self.initial * self.factor ** sum(epoch >= m for m in self.milestones)

    def compressed(self, factor: Fraction) -> Steps:
        """The same schedule in `factor` times the epochs."""
        return replace(self, milestones=tuple(float(m * factor) for m in self.milestones))

    def __str__(self) -> str:
        if not self.milestones:
            return f"constant, {self.initial:g}"
        at = ", ".join(f"{m:g}" for m in self.milestones)
        return f"{self.initial:g}, times {self.factor:g} at epochs {at}"


@dataclass(frozen=True)
class PiecewiseLinear:
    """Straight lines between (epoch, learning rate) knots, constant outside of them.

    Attributes:
        epochs: increasing.
        rates: the learning rate at each of them.
    """

    epochs: tuple[float, ...]
    rates: tuple[float, ...]

    def __post_init__(self):
        if len(self.epochs) != len(self.rates):
            raise ValueError(f"{len(self.epochs)} epochs but {len(self.rates)} rates")
        if list(self.epochs) != sorted(set(self.epochs)):
            raise ValueError(f"epochs must increase, got {self.epochs}")

    def __call__(self, epoch: float) -> float:
        """The learning rate at `epoch` (fractions allowed), counted from the first step."""
        return float(np.interp(epoch, self.epochs, self.rates))

    def compressed(self, factor: Fraction) -> PiecewiseLinear:
        """The same schedule in `factor` times the epochs."""
        return replace(self, epochs=tuple(float(e * factor) for e in self.epochs))

    def __str__(self) -> str:
        knots = " to ".join(f"{r:g}" for r in self.rates)
        at = ", ".join(f"{e:g}" for e in self.epochs)
        return f"piecewise linear, {knots} at epochs {at}"

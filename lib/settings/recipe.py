"""A training recipe as data."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from fractions import Fraction

from ..validation import check_types
from .augmentation_settings import Augmentation
from .schedules import PiecewiseLinear, Steps


@dataclass(frozen=True)
class Momentum:
    """SGD with momentum, PyTorch's form (Sutskever et al. 2013 where `nesterov`).

    Attributes:
        momentum: factor on the velocity.
        weight_decay: this multiple of the weights is added to the gradient of every
            parameter.
        nesterov: look ahead along the velocity.
    """

    momentum: float = 0.9
    weight_decay: float = 1e-4
    nesterov: bool = True

    def __str__(self) -> str:
        kind = "Nesterov momentum" if self.nesterov else "momentum"
        return f"SGD, {kind} {self.momentum:g}, weight decay {self.weight_decay:g}"


@dataclass(frozen=True)
class LayerwiseMomentum:
    """SGD with momentum and LARS updates; the attributes are those of `lib.training.LARS`."""

    momentum: float = 0.9
    weight_decay: float = 5e-4
    trust: float = 0.001

    def __str__(self) -> str:
        return (
            f"SGD with LARS, trust {self.trust:g}, momentum {self.momentum:g}, "
            f"weight decay {self.weight_decay:g}"
        )


@dataclass(frozen=True)
class Recipe:
    """How a network is trained, complete or pruned.

    Attributes:
        epochs: passes over the training images.
        batch_size: images in one step; the last batch of an epoch may be smaller.
        optimiser: what a step does.
        schedule: the learning rate at each step.
        augmentation: what is done to the training images.
    """

    epochs: int
    batch_size: int
    optimiser: Momentum | LayerwiseMomentum
    schedule: Steps | PiecewiseLinear
    augmentation: Augmentation = Augmentation()

    def steps_in_epoch(self, images: int) -> int:
        """How many steps an epoch of so many images has."""
        return math.ceil(images / self.batch_size)

    def compressed(self, epochs: int) -> Recipe:
        """The same recipe in this many epochs, with its schedule compressed to fit."""
        shorter = replace(self, epochs=epochs)
        # a Fraction is exact; a rounded milestone that falls on a step might come one step late
        factor = Fraction(epochs, self.epochs)
        return replace(shorter, schedule=self.schedule.compressed(factor))

    def __post_init__(self):
        check_types(self, epochs=1, batch_size=1)

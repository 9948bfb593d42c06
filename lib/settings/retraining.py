"""What happens to the survivors before they are trained again."""

from dataclasses import dataclass

from ..validation import check_types


@dataclass(frozen=True)
class LearningRateRewind:
    """Survivors keep their values; the schedule starts again (Renda et al. 2020).

    Attributes:
        epochs: train for only this many epochs, the last of the schedule; None for all
            of them.
    """

    epochs: int | None = None

    def __post_init__(self):
        check_types(self, epochs=1)

    def __str__(self) -> str:
        return "learning-rate rewinding" + (f" by {self.epochs} epochs" if self.epochs else "")


@dataclass(frozen=True)
class FineTune:
    """Survivors keep their values and train on at a small constant rate (Han et al. 2015).

    Attributes:
        epochs: how many epochs to train on.
        rate: learning rate.
    """

    epochs: int
    rate: float

    def __post_init__(self):
        check_types(self, epochs=1)
        if self.rate <= 0:
            raise ValueError(f"rate must be positive, got {self.rate}")

    def __str__(self) -> str:
        return f"fine-tuning for {self.epochs} epochs at {self.rate:g}"


@dataclass(frozen=True)
class WeightRewind:
    """Survivors, and all else that is trained, go back to an earlier point of the training.

    Frankle and Carbin (2019) go back to the start, Frankle et al. (2020) to a point
    soon after it (late resetting). Training goes on from there, and the schedule with
    it.

    Attributes:
        epoch: how many whole epochs precede the point.
        step: how many optimiser steps of the next epoch precede the point.
    """

    epoch: int = 0
    step: int = 0

    def __post_init__(self):
        check_types(self, epoch=0, step=0)

    @property
    def point(self) -> tuple[int, int]:
        """(epoch, step), as `Training` counts them."""
        return self.epoch, self.step

    def __str__(self) -> str:
        if self.point == (0, 0):
            return "weight rewinding to the start"
        return f"weight rewinding to epoch {self.epoch}, step {self.step}"


@dataclass(frozen=True)
class Reinitialise:
    """Everything gets new random initial values; only the mask is kept.

    Attributes:
        rescaled: divide the new weights of each layer by the square root of its density
            (Yang and Wang 2023), see `lib.pruning.rescale_`.
        then: the retraining of all iterations after the first; None for new values in
            each.
    """

    rescaled: bool = False
    then: LearningRateRewind | None = None

    def __str__(self) -> str:
        rescaled = ", rescaled to the density of their layer" if self.rescaled else ""
        then = f", then {self.then}" if self.then else ""
        return f"new random weights{rescaled}{then}"


Retraining = LearningRateRewind | FineTune | WeightRewind | Reinitialise

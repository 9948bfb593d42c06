"""Iterative magnitude pruning and its variants, as data."""

from dataclasses import dataclass

from ..did_you_mean import check
from ..validation import check_types
from .scores import SCORES
from .weight_selection import GRANULARITIES, SCOPES


@dataclass(frozen=True)
class LearningRateRewind:
    """Survivors keep their values; the schedule starts again (Renda et al. 2020)."""

    def __str__(self) -> str:
        return "learning-rate rewinding"


@dataclass(frozen=True)
class FineTune:
    """Survivors keep their values and train on at a small constant rate (Han et al. 2015)."""

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
    """Survivors and all other trained values go back to an earlier point of the training.

    Frankle and Carbin (2019) go back to the start, Frankle et al. (2020) to a point soon
    after it (late resetting). Training and schedule go on from there.

    Attributes:
        epoch, step: number of whole epochs, and of steps in the next epoch, before the point.
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
        rescaled: whether `lib.pruning.rescale_` follows.
        then: the retraining of all iterations after the first; None for new values in each.
    """

    rescaled: bool = False
    then: LearningRateRewind | None = None

    def __str__(self) -> str:
        rescaled = ", rescaled to the density of their layer" if self.rescaled else ""
        then = f", then {self.then}" if self.then else ""
        return f"new random weights{rescaled}{then}"


Retraining = LearningRateRewind | FineTune | WeightRewind | Reinitialise


@dataclass(frozen=True)
class Pruning:
    """How a network is pruned, iteration by iteration; the defaults are the paper's.

    Sections 3.1 and 4: global magnitude pruning; the survivors keep their values, and
    the training is repeated with its whole schedule and a new optimiser.

    Attributes:
        iterations: number of times to prune and train again.
        fraction: share of the surviving prunable weights that each iteration removes.
        levels: instead of both: the fraction of all prunable weights that remains after
            each iteration, not increasing. `(0.8**20,)` is one-shot pruning; an
            iteration whose level is 1 trains without pruning.
        score: a key of `lib.pruning.SCORES`; the weights with the lowest scores go.
        scope, granularity: as for `lib.pruning.select`.
        rounds: number of times to score and prune within an iteration, in geometric steps of the
            remaining fraction (Tanaka et al. 2020); more than 1 needs `levels`.
        scoring_images: number of training images for scores that use images.
        retraining: the state from which survivors start their next training.
        short: epochs of all re-trainings but the last, with the schedule compressed
            (accelerated IMP, Zullich et al. 2021); None for whole schedules.
        start: the weights that are pruned first: those of the "complete" network, or the
            "initial" ones (pruning before training).

    Raises:
        TypeError, ValueError: a value of the wrong type, or an invalid one.
    """

    iterations: int = 20
    fraction: float = 0.2
    levels: tuple[float, ...] = ()
    score: str = "magnitude"
    scope: str = "global"
    granularity: str = "weight"
    rounds: int = 1
    scoring_images: int = 1000
    retraining: Retraining = LearningRateRewind()
    short: int | None = None
    start: str = "complete"

    def __post_init__(self):
        check_types(self, iterations=1, short=1, scoring_images=1)
        if self.levels:
            if not all(0 < level <= 1 for level in self.levels):
                raise ValueError(f"levels must be above 0 and at most 1, got {self.levels}")
            if list(self.levels) != sorted(self.levels, reverse=True):
                raise ValueError(f"levels must not increase, got {self.levels}")
            object.__setattr__(self, "iterations", len(self.levels))
        if not 0 < self.fraction < 1:
            raise ValueError(f"fraction must be between 0 and 1, got {self.fraction}")
        check("score", self.score, SCORES)
        check("scope", self.scope, SCOPES)
        check("granularity", self.granularity, GRANULARITIES)
        check("start", self.start, ("complete", "initial"))
        if self.rounds < 1 or (self.rounds > 1 and not self.levels):
            raise ValueError(f"rounds must be 1, or more together with levels, got {self.rounds}")
        if self.short is not None and isinstance(self.retraining, FineTune | WeightRewind):
            raise ValueError(
                f"short re-trainings compress a whole schedule, but {self.retraining} has none"
            )

    def retraining_of(self, iteration: int) -> Retraining:
        """The retraining of an iteration, counted from 1."""
        if iteration > 1 and isinstance(self.retraining, Reinitialise):
            return self.retraining.then or self.retraining
        return self.retraining

    def removal(self, iteration: int, survivors: int, size: int, rounds_left: int = 1) -> int:
        """Number of weights to remove from a pool, given its survivors and its size."""
        if not self.levels:
            return round(self.fraction * survivors)
        target = self.levels[iteration - 1] * size
        left = survivors * (target / max(survivors, 1)) ** (1 / rounds_left)
        return max(survivors - round(left), 0)

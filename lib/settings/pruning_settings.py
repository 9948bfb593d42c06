"""Iterative magnitude pruning and its variants, as data."""

from dataclasses import dataclass

from ..did_you_mean import check
from ..validation import check_types
from .known_names import GRANULARITIES, SCORE_NAMES
from .retraining import LearningRateRewind, Reinitialise, Retraining

SCOPES = ("global", "local")
STARTING_WEIGHTS = ("complete", "initial")


@dataclass(frozen=True)
class Pruning:
    """How a network is pruned, iteration by iteration; the defaults are the paper's.

    Sections 3.1 and 4: global magnitude pruning; the survivors keep their values, and
    the training is repeated with its whole schedule and a new optimiser.

    Attributes:
        iterations: how many times to prune and train again.
        fraction: share of the surviving prunable weights that each iteration removes.
        levels: instead of both: the fraction of all prunable weights that remains after
            each iteration, not increasing. `(0.8**20,)` is one-shot pruning; an
            iteration whose level is 1 trains without pruning.
        score: a key of `lib.pruning.SCORES`; the weights with the lowest scores go.
        scope: "global", "local", or patterns for pools, see `lib.pruning.select`.
        granularity: "weight" or "filter_l1", see `lib.pruning.select`.
        rounds: how many times to score and prune within an iteration, while the
            remaining fraction falls geometrically (Tanaka et al. 2020); more than 1
            needs `levels`.
        scoring_images: how many training images a score that looks at any sees in a
            round.
        retraining: what the survivors start their next training from.
        short: epochs of all re-trainings but the last, with the schedule compressed
            (accelerated IMP, Zullich et al. 2021); None for whole schedules.
        start: the weights that are pruned first: those of the "complete" network, or the
            "initial" ones (pruning before training).

    Raises:
        TypeError: a value of another type.
        ValueError: a value that makes no sense, alone or with the others.
    """

    iterations: int = 20
    fraction: float = 0.2
    levels: tuple[float, ...] = ()
    score: str = "magnitude"
    scope: str | tuple[str, ...] = "global"
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
        choices = {"score": SCORE_NAMES, "granularity": GRANULARITIES, "start": STARTING_WEIGHTS}
        for name, known in choices.items():
            check(name, getattr(self, name), known)
        if not self.scope or (isinstance(self.scope, str) and self.scope not in SCOPES):
            raise ValueError(f"scope must be 'global', 'local' or patterns, got {self.scope!r}")
        if self.rounds < 1 or (self.rounds > 1 and not self.levels):
            raise ValueError(f"rounds must be 1, or more together with levels, got {self.rounds}")
        whole = LearningRateRewind(), Reinitialise()
        if self.short is not None and self.retraining not in whole:
            raise ValueError(
                f"short re-trainings compress a whole schedule, but {self.retraining} has none"
            )

    def retraining_of(self, iteration: int) -> Retraining:
        """What the survivors of an iteration, counted from 1, start from."""
        retraining = self.retraining
        if iteration > 1 and isinstance(retraining, Reinitialise):
            return retraining.then or retraining
        return retraining

    def removal(self, iteration: int, survivors: int, size: int, rounds_left: int = 1) -> int:
        """How many weights to remove from a pool.

        Args:
            iteration: counted from 1.
            survivors: how many weights of the pool are left.
            size: how many weights the pool has, removed or not.
            rounds_left: how many rounds this iteration has left, this one included.
        """
        if not self.levels:
            return round(self.fraction * survivors)
        target = self.levels[iteration - 1] * size
        left = survivors * (target / max(survivors, 1)) ** (1 / rounds_left)
        return max(survivors - round(left), 0)

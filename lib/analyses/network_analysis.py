"""Plans of analyses of the kept networks of a run: which iterations, beside which networks.

`lib.analyses.kept_networks` carries them out.
"""

from dataclasses import dataclass

from ..study.analysis_plan import AnalysisPlan
from ..study.declarations import COMPLETE_SEEDS
from ..study.experiment import Experiment
from ..study.job import Job
from .measured_networks import ITERATIONS


@dataclass(frozen=True)
class AllIterations(AnalysisPlan):
    """An analysis of the networks of all iterations."""

    def reached(self, experiment: Experiment) -> list[int]:
        """The iterations whose networks are measured in a run of an experiment."""
        return list(range(1, experiment.pruning.iterations + 1))


@dataclass(frozen=True)
class SomeIterations(AllIterations):
    """An analysis of the networks of some iterations.

    Attributes:
        iterations: those whose networks are measured, as far as a run has them.
    """

    iterations: tuple[int, ...]

    def reached(self, experiment: Experiment) -> list[int]:
        return [number for number in super().reached(experiment) if number in self.iterations]


@dataclass(frozen=True)
class BesideOtherSeeds(SomeIterations):
    """An analysis of the networks of some iterations, beside the complete networks of all seeds.

    Attributes:
        seeds: their train seeds, all that the experiment declares among them.
    """

    seeds: tuple[int, ...] = COMPLETE_SEEDS

    def others(self, run: Job) -> list[Job]:
        """The complete networks of the study's other seeds."""
        return [Job(run.experiment, seed) for seed in self.seeds if seed != run.train_seed]


@dataclass(frozen=True)
class SomeBesideComplete(SomeIterations):
    """An analysis of the networks of some iterations, each beside the complete one.

    Attributes:
        images: how many of the test split, the first ones.
    """

    iterations: tuple[int, ...] = ITERATIONS
    images: int = 500

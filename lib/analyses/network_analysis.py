"""Analyses that measure the kept networks of a run, each by itself or beside the complete one."""

from abc import abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial

from torch import nn

from ..pruning import Mask
from ..study.analyses import Analysis, Rows
from ..study.declarations import COMPLETE_SEEDS
from ..study.experiment import Experiment
from ..study.job import Job
from ..study.prepared_experiment import PreparedExperiment
from ..study.running_job import RunningJob
from ..study.stored_networks import load_complete, load_mask, load_network
from .measured_networks import ITERATIONS


@dataclass(frozen=True)
class AllIterations(Analysis):
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
class NetworkAnalysis(SomeIterations):
    """An analysis of the complete network, iteration 0, and of the networks of some iterations."""

    @abstractmethod
    def rows(self, setting: PreparedExperiment, network: nn.Module, mask: Mask) -> Iterable[dict]:
        """The rows of one network, without the columns that tell networks apart."""

    def parts(self, task: RunningJob) -> Iterator[tuple[str, Rows]]:
        for iteration in [0, *self.reached(task.setting.experiment)]:
            yield f"iteration {iteration}", partial(self._measure, task, iteration)

    def _measure(self, task: RunningJob, iteration: int) -> Iterator[dict]:
        run, setting = task.run, task.setting
        if iteration:
            network = load_network(task.study, run, setting, iteration)
            mask = load_mask(task.study, run, iteration).to(setting.device)
        else:
            network = load_complete(task.study, run, setting)
            mask = Mask.complete(network)
        for row in self.rows(setting, network, mask):
            yield task.key(iteration) | row


@dataclass(frozen=True)
class BesideComplete(AllIterations):
    """An analysis of the networks of all iterations, each beside the complete one.

    Where an experiment compares complete networks with each other, it is about the
    other one.
    """

    @abstractmethod
    def rows(
        self, setting: PreparedExperiment, complete: nn.Module, network: nn.Module
    ) -> Iterable[dict]:
        """The rows of one network, without the columns that tell networks apart."""

    def parts(self, task: RunningJob) -> Iterator[tuple[str, Rows]]:
        study, run, setting = task.study, task.run, task.setting
        rows = partial(self._compare, task, load_complete(study, run, setting))
        if setting.experiment.against == "complete":
            other_network = load_complete(study, Job(run.experiment, run.prune_seed), setting)
            yield "other network", partial(rows, 0, other_network)
            return
        for iteration in self.reached(setting.experiment):
            network = load_network(study, run, setting, iteration)
            yield f"iteration {iteration}", partial(rows, iteration, network)

    def _compare(
        self, task: RunningJob, complete: nn.Module, iteration: int, network: nn.Module
    ) -> Iterator[dict]:
        for row in self.rows(task.setting, complete, network):
            yield task.key(iteration) | row


@dataclass(frozen=True)
class SomeBesideComplete(SomeIterations, BesideComplete):
    """The same, of some iterations.

    Attributes:
        images: how many of the test split, the first ones.
    """

    iterations: tuple[int, ...] = ITERATIONS
    images: int = 500

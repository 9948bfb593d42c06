"""Further measurements of a study's saved networks, each in one file in the folder of its page."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

from ..table_schemas import TableSchema
from .experiment import Experiment

if TYPE_CHECKING:  # a study has analyses, and they work for its jobs
    from .study import Job
    from .task import Task

COMPLETE_SEEDS = (0, 1, 2)
"""Train seeds of the complete networks that are compared, with each other or with pruned networks.
A profile may prune only some of them."""


@dataclass(frozen=True)
class Analysis(ABC):
    """A measurement of saved networks: subclass this to define an analysis.

    Its fields, and the code that its file imports, are part of the job's fingerprint.
    `notebooks/catalogue.py` lists the networks that it measures, and its fields for each.

    Attributes:
        table: the table that it writes, whose name is also that of the job.
        chapter: the chapter to which it belongs.
    """

    table: ClassVar[TableSchema]
    chapter: ClassVar[str]

    @property
    def name(self) -> str:
        return self.table.name

    def runs(self, experiment: Experiment) -> list[dict[str, int]]:
        """The seeds of the runs whose networks are analysed, by a `Job`'s names; all by default."""
        return experiment.runs()

    def others(self, run: Job) -> list[Job]:
        """Further jobs whose networks an analysis of this run needs; none by default.

        Each is a run, or trains a complete network. If several experiments share that network, the
        job may be of any of them.
        """
        return []

    @abstractmethod
    def parts(self, task: Task) -> Iterator[tuple[str, Iterable[dict]]]:
        """(name, rows of the table) of each part, after which there is a checkpoint.

        Rows are computed lazily, so those of finished parts are not computed again.

        Args:
            task: the `Task` at work: its job, its networks, and its experiment with the data.
        """


@dataclass(frozen=True)
class WithStrangers(Analysis):
    """An analysis that compares networks of a run with their original and with strangers.

    Attributes:
        iterations: iterations whose networks are measured, if the run has them.
        seeds: train seeds of the original and of the strangers; they include all that the
            experiment declares.
    """

    iterations: tuple[int, ...]
    seeds: tuple[int, ...] = COMPLETE_SEEDS

    def others(self, run: Job) -> list[Job]:
        complete = replace(run, prune_seed=None, other_seed=None)
        return [replace(complete, train_seed=s) for s in self.seeds if s != run.train_seed]

    def original_first(self, run: Job) -> tuple[int, ...]:
        """The train seeds of the complete networks, the original's first."""
        return run.train_seed, *(seed for seed in self.seeds if seed != run.train_seed)

"""Which networks a further analysis is about, as data."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import ClassVar

from .experiment import Experiment
from .job import Job

Rows = Callable[[], Iterable[dict]]
"""Gives rows of an analysis's table."""

Work = Callable[..., Iterator[tuple[str, Rows]]]
"""Of a plan and its `RunningJob`: (name, rows) of each part, with a checkpoint after each."""


@dataclass(frozen=True)
class AnalysisPlan(ABC):
    """What to find out, as data: it is part of the job's fingerprint.

    Attributes:
        name: of the job, and of the table that it writes.
        chapter: the companion paper to whose study it belongs; empty for the main study.
    """

    name: ClassVar[str]
    chapter: ClassVar[str] = ""

    def runs(self, experiment: Experiment) -> list[dict[str, int]]:
        """The seeds of the runs whose networks are analysed, by a `Job`'s names; all by default."""
        return [
            {"train_seed": train_seed, **run_seed}
            for train_seed in experiment.train_seeds
            for run_seed in experiment.run_seeds(train_seed)
        ]

    def others(self, run: Job) -> list[Job]:
        """Other jobs whose networks an analysis of this run needs; none by default."""
        return []

    @abstractmethod
    def work(self) -> Work:
        """The function that carries the plan out.

        It is imported within this method, from a module of its own: the work needs
        PyTorch, for which nobody waits who only lists jobs.
        """

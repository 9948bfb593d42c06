"""Further analyses of networks that a study has kept: what one is, and how it is done.

`lib.catalogue` says which there are, and how to add one.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from .analysis_plan import AnalysisPlan
from .running_job import RunningJob

Rows = Callable[[], Iterable[dict]]


@dataclass(frozen=True)
class Analysis(AnalysisPlan, ABC):
    """A plan, and how it is carried out."""

    @abstractmethod
    def parts(self, task: RunningJob) -> Iterator[tuple[str, Rows]]:
        """(name, function that yields rows of the table), with a checkpoint after each part."""


def analyse(task: RunningJob) -> None:
    """Do an analysis part by part, from the first that no earlier process has done."""
    analysis = task.analysis
    table = task.study.profile.catalogue.analyses[analysis.name].table
    done = task.saved.get("done", [])
    for name, rows in analysis.parts(task):
        if name not in done:
            task.log("%s, %s", analysis.name, name)
            task.add(table, rows())
            done.append(name)
            task.save(done=done)
    task.write(table)

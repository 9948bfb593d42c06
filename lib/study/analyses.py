"""Further analyses of networks that a study has kept: what an analysis is, and which there are.

A new one is a module and a line in `ANALYSES`. The module declares

- a subclass of `Analysis`, which does the work;
- `TABLE`, the table that it writes, which has the name of the analysis;
- `DECLARED`, {profile: {experiment: analysis}}: whose networks to analyse, and at what scale.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, ClassVar

from ..tables import Table
from .experiment import Experiment

if TYPE_CHECKING:
    from .study import Job
    from .task import Task

ANALYSES = {
    "robustness": "lib.analyses.robustness.job",
    "identification": "lib.analyses.validity.identification_job",
    "matching": "lib.analyses.validity.matching_job",
    "descent": "lib.analyses.validity.descent_job",
    "potentials": "lib.analyses.icann2020.potentials_job",
    "landscape": "lib.analyses.icann2020.landscape_job",
    "collapse": "lib.analyses.at_init.collapse_job",
    "detection": "lib.analyses.detection.job",
    "gradients": "lib.analyses.gradients.job",
    "one_layer": "lib.analyses.function.one_layer_job",
    "flips": "lib.analyses.function.flips_job",
    "overlap": "lib.analyses.prunings.overlap_job",
}
"""name -> module, imported by name, since these modules build on this package."""

Rows = Callable[[], Iterable[dict]]


@dataclass(frozen=True)
class Analysis(ABC):
    """What to find out, as data: it is part of the job's fingerprint.

    Attributes:
        name: of the job, a key of `ANALYSES`.
        chapter: the companion paper to whose study it belongs; empty for the main study.
    """

    name: ClassVar[str]
    chapter: ClassVar[str] = ""

    def runs(self, experiment: Experiment) -> list[tuple[int, int]]:
        """(train_seed, prune_seed) of the runs whose networks are analysed; all by default."""
        return [(t, p) for t in experiment.train_seeds for p in experiment.opponents(t)]

    def others(self, run: Job) -> list[Job]:
        """Other jobs whose networks an analysis of this run needs; none by default."""
        return []

    @abstractmethod
    def parts(self, task: Task) -> Iterator[tuple[str, Rows]]:
        """(name, function that yields rows of the table), with a checkpoint after each part."""


def tables() -> list[Table]:
    """The tables that analyses write, one for each."""
    return [import_module(module).TABLE for module in ANALYSES.values()]


def analyse(task: Task) -> None:
    """Do an analysis part by part, from the first that no earlier process has done."""
    analysis, table = task.analysis, import_module(ANALYSES[task.job.analysis]).TABLE
    done = task.saved.get("done", [])
    for name, rows in analysis.parts(task):
        if name not in done:
            task.log("%s, %s", analysis.name, name)
            task.add(table, rows())
            done.append(name)
            task.save(done=done)
    task.write(table)

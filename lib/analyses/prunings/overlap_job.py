"""Whether ways to prune keep the same weights of a complete network."""

from dataclasses import dataclass, replace
from typing import ClassVar

from ...study.analysis_plan import AnalysisPlan, Work
from ...study.job import Job
from .tables import OVERLAP as TABLE
from .ways import BASE, LEVELS, experiment_name, ways


@dataclass(frozen=True)
class Overlap(AnalysisPlan):
    """The Jaccard index of the masks of each two ways to prune, where as many weights are left.

    Attributes:
        levels: names of `LEVELS`.
    """

    name: ClassVar[str] = TABLE.name
    chapter: ClassVar[str] = "prunings"
    levels: tuple[str, ...] = tuple(LEVELS)

    def others(self, run: Job) -> list[Job]:
        names = {experiment_name(way, level): None for level in self.levels for way in ways(level)}
        names.pop(run.experiment)
        return [replace(run, experiment=name) for name in names]

    def work(self) -> Work:
        from .overlap_rows import overlap_parts

        return overlap_parts


_BASE = experiment_name(BASE, "")

DECLARED = {"laptop": {_BASE: Overlap()}, "tiny": {_BASE: Overlap(("early",))}}

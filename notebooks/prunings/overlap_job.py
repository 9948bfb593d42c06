"""Whether ways to prune keep the same weights of a complete network."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import combinations
from typing import ClassVar

from lib.pruning import Mask
from lib.study.analysis import Analysis
from lib.study.study import Job
from lib.study.task import Task, load_mask
from lib.table_schemas import RUN, TableSchema
from notebooks.prunings.experiments import BASE, LEVELS, experiment_name, ways

TABLE = TableSchema(
    "overlap",
    RUN
    | {"level": "str", "way": "str", "other_way": "str"}
    | {"jaccard": "float64", "by_chance": "float64"},
    key=(*RUN, "level", "way", "other_way"),
    measured=("jaccard", "by_chance"),
)
"""A row says how far two ways to prune keep the same weights of one complete network,
with as many left: the Jaccard index of their masks, and what it would be by chance for
masks that are as dense in each layer. `iteration` is that of the way `BASE`.
"""


@dataclass(frozen=True)
class Overlap(Analysis):
    """The Jaccard index of the masks of each two ways to prune, where as many weights are left.

    Attributes:
        levels: names of `LEVELS`.
    """

    table: ClassVar[TableSchema] = TABLE
    chapter: ClassVar[str] = "prunings"
    levels: tuple[str, ...] = tuple(LEVELS)

    def others(self, run: Job) -> list[Job]:
        names = {experiment_name(way, level): None for level in self.levels for way in ways(level)}
        names.pop(run.experiment)
        return [replace(run, experiment=name) for name in names]

    def parts(self, task: Task) -> Iterator[tuple[str, Iterator[dict]]]:
        for level in self.levels:
            yield level, self._rows(task, level)

    def _rows(self, task: Task, level: str) -> Iterator[dict]:
        masks, iterations = {}, {}
        for way in ways(level):
            run = replace(task.job.run, experiment=experiment_name(way, level))
            rows = run.table("performance")
            off = rows.remaining.map(lambda left: abs(math.log(left / LEVELS[level])))
            iterations[way] = int(rows.iteration[off.idxmin()])
            masks[way] = load_mask(run, iterations[way])
        for (way, mask), (other_way, other_mask) in combinations(masks.items(), 2):
            yield task.key(iterations[BASE]) | {
                "level": level,
                "way": way,
                "other_way": other_way,
                "jaccard": mask.jaccard(other_mask),
                "by_chance": by_chance(mask, other_mask),
            }


def by_chance(mask: Mask, other_mask: Mask) -> float:
    """The Jaccard index of random masks that are as dense in each layer, for large layers."""
    common = either = 0.0
    for name, kept in mask.kept.items():
        a, b, n = int(kept.sum()), int(other_mask.kept[name].sum()), kept.numel()
        common += a * b / n
        either += a + b - a * b / n
    return common / either if either else 1.0

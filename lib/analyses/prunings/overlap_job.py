"""Whether ways to prune keep the same weights of a complete network."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import combinations
from typing import ClassVar

import pandas as pd

from ...pruning import Mask
from ...study.analyses import Analysis, Rows
from ...study.job import Job
from ...study.running_job import RunningJob
from ...study.stored_networks import load_mask
from .tables import OVERLAP as TABLE
from .ways import BASE, LEVELS, experiment_name, ways


@dataclass(frozen=True)
class Overlap(Analysis):
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
        return [Job(name, run.train_seed, run.prune_seed) for name in names]

    def parts(self, task: RunningJob) -> Iterator[tuple[str, Rows]]:
        for level in self.levels:
            yield level, partial(_rows, task, level)


def _rows(task: RunningJob, level: str) -> Iterator[dict]:
    masks, iterations = {}, {}
    for way in ways(level):
        run = Job(experiment_name(way, level), *task.seeds)
        rows = pd.read_parquet(task.study.kept(run, "performance.parquet"))
        off = rows.remaining.map(lambda left: abs(math.log(left / LEVELS[level])))
        iterations[way] = int(rows.iteration[off.idxmin()])
        masks[way] = load_mask(task.study, run, iterations[way])
    for (way, mask), (other_way, other_mask) in combinations(masks.items(), 2):
        pair = {"level": level, "way": way, "other_way": other_way}
        overlap = {"jaccard": mask.jaccard(other_mask), "by_chance": by_chance(mask, other_mask)}
        yield task.key(iterations[BASE]) | pair | overlap


def by_chance(mask: Mask, other_mask: Mask) -> float:
    """The Jaccard index of random masks that are as dense in each layer, for large layers."""
    common = either = 0.0
    for name, kept in mask.kept.items():
        a, b, n = int(kept.sum()), int(other_mask.kept[name].sum()), kept.numel()
        common += a * b / n
        either += a + b - a * b / n
    return common / either if either else 1.0


_BASE = experiment_name(BASE, "")

DECLARED = {"laptop": {_BASE: Overlap()}, "tiny": {_BASE: Overlap(("early",))}}

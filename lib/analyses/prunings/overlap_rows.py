"""The Jaccard indices of masks."""

import math
from collections.abc import Iterator
from functools import partial
from itertools import combinations

import pandas as pd

from ...pruning import Mask
from ...study.analysis_plan import Rows
from ...study.job import Job
from ...study.running_job import RunningJob
from ...study.stored_networks import load_mask
from .overlap_job import Overlap
from .ways import BASE, LEVELS, experiment_name, ways


def overlap_parts(plan: Overlap, task: RunningJob) -> Iterator[tuple[str, Rows]]:
    """(name, rows) of each part."""
    for level in plan.levels:
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

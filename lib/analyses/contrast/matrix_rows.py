"""A run compared once more, on further matrices."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from ...seeds import derive_seed
from ...study.analysis_plan import Rows
from ...study.comparison import Comparison
from ...study.job import Job
from ...study.running_job import RunningJob
from ...study.stored_networks import load_complete, load_mask, load_network
from .job import Matrices


def matrix_parts(plan: Matrices, task: RunningJob) -> Iterator[tuple[str, Rows]]:
    """(name, rows) of each part."""
    setting = task.setting
    experiment = replace(setting.experiment, also=plan.also, dimensions=True)
    complete = load_complete(task.study, task.run, setting)
    comparison = Comparison(complete, replace(setting, experiment=experiment))
    if experiment.against == "complete":
        yield "other network", partial(_rows, task, comparison, 0)
        return
    for iteration in plan.iterations:
        yield f"iteration {iteration}", partial(_rows, task, comparison, iteration)


def _rows(task: RunningJob, comparison: Comparison, iteration: int) -> Iterator[dict]:
    """The rows of one network; iteration 0 is the complete network of another seed."""
    study, run, setting = task.study, task.run, task.setting
    remaining = 1.0
    if iteration:
        network = load_network(study, run, setting, iteration)
        remaining = load_mask(study, run, iteration).remaining
    else:
        network = load_complete(study, Job(run.experiment, run.other_seed), setting)
    seed = derive_seed("null", *run.seeds, iteration)
    permutations = comparison.experiment.permutations_at(iteration)
    key = task.key(iteration) | {"remaining": remaining}
    for row in comparison.rows(network, seed, permutations):
        yield key | row

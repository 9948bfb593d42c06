"""Kept networks compared once more, by each metric on each matrix, and the dimensions of layers."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import ClassVar

from ...seeds import derive_seed
from ...study.analyses import Analysis, Rows
from ...study.comparison import Comparison
from ...study.job import Job
from ...study.running_job import RunningJob
from ...study.stored_networks import load_complete, load_mask, load_network
from ..converged.studied_networks import PRUNINGS
from ..measured_networks import MEASURED
from .tables import FURTHER_MATRICES as TABLE


@dataclass(frozen=True)
class Matrices(Analysis):
    """What a run compares, on further matrices.

    All else is as in the run itself, so its own rows come out as they were.

    Attributes:
        iterations: those whose networks are compared.
        also: the further matrices.
    """

    name: ClassVar[str] = TABLE.name
    chapter: ClassVar[str] = "converged"
    iterations: tuple[int, ...] = (1, PRUNINGS)
    also: tuple[str, ...] = ("channels", "gap")

    def parts(self, task: RunningJob) -> Iterator[tuple[str, Rows]]:
        setting = task.setting
        experiment = replace(setting.experiment, also=self.also, dimensions=True)
        complete = load_complete(task.study, task.run, setting)
        comparison = Comparison(complete, replace(setting, experiment=experiment))
        if experiment.against == "complete":
            yield "other network", partial(_rows, task, comparison, 0)
            return
        for iteration in self.iterations:
            yield f"iteration {iteration}", partial(_rows, task, comparison, iteration)


def _rows(task: RunningJob, comparison: Comparison, iteration: int) -> Iterator[dict]:
    """The rows of one network; iteration 0 is the complete network of another seed."""
    study, run, setting = task.study, task.run, task.setting
    remaining = 1.0
    if iteration:
        network = load_network(study, run, setting, iteration)
        remaining = load_mask(study, run, iteration).remaining
    else:
        network = load_complete(study, Job(run.experiment, run.prune_seed), setting)
    seed = derive_seed("null", run.train_seed, run.prune_seed, iteration)
    permutations = comparison.experiment.permutations_at(iteration)
    key = task.key(iteration) | {"remaining": remaining}
    for row in comparison.rows(network, seed, permutations):
        yield key | row


_OF_EACH = ("", "_trained_on", "_independent")

DECLARED = {
    "laptop": {name + end: Matrices() for name in MEASURED for end in _OF_EACH},
    "smoke": {f"vgg_svhn_wide{end}": Matrices() for end in _OF_EACH},
    "tiny": {f"vgg_svhn_wide{end}": Matrices((1, 2)) for end in _OF_EACH},
}

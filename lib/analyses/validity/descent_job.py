"""Whether a network is nearer to the complete network that it comes from than to others."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import ClassVar

from ...study.analyses import Rows
from ...study.comparison import Comparison
from ...study.job import Job
from ...study.running_job import RunningJob
from ...study.stored_networks import load_complete, load_network
from ..converged.experiments import NETWORKS
from ..measured_networks import ITERATIONS
from ..network_analysis import BesideOtherSeeds
from .tables import DESCENT as TABLE


@dataclass(frozen=True)
class DescentOfConverged(BesideOtherSeeds):
    """Networks of a run beside their own complete network, and beside those of other seeds.

    Both comparisons have the same network on one side, and complete networks of one
    recipe on the other: weights left, training and accuracy are equal, and the ancestry
    alone differs.
    """

    name: ClassVar[str] = TABLE.name
    chapter: ClassVar[str] = "converged"

    def parts(self, task: RunningJob) -> Iterator[tuple[str, Rows]]:
        its_complete = Job(task.run.experiment, task.run.train_seed)
        for complete in (its_complete, *self.others(task.run)):
            yield f"complete network {complete.train_seed}", partial(self._rows, task, complete)

    def _rows(self, task: RunningJob, complete: Job) -> Iterator[dict]:
        less = {"also": (), "dimensions": False, "output_metrics": ()}
        setting = replace(task.setting, experiment=replace(task.setting.experiment, **less))
        comparison = Comparison(load_complete(task.study, complete, setting), setting)
        for iteration in self.reached(setting.experiment):
            network = load_network(task.study, task.run, setting, iteration)
            key = task.key(iteration) | {"other_seed": complete.train_seed}
            for row in comparison.rows(network):
                columns = ("layer", "kind", "depth", "metric", "reshape", "value")
                yield key | {name: row[name] for name in columns}


DECLARED = {
    "laptop": {
        f"{name}{end}": DescentOfConverged(ITERATIONS)
        for name in NETWORKS
        for end in ("", "_trained_on")
    }
}

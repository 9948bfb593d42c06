"""Networks beside their own complete network and beside those of other seeds."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from ...study.analysis_plan import Rows
from ...study.comparison import Comparison
from ...study.job import Job
from ...study.running_job import RunningJob
from ...study.stored_networks import load_complete, load_network
from .descent_job import DescentOfConverged


def descent_parts(plan: DescentOfConverged, task: RunningJob) -> Iterator[tuple[str, Rows]]:
    """(name, rows) of each part."""
    its_complete = Job(task.run.experiment, task.run.train_seed)
    for complete in (its_complete, *plan.others(task.run)):
        yield f"complete network {complete.train_seed}", partial(_rows, plan, task, complete)


def _rows(plan: DescentOfConverged, task: RunningJob, complete: Job) -> Iterator[dict]:
    less = {"also": (), "dimensions": False, "output_metrics": ()}
    setting = replace(task.setting, experiment=replace(task.setting.experiment, **less))
    comparison = Comparison(load_complete(task.study, complete, setting), setting)
    for iteration in plan.reached(setting.experiment):
        network = load_network(task.study, task.run, setting, iteration)
        key = task.key(iteration) | {"other_seed": complete.train_seed}
        for row in comparison.rows(network):
            columns = ("layer", "kind", "depth", "metric", "reshape", "value")
            yield key | {name: row[name] for name in columns}

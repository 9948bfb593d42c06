"""What metrics say of consecutive networks, and of damage to them."""

from collections.abc import Iterator
from functools import partial

from ...study.analysis_plan import Rows
from ...study.running_job import RunningJob
from ...study.stored_networks import load_complete, load_network
from ...training.evaluation import evaluate
from .detection_job import Detection
from .measure import measure


def detection_parts(plan: Detection, task: RunningJob) -> Iterator[tuple[str, Rows]]:
    """(name, rows) of each part."""
    for iteration in range(1, task.setting.experiment.pruning.iterations + 1):
        yield f"iteration {iteration}", partial(_rows, plan, task, iteration)


def _rows(plan: Detection, task: RunningJob, iteration: int) -> Iterator[dict]:
    setting, load = task.setting, partial(load_network, task.study, task.run, task.setting)
    complete = partial(load_complete, task.study, setting=setting)
    before = load(iteration - 1) if iteration > 1 else complete(task.run)
    damages, more = {plan.between: (float(iteration),)}, {}
    if iteration in plan.damaged:
        [stranger] = plan.others(task.run)
        test = setting.dataset.test.take(slice(plan.test_images))
        more["stranger"] = complete(stranger)
        more["accuracy"] = lambda network: evaluate(network, test, setting.dataset)[0]
        damages.update(plan.damages)
    images = setting.probe_images()[: max(plan.images)]
    pair = before, load(iteration)
    for row in measure(*pair, images, plan.layers, plan.images, damages, **more):
        yield task.key(iteration) | row

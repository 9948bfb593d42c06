"""The kept networks of a run, measured one by one, or each beside the complete one."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial

from ..pruning import Mask
from ..study.analysis_plan import Rows
from ..study.job import Job
from ..study.running_job import RunningJob
from ..study.stored_networks import load_complete, load_mask, load_network
from .network_analysis import AllIterations

RowsOfNetworks = Callable[..., Iterable[dict]]
"""Gives the rows of one network, without the columns that tell networks apart."""


def each_by_itself(
    rows: RowsOfNetworks, plan: AllIterations, task: RunningJob
) -> Iterator[tuple[str, Rows]]:
    """The complete network, iteration 0, and those of the iterations that a plan reaches.

    Args:
        rows: of a plan, a `PreparedExperiment`, a network, and its mask.
        plan, task: the analysis at work.
    """
    for iteration in [0, *plan.reached(task.setting.experiment)]:
        yield f"iteration {iteration}", partial(_by_itself, rows, plan, task, iteration)


def _by_itself(
    rows: RowsOfNetworks, plan: AllIterations, task: RunningJob, iteration: int
) -> Iterator[dict]:
    run, setting = task.run, task.setting
    if iteration:
        network = load_network(task.study, run, setting, iteration)
        mask = load_mask(task.study, run, iteration).to(setting.device)
    else:
        network = load_complete(task.study, run, setting)
        mask = Mask.complete(network)
    for row in rows(plan, setting, network, mask):
        yield task.key(iteration) | row


def each_beside_complete(
    rows: RowsOfNetworks, plan: AllIterations, task: RunningJob
) -> Iterator[tuple[str, Rows]]:
    """The networks of the iterations that a plan reaches, each beside the complete one.

    Where an experiment compares complete networks with each other, it is about the
    other one, as iteration 0.

    Args:
        rows: of a plan, a `PreparedExperiment`, the complete network, and another one.
        plan, task: the analysis at work.
    """
    study, run, setting = task.study, task.run, task.setting
    beside = partial(_keyed, task, partial(rows, plan, setting, load_complete(study, run, setting)))
    if setting.experiment.against == "complete":
        other_network = load_complete(study, Job(run.experiment, run.other_seed), setting)
        yield "other network", partial(beside, 0, other_network)
        return
    for iteration in plan.reached(setting.experiment):
        network = load_network(study, run, setting, iteration)
        yield f"iteration {iteration}", partial(beside, iteration, network)


def _keyed(
    task: RunningJob, rows: RowsOfNetworks, iteration: int, network: object
) -> Iterator[dict]:
    for row in rows(network):
        yield task.key(iteration) | row

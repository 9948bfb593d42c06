"""Calibration of networks, and on which images they err."""

from collections.abc import Iterator, Mapping
from functools import partial

from torch import Tensor, nn

from ...models import record_layers, recorded_layers
from ...study.analysis_plan import Rows
from ...study.job import Job
from ...study.prepared_experiment import PreparedExperiment
from ...study.running_job import RunningJob
from ...study.stored_networks import load_complete, load_network
from .calibration import (
    best_temperature,
    brier_score,
    calibration_error,
    error_consistency,
    log_loss,
    with_temperature,
)
from .job import Decisions

CALIBRATION_SCORES = {
    "log_loss": log_loss,
    "brier_score": brier_score,
    "calibration_error": calibration_error,
}


def decision_parts(plan: Decisions, task: RunningJob) -> Iterator[tuple[str, Rows]]:
    """(name, rows) of each part."""
    ancestor = Job(task.run.experiment, task.run.train_seed)
    labels = task.setting.dataset.test.labels
    complete = {
        job.train_seed: answers(load_complete(task.study, job, task.setting), task.setting)
        for job in (ancestor, *plan.others(task.run))
    }
    for iteration in [0, *plan.reached(task.setting.experiment)]:
        yield f"iteration {iteration}", partial(_rows, task, iteration, complete, labels)


def _rows(
    task: RunningJob, iteration: int, complete: Mapping[int, Tensor], labels: Tensor
) -> Iterator[dict]:
    own_seed = task.run.train_seed
    if iteration:
        network = load_network(task.study, task.run, task.setting, iteration)
        logits = answers(network, task.setting)
    else:
        logits = complete[own_seed]
    key = task.key(iteration)
    for quantity, value in decisions_of(logits, labels):
        yield key | {"other_seed": own_seed, "quantity": quantity, "value": value}
    for seed, others_logits in complete.items():
        if iteration or seed != own_seed:
            for quantity, value in decisions_beside(logits, others_logits, labels):
                yield key | {"other_seed": seed, "quantity": quantity, "value": value}


def answers(network: nn.Module, setting: PreparedExperiment) -> Tensor:
    """The logits, (n, classes), of all test images."""
    images, _ = setting.inputs(setting.dataset.test, slice(None))
    out, _ = recorded_layers(network)[-1]
    return record_layers(network, images, [out])[out]


def decisions_of(logits: Tensor, labels: Tensor) -> Iterator[tuple[str, float]]:
    """(quantity, value) of one network; see the table."""
    yield "accuracy", (logits.argmax(1) == labels).double().mean().item()
    yield "temperature", best_temperature(logits, labels)
    scaled = with_temperature(logits, labels)
    for name, score in CALIBRATION_SCORES.items():
        yield name, score(logits, labels)
        yield f"{name}_scaled", score(scaled, labels)


def decisions_beside(
    logits: Tensor, other_logits: Tensor, labels: Tensor
) -> Iterator[tuple[str, float]]:
    """(quantity, value) of two networks; see the table."""
    yield "flipped", (logits.argmax(1) != other_logits.argmax(1)).double().mean().item()
    yield "error_consistency", error_consistency(logits, other_logits, labels)

"""What pruned networks and their training-only controls answer, compared with complete networks."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor, nn

from lib.models import record_layers, recorded_layers
from lib.study.analysis import WithStrangers
from lib.study.prepared_experiment import PreparedExperiment
from lib.study.task import Task
from lib.table_schemas import RUN, TableSchema
from notebooks.accuracy.calibration import (
    best_temperature,
    brier_score,
    calibration_error,
    error_consistency,
    log_loss,
    with_temperature,
)

TABLE = TableSchema(
    "decisions",
    RUN | {"other_seed": "int64", "quantity": "str", "value": "float64"},
    key=(*RUN, "quantity"),
    measured=("value",),
)
"""A row is one number of a network's decisions on all test images.

Of the network alone, where `other_seed` is its own `train_seed`: "accuracy";
"log_loss", "brier_score" and "calibration_error"; the best "temperature"; and the three
again under "log_loss_scaled" and so on, for probabilities with a temperature. Compared with
the complete network of `other_seed`: "flipped", the share of images with another class,
and "error_consistency".
"""

CALIBRATION_SCORES = {
    "log_loss": log_loss,
    "brier_score": brier_score,
    "calibration_error": calibration_error,
}


@dataclass(frozen=True)
class Decisions(WithStrangers):
    """Calibration of a run's networks, and whether they err on the images of complete networks.

    The complete networks are the original and the strangers; iteration 0 is the original,
    compared with the strangers.
    """

    table: ClassVar[TableSchema] = TABLE
    chapter: ClassVar[str] = "converged"

    def parts(self, task: Task) -> Iterator[tuple[str, Iterator[dict]]]:
        seeds = self.original_first(task.job)
        complete = {seed: answers(task.complete(seed), task.setting) for seed in seeds}
        for iteration in (0, *task.iterations(self.iterations)):
            yield f"iteration {iteration}", self._rows(task, iteration, complete)

    def _rows(self, task: Task, iteration: int, complete: Mapping[int, Tensor]) -> Iterator[dict]:
        own, labels = task.job.train_seed, task.setting.dataset.test.labels
        key = task.key(iteration)
        logits = answers(task.pruned(iteration)[0], task.setting) if iteration else complete[own]
        for quantity, value in decisions_of(logits, labels):
            yield key | {"other_seed": own, "quantity": quantity, "value": value}
        for seed, others_logits in complete.items():
            if iteration or seed != own:
                flipped = (logits.argmax(1) != others_logits.argmax(1)).double().mean().item()
                alike = error_consistency(logits, others_logits, labels)
                for quantity, value in (("flipped", flipped), ("error_consistency", alike)):
                    yield key | {"other_seed": seed, "quantity": quantity, "value": value}


class DecisionsByRecipe(Decisions):
    """The same of networks by the paper's recipe; folders of jobs are named after this class."""

    chapter: ClassVar[str] = "by_recipe"


class DecisionsOutOfSample(Decisions):
    """The same of networks of the related papers, and of other ways to prune."""

    chapter: ClassVar[str] = "out_of_sample"


class DecisionsOfMLP(Decisions):
    """The same of the MLP on digits."""

    chapter: ClassVar[str] = "counter_example"


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

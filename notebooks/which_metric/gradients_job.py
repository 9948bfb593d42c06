"""Similarity of kept networks by kernels of the representation, and of its gradients as well."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor

from lib.metrics import compare
from lib.metrics.inputs import DegenerateError
from lib.models import recorded_layers
from lib.study.analysis import Analysis
from lib.study.task import Task
from lib.table_schemas import LAYER, METRIC, RUN, TableSchema
from notebooks.which_metric.gradients import record_with_gradients, with_gradients

TABLE = TableSchema(
    "gradients",
    RUN | LAYER | {"kernel": "str"} | METRIC,
    key=(*RUN, "depth", "layer", "kernel", "metric"),
    measured=("value",),
)
"""A row says how similar a layer is to that of the complete network by a metric of a kernel."""


@dataclass(frozen=True)
class Gradients(Analysis):
    """CKA and NBS of pruned, or of other complete, networks, by three kernels.

    Attributes:
        iterations: whose networks are measured, as far as a run has them.
        images: how many of the test split, the first ones.
    """

    table: ClassVar[TableSchema] = TABLE
    chapter: ClassVar[str] = "converged"
    iterations: tuple[int, ...] = (1, 2, 3, 4)
    images: int = 500

    def parts(self, task: Task) -> Iterator[tuple[str, Iterator[dict]]]:
        for iteration in task.iterations(self.iterations):
            yield f"iteration {iteration}", self._rows(task, iteration)

    def _rows(self, task: Task, iteration: int) -> Iterator[dict]:
        networks = complete, _ = task.complete(), task.compared(iteration)
        images, labels = task.setting.inputs(task.setting.dataset.test, slice(self.images))
        layers = recorded_layers(complete)
        names = [name for name, _ in layers]
        sides = [record_with_gradients(each, images, labels, names) for each in networks]
        for depth, (layer, kind) in enumerate(layers):
            xs, ys = (kernels(*side.pop(layer)) for side in sides)
            key = task.key(iteration) | {"layer": layer, "kind": kind, "depth": depth}
            for kernel in (name for name in xs if name in ys):
                for row in compare(xs[kernel], ys[kernel], metrics=("cka", "nbs")):
                    yield key | {"kernel": kernel} | {name: row[name] for name in METRIC}


def kernels(x: Tensor, gradients: Tensor) -> dict[str, Tensor]:
    """kernel -> features of a layer that have it as their linear kernel, where that is not 0."""
    features = {"representation": x}
    with suppress(DegenerateError):  # a layer of which nothing is left
        features["with gradients"] = with_gradients(x, gradients)
        features["with unit gradients"] = with_gradients(x, gradients, unit=True)
    return features

"""How sharp the minima of kept networks are."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from lib.study.analysis import Analysis
from lib.study.task import Task
from lib.table_schemas import RUN, TableSchema
from notebooks.icann2020.hessian import top_eigenvalues, trace
from notebooks.icann2020.loss import Loss, mean_and_error
from notebooks.icann2020.loss_directions import loss_along

TABLE = TableSchema(
    "landscape",
    RUN
    | {"quantity": "str", "number": "int64"}
    | dict.fromkeys(("radius", "value", "error"), "float64"),
    key=(*RUN, "quantity", "number", "radius"),
    measured=("value", "error"),
)
"""A row is one measurement of the loss around one network.

`quantity` is "eigenvalue" (`number` from 0, decreasing), "trace", "increase" (the mean
loss at a `radius` along random directions, minus that at 0) or "loss" (`number` is the
direction, `radius` signed). `error` is a standard error where there is one.
"""

_ROW = {"number": 0, "radius": 0.0, "error": math.nan}
"""What a quantity without a number, a radius or an error has there."""


@dataclass(frozen=True)
class Landscape(Analysis):
    """Curvature and loss around each network, in the space of the surviving weights.

    Attributes:
        iterations: whose networks are measured, as is the complete one.
        images: how many training images, the first ones, never augmented.
        eigenvalues: how many of the Hessian's largest.
        probes: random vectors for its trace.
        directions: random filter-normalised directions (Li et al. 2018).
        radii: how far along them, relative to the length of each filter.
    """

    table: ClassVar[TableSchema] = TABLE
    chapter: ClassVar[str] = "icann2020"
    iterations: tuple[int, ...]
    images: int = 1000
    eigenvalues: int = 3
    probes: int = 10
    directions: int = 5
    radii: tuple[float, ...] = (0.05, 0.1, 0.2, 0.4)

    def parts(self, task: Task) -> Iterator[tuple[str, Iterator[dict]]]:
        for iteration in (0, *task.iterations(self.iterations)):
            yield f"iteration {iteration}", self._rows(task, iteration)

    def _rows(self, task: Task, iteration: int) -> Iterator[dict]:
        network, mask = task.pruned(iteration)
        train = task.setting.inputs(task.setting.dataset.train, slice(self.images))
        loss, key = Loss(network, *train, mask.kept), task.key(iteration) | _ROW
        values = top_eigenvalues(loss, self.eigenvalues).tolist()
        for number, value in enumerate(values):
            yield key | {"quantity": "eigenvalue", "number": number, "value": value}
        value, error = trace(loss, self.probes)
        yield key | {"quantity": "trace", "value": value, "error": error}
        steps = sorted({0.0, *self.radii, *(-radius for radius in self.radii)})
        losses = loss_along(loss, steps, self.directions)
        for number, along in enumerate(losses.tolist()):
            row = key | {"quantity": "loss", "number": number}
            for radius, value in zip(steps, along, strict=True):
                yield row | {"radius": radius, "value": value}
        at = dict(zip(steps, losses.T, strict=True))
        for radius in self.radii:
            # the mean of both ways, so that a slope cancels and curvature remains
            value, error = mean_and_error((at[-radius] + at[radius]) / 2 - at[0.0])
            row = key | {"quantity": "increase", "radius": radius}
            yield row | {"value": value, "error": error}

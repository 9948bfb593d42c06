"""Whether the channels of pruned networks are still those of their complete network."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import ClassVar

from lib.metrics.inputs import DegenerateError
from lib.models import record_layers
from lib.study.analysis import Analysis
from lib.study.comparison import Comparison
from lib.study.task import Task
from lib.table_schemas import LAYER, RUN, TableSchema
from notebooks.which_metric.matching import own_channels

TABLE = TableSchema(
    "matching",
    RUN | LAYER | {"own": "float64"},
    key=(*RUN, "depth", "layer"),
    measured=("own",),
)
"""A row says which share of a layer's channels correlate most with their own channel of the
complete network, as of `own_channels`."""


@dataclass(frozen=True)
class Matching(Analysis):
    """The channels of each convolution and pooling matched with those of the complete network.

    A pruned network inherits its complete network's channels, so the right matching is
    known. Two independent networks have no common order of channels, and show what
    chance gives.
    """

    table: ClassVar[TableSchema] = TABLE
    chapter: ClassVar[str] = "converged"

    def parts(self, task: Task) -> Iterator[tuple[str, Iterator[dict]]]:
        comparison = Comparison(task.complete(), task.setting)
        for iteration in task.iterations():
            yield f"iteration {iteration}", self._rows(task, comparison, iteration)

    def _rows(self, task: Task, comparison: Comparison, iteration: int) -> Iterator[dict]:
        networks = comparison.complete, task.compared(iteration)
        depths = {layer: depth for depth, (layer, _) in enumerate(comparison.layers)}
        kinds = dict(comparison.layers)
        for group in ([layer] for layer in kinds):
            sides = [record_layers(each, comparison.images, group) for each in networks]
            for layer in group:
                x, y = (side.pop(layer) for side in sides)
                if kinds[layer] in ("fc", "out"):
                    continue
                row = {"layer": layer, "kind": kinds[layer], "depth": depths[layer]}
                with suppress(DegenerateError):  # no channel is left
                    yield task.key(iteration) | row | {"own": own_channels(x, y)}

"""Whether the input has any influence on the output of kept networks."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import torch

from lib.study.analysis import Analysis
from lib.study.task import Task
from lib.table_schemas import RUN, TableSchema
from notebooks.prunings.paths import count_paths

TABLE = TableSchema(
    "collapse",
    RUN | {"paths": "float64", "constant": "bool", "majority": "float64"},
    key=tuple(RUN),
    measured=("paths",),
)
"""A row says whether anything of the input reaches the output of one network.

`paths` counts the paths of surviving weights from an entry of the input to an output.
`constant` says whether all test images get the same outputs. `majority` is the share of the
test images that have the most frequent class: the accuracy of the best constant answer.
"""

_BATCH = 500

CONSTANT = 1e-5
"""How far the outputs of a constant network may differ between images, relative to the
largest output. Rounding in float32 moves them by less than a tenth of that."""


@dataclass(frozen=True)
class Collapse(Analysis):
    """How many paths are left, and whether all test images get the same output.

    A layer without weights cuts every path (Tanaka et al. 2020), but sparse layers can
    do so too, if the survivors of one lead only to channels that the next no longer
    reads.

    Attributes:
        iterations: whose networks are measured, as is the complete one.
    """

    table: ClassVar[TableSchema] = TABLE
    chapter: ClassVar[str] = "at_init"
    iterations: tuple[int, ...]

    def parts(self, task: Task) -> Iterator[tuple[str, Iterator[dict]]]:
        for iteration in (0, *task.iterations(self.iterations)):
            yield f"iteration {iteration}", self._rows(task, iteration)

    @torch.no_grad()
    def _rows(self, task: Task, iteration: int) -> Iterator[dict]:
        network, mask = task.pruned(iteration)
        data = task.setting.dataset
        images, labels = task.setting.inputs(data.test, slice(None))
        network.eval()
        outputs = torch.cat([network(batch) for batch in images.split(_BATCH)])
        reach = (outputs.amax(0) - outputs.amin(0)).max()
        frequency = torch.bincount(labels, minlength=len(data.classes))
        yield task.key(iteration) | {
            "paths": count_paths(network, mask, data.test.shape),
            "constant": bool(reach <= CONSTANT * outputs.abs().max()),
            "majority": frequency.max().item() / len(labels),
        }

"""The PSP-entropy of kept networks, layer by layer."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from torch import nn

from lib.models import record_batches
from lib.study.analysis import Analysis
from lib.study.task import Task
from lib.table_schemas import RUN, TableSchema
from notebooks.icann2020.psp_entropy import SignCounts

TABLE = TableSchema(
    "potentials",
    RUN
    | {"layer": "str", "depth": "int64", "neurons": "int64"}
    | {"entropy": "float64", "mixed": "float64"},
    key=(*RUN, "depth", "layer"),
    measured=("entropy", "mixed"),
)
"""A row is one layer of ReLUs in one network.

`entropy` is the PSP-entropy in bits, averaged over neurons and classes; multiply by
`neurons` and the number of classes to get the sum. `mixed` is the mean over neurons of
what it would be if the sign said nothing about the class.
"""

_BATCH = 500


@dataclass(frozen=True)
class Potentials(Analysis):
    """The PSP-entropy of every ReLU, and what it would be if signs were independent of the class.

    Tartaglione, Bragagnolo and Grangetto (2020).

    Attributes:
        iterations: whose networks are measured, as is the complete one.
        images: how many test images, the first ones; None for all.
    """

    table: ClassVar[TableSchema] = TABLE
    chapter: ClassVar[str] = "icann2020"
    iterations: tuple[int, ...]
    images: int | None = None

    def parts(self, task: Task) -> Iterator[tuple[str, Iterator[dict]]]:
        for iteration in (0, *task.iterations(self.iterations)):
            yield f"iteration {iteration}", self._rows(task, iteration)

    def _rows(self, task: Task, iteration: int) -> Iterator[dict]:
        network, _ = task.pruned(iteration)
        data = task.setting.dataset
        images, labels = task.setting.inputs(data.test, slice(self.images))
        counts: dict[str, SignCounts] = {}
        # the output of a ReLU is positive where its potential is
        relus = [name for name, module in network.named_modules() if isinstance(module, nn.ReLU)]
        batches = record_batches(network, images.split(_BATCH), relus)
        for outputs, classes in zip(batches, labels.split(_BATCH), strict=True):
            for layer, values in outputs.items():
                counts.setdefault(layer, SignCounts(len(data.classes))).update(values, classes)
        for depth, (layer, signs) in enumerate(counts.items()):
            entropy = signs.entropy()
            yield task.key(iteration) | {
                "layer": layer,
                "depth": depth,
                "neurons": len(entropy),
                "entropy": entropy.mean().item(),
                "mixed": signs.mixed_entropy().mean().item(),
            }

"""Unseen networks by CKA and NBS on channels: is it on the matrix that metrics disagree?"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from lib.metrics import LayerRepresentations, compare
from lib.models import record_layers, recorded_layers
from lib.study.analysis import WithStrangers
from lib.study.running_job import RunningJob
from lib.table_schemas import LAYER, METRIC, RUN, TableSchema

TABLE = TableSchema(
    "on_channels",
    RUN | {"other_seed": "int64"} | LAYER | METRIC,
    key=(*RUN, "depth", "layer", "metric", "reshape"),
    measured=("value",),
)
"""As the table `descent`, by the metrics that have the flat matrix there, on channels."""


@dataclass(frozen=True)
class OnChannels(WithStrangers):
    """CKA and NBS on channels: networks of a run beside their original, and beside strangers."""

    table: ClassVar[TableSchema] = TABLE
    chapter: ClassVar[str] = "out_of_sample"

    def parts(self, task: RunningJob) -> Iterator[tuple[str, Iterator[dict]]]:
        for seed in self.original_first(task.job):
            yield f"complete network {seed}", self._rows(task, seed)

    def _rows(self, task: RunningJob, seed: int) -> Iterator[dict]:
        complete, images = task.complete(seed), task.setting.probe_images()
        layers = recorded_layers(complete)
        names = [name for name, _ in layers]
        outputs = record_layers(complete, images, names)
        of_complete = {name: LayerRepresentations(outputs[name], name=name) for name in names}
        for iteration in task.iterations(self.iterations):
            pruned = record_layers(task.pruned(iteration)[0], images, names)
            key = task.key(iteration) | {"other_seed": seed}
            for depth, (name, kind) in enumerate(layers):
                layer = {"layer": name, "kind": kind, "depth": depth}
                for row in compare(
                    of_complete[name], pruned[name], metrics=("cka", "nbs"), reshapes=["channels"]
                ):
                    yield key | layer | {x: row[x] for x in ("metric", "reshape", "value")}

"""Each layer of a complete network compared with each layer of another one."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from lib.metrics import LayerRepresentations, compare
from lib.models import record_layers, recorded_layers
from lib.study import log
from lib.study.analysis import Analysis
from lib.study.experiment import Experiment
from lib.study.task import Task
from lib.table_schemas import METRIC, TableSchema

_PAIR = {"experiment": "str", "train_seed": "int64", "other_seed": "int64"}
TABLE = TableSchema(
    "identification",
    _PAIR
    | {"layer_x": "str", "layer_y": "str", "depth_x": "int64", "depth_y": "int64"}
    | {"kind_x": "str", "kind_y": "str"}
    | METRIC,
    key=(*_PAIR, "reshape", "metric", "depth_x", "depth_y", "layer_x", "layer_y"),
    measured=("value",),
)
"""A row says how similar layer x of one complete network is to layer y of another."""


@dataclass(frozen=True)
class Identification(Analysis):
    """How similar each layer of one complete network is to each layer of another one.

    A metric should find the corresponding layer (Kornblith et al. 2019, section 6.1).
    On channels a row is a position in an image, so that only maps of the same size can
    be compared there.

    Attributes:
        metrics: keys of `lib.metrics.METRICS`, here one of each kind.
        reshapes: on which to compare, where the two layers allow it.
        images: how many of the experiment's probe images; None for all.
        pairs: how many pairs of complete networks; None for all.
    """

    table: ClassVar[TableSchema] = TABLE
    chapter: ClassVar[str] = "converged"
    metrics: tuple[str, ...] = (
        "mean_cca",
        "svcca",
        "pwcca",
        "cka",
        "cka_debiased",
        "nbs",
        "procrustes",
        "linear_regression",
        "rsa",
        "knn_overlap",
    )
    reshapes: tuple[str, ...] = ("channels", "flat", "gap")
    images: int | None = None
    pairs: int | None = None

    def runs(self, experiment: Experiment) -> list[dict[str, int]]:
        """(train_seed, other train_seed): each pair of complete networks once."""
        return super().runs(experiment)[: self.pairs]

    def parts(self, task: Task) -> Iterator[tuple[str, Iterator[dict]]]:
        yield "all layers", self._rows(task)

    def _rows(self, task: Task) -> Iterator[dict]:
        images = task.setting.probe_images()[: self.images]
        networks = [task.complete(seed) for seed in task.job.seeds]
        layers = recorded_layers(networks[0])
        names = [name for name, _ in layers]
        outputs = [record_layers(network, images, names) for network in networks]
        sizes = {name: (*output.shape[2:],) or (1, 1) for name, output in outputs[0].items()}
        first, second = (
            {name: LayerRepresentations(output, name=name) for name, output in of.items()}
            for of in outputs
        )
        pair = dict(zip(_PAIR, (task.job.experiment, *task.job.seeds), strict=True))
        for depth_x, (x, kind_x) in enumerate(layers):
            log.info("layer %d of %d, %s", depth_x + 1, len(layers), x)
            of_x = pair | {"layer_x": x, "depth_x": depth_x, "kind_x": kind_x}
            for depth_y, (y, kind_y) in enumerate(layers):
                of_both = of_x | {"layer_y": y, "depth_y": depth_y, "kind_y": kind_y}
                reshapes = [r for r in self.reshapes if r != "channels" or sizes[x] == sizes[y]]
                for row in compare(first[x], second[y], metrics=self.metrics, reshapes=reshapes):
                    yield of_both | {name: row[name] for name in METRIC}

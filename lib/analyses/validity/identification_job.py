"""Each layer of a complete network compared with each layer of another one."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

import torch
from torch import nn

from ...metrics import LayerRepresentations, compare
from ...models import record_layers, recorded_layers
from ...study.analyses import Analysis, Rows
from ...study.experiment import Experiment
from ...study.job import Job
from ...study.running_job import RunningJob
from ...study.stored_networks import load_complete
from ..measured_networks import EVERY_KIND, MEASURED
from .tables import IDENTIFICATION as TABLE


@dataclass(frozen=True)
class Identification(Analysis):
    """How similar each layer of one complete network is to each layer of another one.

    A metric should find the corresponding layer (Kornblith et al. 2019, section 6.1).
    On channels a row is a position in an image, so that only maps of the same size can
    be compared there.

    Attributes:
        metrics: keys of `lib.metrics.METRICS`.
        reshapes: on which to compare, where the two layers allow it.
        images: how many of the experiment's probe images; None for all.
        pairs: how many pairs of complete networks; None for all.
    """

    name: ClassVar[str] = TABLE.name
    chapter: ClassVar[str] = "converged"
    metrics: tuple[str, ...] = EVERY_KIND
    reshapes: tuple[str, ...] = ("channels", "flat", "gap")
    images: int | None = None
    pairs: int | None = None

    def runs(self, experiment: Experiment) -> list[tuple[int, int]]:
        """(train_seed, other train_seed): each pair of complete networks once."""
        return super().runs(experiment)[: self.pairs]

    def parts(self, task: RunningJob) -> Iterator[tuple[str, Rows]]:
        images = task.setting.probe_images()[: self.images]
        both = [Job(task.job.experiment, seed) for seed in task.seeds]
        networks = [load_complete(task.study, job, task.setting) for job in both]
        yield "all layers", partial(self._rows, task, images, networks)

    def _rows(
        self, task: RunningJob, images: torch.Tensor, networks: list[nn.Module]
    ) -> Iterator[dict]:
        layers = recorded_layers(networks[0])
        outputs = [
            record_layers(network, images, [name for name, _ in layers]) for network in networks
        ]
        sizes = {name: (*output.shape[2:],) or (1, 1) for name, output in outputs[0].items()}
        first, second = (
            {name: LayerRepresentations(output, name=name) for name, output in of.items()}
            for of in outputs
        )
        key = dict(zip(("train_seed", "other_seed"), task.seeds, strict=True))
        for depth_x, (x, kind_x) in enumerate(layers):
            task.log("layer %d of %d, %s", depth_x + 1, len(layers), x)
            for depth_y, (y, kind_y) in enumerate(layers):
                reshapes = [r for r in self.reshapes if r != "channels" or sizes[x] == sizes[y]]
                rows = compare(first[x], second[y], metrics=self.metrics, reshapes=reshapes)
                for row in rows:
                    yield {
                        "experiment": task.job.experiment,
                        **key,
                        **{"layer_x": x, "depth_x": depth_x, "kind_x": kind_x},
                        **{"layer_y": y, "depth_y": depth_y, "kind_y": kind_y},
                        **{column: row[column] for column in ("metric", "reshape", "value")},
                    }


DECLARED = {
    "smoke": {"vgg_svhn_wide_independent": Identification(images=200, pairs=1)},
    "laptop": {f"{network}_independent": Identification() for network in MEASURED},
}

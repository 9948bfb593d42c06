"""Similarity of kept networks by kernels of the representation, and of its gradients as well."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from torch import Tensor, nn

from ...metrics import LayerRepresentations, compare, with_gradients
from ...metrics.inputs import DegenerateError
from ...models import record_with_gradients, recorded_layers
from ...study.analyses import Rows
from ...study.experiment import Experiment
from ...study.networks import load_complete, load_network
from ...study.paper import PAPER
from ...study.study import Job
from ...study.task import Task
from ...study.work import Work, comparison_work
from ..kept_networks import SomeIterations
from .tables import GRADIENTS as TABLE
from .tables import PLAIN, UNIT, WITH_GRADIENTS

METRICS = ("cka", "nbs")
"""Those of kernels whose rows are images."""


@dataclass(frozen=True)
class Gradients(SomeIterations):
    """CKA and NBS of pruned, or of other complete, networks, by three kernels.

    Attributes:
        images: how many of the test split, the first ones.
    """

    name: ClassVar[str] = TABLE.name
    iterations: tuple[int, ...] = (5, 10, 13, 15, 17, 20)
    images: int = 500

    def parts(self, task: Task) -> Iterator[tuple[str, Rows]]:
        setting, study = task.setting, task.study
        seen = setting.inputs(setting.dataset.test, slice(self.images))
        rows = partial(_rows, load_complete(study, task.run, setting), *seen)
        if setting.experiment.against == "complete":
            other = Job(task.job.experiment, task.job.prune_seed)
            yield "other network", partial(rows, task.key(0), load_complete(study, other, setting))
            return
        for iteration in self.reached(setting.experiment):
            network = load_network(study, task.run, setting, iteration)
            yield f"iteration {iteration}", partial(rows, task.key(iteration), network)

    def work(self, experiment: Experiment, test_images: int) -> Work:
        # three kernels, two of them of two Gram matrices, on either side
        pairs = 5 * (len(self.reached(experiment)) or 1)
        return comparison_work(experiment, pairs, self.images, METRICS)

    def compared_images(self, experiment: Experiment) -> int:
        return self.images


def _rows(
    complete: nn.Module, images: Tensor, labels: Tensor, key: dict, network: nn.Module
) -> Iterator[dict]:
    for depth, (layer, kind) in enumerate(recorded_layers(complete)):
        both = [kernels(each, images, labels, layer) for each in (complete, network)]
        for kernel, x in both[0].items():
            head = key | {"layer": layer, "kind": kind, "depth": depth, "kernel": kernel}
            if y := both[1].get(kernel):
                for row in compare(x, y, metrics=METRICS):
                    columns = ("metric", "reshape", "value", "null_mean", "pr_x")
                    yield head | {name: row[name] for name in columns}


def kernels(
    network: nn.Module, images: Tensor, labels: Tensor, layer: str
) -> dict[str, LayerRepresentations]:
    """kernel -> features of a layer that have it as their linear kernel, where that is not 0."""
    x, gradients = record_with_gradients(network, images, labels, [layer])[layer]
    features = {PLAIN: x}
    with suppress(DegenerateError):  # a layer of which nothing is left
        for name in (WITH_GRADIENTS, UNIT):
            features[name] = with_gradients(x, gradients, unit=name == UNIT)
    return {name: LayerRepresentations(one, name=name) for name, one in features.items()}


DECLARED = {
    "laptop": {
        name + end: Gradients() for name in PAPER for end in ("", "_trained_on", "_independent")
    },
    "smoke": {"vgg_svhn" + end: Gradients((10,), 100) for end in ("", "_independent")},
}

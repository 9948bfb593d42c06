"""Similarity of kept networks by kernels of the representation, and of its gradients as well."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor, nn

from ...metrics import LayerRepresentations, compare, with_gradients
from ...metrics.inputs import DegenerateError
from ...models import record_with_gradients, recorded_layers
from ...study.prepared_experiment import PreparedExperiment
from ..measured_networks import MEASURED
from ..network_analysis import SomeBesideComplete
from .tables import GRADIENTS as TABLE
from .tables import KERNEL_METRICS, NO_GRADIENTS, UNIT_GRADIENTS, WITH_GRADIENTS


@dataclass(frozen=True)
class Gradients(SomeBesideComplete):
    """CKA and NBS of pruned, or of other complete, networks, by three kernels."""

    name: ClassVar[str] = TABLE.name
    chapter: ClassVar[str] = "converged"

    def rows(
        self, setting: PreparedExperiment, complete: nn.Module, network: nn.Module
    ) -> Iterator[dict]:
        images, labels = setting.inputs(setting.dataset.test, slice(self.images))
        layers = recorded_layers(complete)
        names = [name for name, _ in layers]
        sides = [record_with_gradients(each, images, labels, names) for each in (complete, network)]
        for depth, (layer, kind) in enumerate(layers):
            both = [kernels(*side.pop(layer)) for side in sides]
            for kernel, x in both[0].items():
                head = {"layer": layer, "kind": kind, "depth": depth, "kernel": kernel}
                if y := both[1].get(kernel):
                    for row in compare(x, y, metrics=KERNEL_METRICS):
                        columns = ("metric", "reshape", "value", "null_mean", "pr_x")
                        yield head | {name: row[name] for name in columns}


def kernels(x: Tensor, gradients: Tensor) -> dict[str, LayerRepresentations]:
    """kernel -> features of a layer that have it as their linear kernel, where that is not 0."""
    features = {NO_GRADIENTS: x}
    with suppress(DegenerateError):  # a layer of which nothing is left
        for name in (WITH_GRADIENTS, UNIT_GRADIENTS):
            features[name] = with_gradients(x, gradients, unit=name == UNIT_GRADIENTS)
    return {
        name: LayerRepresentations(kernel_features, name=name)
        for name, kernel_features in features.items()
    }


DECLARED = {
    "laptop": {
        name + end: Gradients() for name in MEASURED for end in ("", "_trained_on", "_independent")
    },
    "smoke": {"vgg_svhn_wide" + end: Gradients(images=100) for end in ("", "_independent")},
}

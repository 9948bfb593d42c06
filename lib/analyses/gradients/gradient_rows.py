"""Similarity of two networks by kernels of their representations, and of gradients as well."""

from collections.abc import Iterator
from contextlib import suppress

from torch import Tensor, nn

from ...metrics import LayerRepresentations, compare, with_gradients
from ...metrics.inputs import DegenerateError
from ...models import record_with_gradients, recorded_layers
from ...study.prepared_experiment import PreparedExperiment
from .job import Gradients
from .tables import KERNEL_METRICS, NO_GRADIENTS, UNIT_GRADIENTS, WITH_GRADIENTS


def gradient_rows(
    plan: Gradients, setting: PreparedExperiment, complete: nn.Module, network: nn.Module
) -> Iterator[dict]:
    """The rows of a network beside the complete one."""
    images, labels = setting.inputs(setting.dataset.test, slice(plan.images))
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

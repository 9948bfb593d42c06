"""The channels of two networks, matched."""

from collections.abc import Iterator
from contextlib import suppress

from torch import nn

from ...metrics import unit_matching
from ...metrics.inputs import DegenerateError
from ...models import record_layers
from ...study.comparison import Comparison
from ...study.prepared_experiment import PreparedExperiment
from .matching_job import Matching


def matching_rows(
    plan: Matching, setting: PreparedExperiment, complete: nn.Module, network: nn.Module
) -> Iterator[dict]:
    """The rows of a network beside the complete one."""
    comparison = Comparison(complete, setting)
    depths = {layer: depth for depth, (layer, _) in enumerate(comparison.layers)}
    kinds = dict(comparison.layers)
    for group in comparison.groups:
        sides = [record_layers(each, comparison.images, group) for each in (complete, network)]
        for layer in group:
            x, y = (side.pop(layer) for side in sides)
            if kinds[layer] in ("fc", "out"):
                continue
            with suppress(DegenerateError):  # no channel is left
                row = {"layer": layer, "kind": kinds[layer], "depth": depths[layer]}
                yield row | unit_matching(x, y)._asdict()

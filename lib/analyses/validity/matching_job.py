"""Whether the channels of pruned networks are still those of their complete network."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import ClassVar

from torch import nn

from ...metrics import unit_matching
from ...metrics.inputs import DegenerateError
from ...models import record_layers
from ...study.comparison import Comparison
from ...study.prepared_experiment import PreparedExperiment
from ..converged.studied_networks import RANDOM_MASKS
from ..measured_networks import MEASURED
from ..network_analysis import BesideComplete
from .tables import MATCHING as TABLE


@dataclass(frozen=True)
class Matching(BesideComplete):
    """The channels of each convolution and pooling matched with those of the complete network.

    A pruned network inherits its complete network's channels, so the right matching is
    known. Two independent networks have no common order of channels, and show what
    chance gives.
    """

    name: ClassVar[str] = TABLE.name
    chapter: ClassVar[str] = "converged"

    def rows(
        self, setting: PreparedExperiment, complete: nn.Module, network: nn.Module
    ) -> Iterator[dict]:
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


DECLARED = {
    "smoke": {name: Matching() for name in ("vgg_svhn_wide", "vgg_svhn_wide_independent")},
    "laptop": {
        **{
            network + control: Matching()
            for network in MEASURED
            for control in ("", "_trained_on", "_independent")
        },
        **dict.fromkeys(RANDOM_MASKS.values(), Matching()),
    },
    "paper": dict.fromkeys(MEASURED, Matching()),
    "tiny": {"vgg_svhn_wide": Matching()},
}

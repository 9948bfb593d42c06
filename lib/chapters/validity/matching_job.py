"""Whether the channels of pruned networks are still those of their complete network."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from torch import nn

from ...metrics import unit_matching
from ...metrics.inputs import DegenerateError
from ...models import record, recorded_layers
from ...study.paper import PAPER
from ...study.setting import Setting
from ..kept_networks import BesideComplete
from .tables import MATCHING as TABLE


@dataclass(frozen=True)
class Matching(BesideComplete):
    """The channels of each convolution and pooling matched with those of the complete network.

    A pruned network inherits its complete network's channels, so the right matching is known. Two
    independent networks have no common order of channels, and show what chance gives.
    """

    name: ClassVar[str] = TABLE.name

    def rows(self, setting: Setting, complete: nn.Module, network: nn.Module) -> Iterator[dict]:
        images = setting.probe_images()
        for depth, (layer, kind) in enumerate(recorded_layers(complete)):
            if kind in ("fc", "out"):
                continue
            x, y = (record(each, images, [layer])[layer] for each in (complete, network))
            try:
                found = unit_matching(x, y)
            except DegenerateError:  # no channel is left
                continue
            yield {"layer": layer, "kind": kind, "depth": depth} | found._asdict()


DECLARED = {
    "smoke": {name: Matching() for name in ("vgg_svhn", "vgg_svhn_independent")},
    "laptop": {
        network + control: Matching()
        for network in PAPER
        for control in ("", "_trained_on", "_random_masks", "_independent")
    },
    "paper": dict.fromkeys(PAPER, Matching()),
    "tiny": {"vgg_svhn": Matching()},
}

"""The PSP-entropy of kept networks, layer by layer."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from torch import nn

from ...models import record_batches
from ...pruning import Mask
from ...study.prepared_experiment import PreparedExperiment
from ..network_analysis import NetworkAnalysis
from .experiments import MINIMA
from .psp_entropy import SignCounts
from .tables import POTENTIALS as TABLE

_BATCH = 500


@dataclass(frozen=True)
class Potentials(NetworkAnalysis):
    """The PSP-entropy of every ReLU, and what it would be if signs were independent of the class.

    Tartaglione, Bragagnolo and Grangetto (2020).

    Attributes:
        images: how many test images, the first ones; None for all.
    """

    name: ClassVar[str] = TABLE.name
    chapter: ClassVar[str] = "icann2020"
    images: int | None = None

    def rows(self, setting: PreparedExperiment, network: nn.Module, mask: Mask) -> Iterator[dict]:
        data = setting.dataset
        images, labels = setting.inputs(data.test, slice(self.images))
        counts: dict[str, SignCounts] = {}
        # the output of a ReLU is positive where its potential is
        relus = [name for name, module in network.named_modules() if isinstance(module, nn.ReLU)]
        batches = record_batches(network, images.split(_BATCH), relus)
        for outputs, classes in zip(batches, labels.split(_BATCH), strict=True):
            for layer, values in outputs.items():
                counts.setdefault(layer, SignCounts(len(data.classes))).update(values, classes)
        for depth, (layer, signs) in enumerate(counts.items()):
            entropy = signs.entropy()
            yield {
                "layer": layer,
                "depth": depth,
                "neurons": len(entropy),
                "silent": int((entropy == 0).all(1).sum()),
                "entropy": entropy.mean().item(),
                "mixed": signs.mixed_entropy().mean().item(),
            }


DECLARED = {
    profile: {
        name: Potentials(when, 50 if profile == "tiny" else None) for name, when in minima.items()
    }
    for profile, minima in MINIMA.items()
}

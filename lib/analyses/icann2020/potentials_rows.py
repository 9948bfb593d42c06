"""The PSP-entropy of the ReLUs of a network."""

from collections.abc import Iterator

from torch import nn

from ...models import record_batches
from ...pruning import Mask
from ...study.prepared_experiment import PreparedExperiment
from .potentials_job import Potentials
from .psp_entropy import SignCounts

_BATCH = 500


def potentials_rows(
    plan: Potentials, setting: PreparedExperiment, network: nn.Module, mask: Mask
) -> Iterator[dict]:
    """The rows of one network."""
    data = setting.dataset
    images, labels = setting.inputs(data.test, slice(plan.images))
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

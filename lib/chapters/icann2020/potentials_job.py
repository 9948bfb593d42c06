"""The job that measures the PSP-entropy of kept networks, layer by layer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from torch import nn

from ...data import normalise
from ...pruning import Mask
from ...study.experiment import PRECISIONS
from ...study.kept_networks import ask_networks
from ...study.setting import Setting
from ...study.study import Job, Study
from ...tables import POTENTIALS
from .potentials import record_potentials
from .psp_entropy import SignCounts

BATCH = 500


def measure_potentials(study: Study, job: Job, setting: Setting, folder: Path) -> float:
    """PSP-entropy of every ReLU on test images, and what it were if neurons knew no classes.

    Leaves the table of potentials.
    """
    data = setting.dataset
    test = data.test.take(slice(study.analysis(job).images)).in_memory()
    images = normalise(test.pixels, data.mean, data.std, PRECISIONS[setting.experiment.precision])
    labels = test.labels.split(BATCH)

    def ask(network: nn.Module, mask: Mask) -> Iterator[dict]:
        counts: dict[str, SignCounts] = {}
        for potentials, of in zip(record_potentials(network, images, BATCH), labels, strict=True):
            for layer, values in potentials.items():
                counts.setdefault(layer, SignCounts(len(data.classes))).update(values, of)
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

    return ask_networks(study, job, setting, folder, POTENTIALS, ask)

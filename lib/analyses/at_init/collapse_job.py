"""Whether the input has any influence on the output of kept networks."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import nn

from ...pruning import Mask
from ...study.prepared_experiment import PreparedExperiment
from ..network_analysis import NetworkAnalysis
from .experiments import EXPERIMENTS
from .paths import count_paths
from .tables import COLLAPSE as TABLE

_BATCH = 500

CONSTANT = 1e-5
"""How far the outputs of a constant network may differ between images, relative to the
largest output. Rounding in float32 moves them by less than a tenth of that."""


@dataclass(frozen=True)
class Collapse(NetworkAnalysis):
    """How many paths are left, and whether all test images get the same output.

    A layer without weights cuts every path (Tanaka et al. 2020), but sparse layers can
    do so too, if the survivors of one lead only to channels that the next no longer
    reads.
    """

    name: ClassVar[str] = TABLE.name
    chapter: ClassVar[str] = "at_init"

    @torch.no_grad()
    def rows(self, setting: PreparedExperiment, network: nn.Module, mask: Mask) -> Iterator[dict]:
        data = setting.dataset
        images, labels = setting.inputs(data.test, slice(None))
        network.eval()
        outputs = torch.cat([network(batch) for batch in images.split(_BATCH)])
        reach = (outputs.amax(0) - outputs.amin(0)).max()
        frequency = torch.bincount(labels, minlength=len(data.classes))
        yield {
            "paths": count_paths(network, mask, data.test.shape),
            "constant": bool(reach <= CONSTANT * outputs.abs().max()),
            "predicted": len(outputs.argmax(1).unique()),
            "majority": frequency.max().item() / len(labels),
        }


DECLARED = {
    profile: {name: Collapse((1, 2, 3, 4, 5)) for name in EXPERIMENTS}
    for profile in ("smoke", "laptop", "paper", "tiny")
}

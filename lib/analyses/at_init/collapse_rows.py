"""The paths that a network has left, and whether its output is constant."""

from collections.abc import Iterator

import torch
from torch import nn

from ...pruning import Mask
from ...study.prepared_experiment import PreparedExperiment
from .collapse_job import Collapse
from .paths import count_paths

_BATCH = 500

CONSTANT = 1e-5
"""How far the outputs of a constant network may differ between images, relative to the
largest output. Rounding in float32 moves them by less than a tenth of that."""


@torch.no_grad()
def collapse_rows(
    plan: Collapse, setting: PreparedExperiment, network: nn.Module, mask: Mask
) -> Iterator[dict]:
    """The rows of one network."""
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

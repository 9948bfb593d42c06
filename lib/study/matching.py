"""Whether the channels of pruned networks are still those of their complete network."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

import torch
from torch import nn

from ..metrics import unit_matching
from ..metrics.inputs import DegenerateError
from ..models import record, recorded_layers
from ..tables import MATCHING as TABLE
from .analyses import Analysis, Rows
from .networks import load_complete, load_network
from .paper import PAPER
from .study import Job
from .task import Task


@dataclass(frozen=True)
class Matching(Analysis):
    """The channels of each convolution and pooling matched with those of the complete network.

    A pruned network inherits its complete network's channels, so the right matching is known. Two
    independent networks have no common order of channels, and show what chance gives.
    """

    name: ClassVar[str] = TABLE.name

    def parts(self, task: Task) -> Iterator[tuple[str, Rows]]:
        setting, study = task.setting, task.study
        images = setting.probe_images()
        complete = load_complete(study, task.run, setting)
        if setting.experiment.against == "complete":
            other = load_complete(study, Job(task.job.experiment, task.job.prune_seed), setting)
            yield "other network", partial(_rows, task.key(0), images, complete, other)
            return
        for iteration in range(1, setting.experiment.pruning.iterations + 1):
            network = load_network(study, task.run, setting, iteration)
            yield (
                f"iteration {iteration}",
                partial(_rows, task.key(iteration), images, complete, network),
            )


def _rows(key: dict, images: torch.Tensor, complete: nn.Module, other: nn.Module) -> Iterator[dict]:
    for depth, (layer, kind) in enumerate(recorded_layers(complete)):
        if kind in ("fc", "out"):
            continue
        x, y = (record(network, images, [layer])[layer] for network in (complete, other))
        try:
            found = unit_matching(x, y)
        except DegenerateError:  # no channel is left
            continue
        yield key | {"layer": layer, "kind": kind, "depth": depth} | found._asdict()


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

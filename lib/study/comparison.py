"""How similar the layers of a pruned network are to those of its complete one."""

from collections.abc import Iterator

import torch
from torch import nn

from ..metrics import LayerRepresentations, compare
from ..models import fitting, record_layers, recorded_layers
from .prepared_experiment import PreparedExperiment

MEMORY_OF_OUTPUTS = 4 << 30
"""Bytes that the recorded outputs of one network may take at a time."""


class Comparison:
    """A complete network, ready to be compared with its pruned descendants.

    The statistics of the complete network are computed at the first comparison and kept, as are its
    representations if they fit into `MEMORY_OF_OUTPUTS`. Otherwise layers are taken in groups that
    fit, and both networks run once for each group. A single layer is never divided.

    Args:
        dtype: precision of the images, for networks that were cast; None for the
            experiment's.
    """

    def __init__(
        self, complete: nn.Module, setting: PreparedExperiment, dtype: torch.dtype | None = None
    ):
        self.complete = complete
        self.experiment = setting.experiment
        self.images = setting.probe_images().to(dtype)
        self.layers = recorded_layers(complete)
        # one image tells how many bytes an image takes
        outputs = record_layers(complete, self.images[:1], [name for name, _ in self.layers])
        sizes = {name: {name: out.nbytes * len(self.images)} for name, out in outputs.items()}
        self.groups = fitting(sizes, MEMORY_OF_OUTPUTS)
        self.kept: dict[str, LayerRepresentations] = {}

    def rows(self, network: nn.Module, seed: int = 0, permutations: int = 0) -> Iterator[dict]:
        """The similarities of all recorded layers, in forward order, a dict for each number.

        A row has layer, kind, depth, and the row of `lib.metrics.compare` with these permutations.
        """
        depths = {name: depth for depth, (name, _) in enumerate(self.layers)}
        kinds = dict(self.layers)
        for group in self.groups:
            if len(self.groups) > 1 or not self.kept:
                for name, output in record_layers(self.complete, self.images, group).items():
                    if name in self.kept:
                        self.kept[name].attach(output)
                    else:
                        self.kept[name] = LayerRepresentations(output, name=name)
            outputs = record_layers(network, self.images, group)
            for name in group:
                metrics = self.experiment.metrics
                if kinds[name] == "out":
                    metrics = (*metrics, *self.experiment.output_metrics)
                for row in compare(
                    self.kept[name],
                    outputs.pop(name),
                    metrics=metrics,
                    also=self.experiment.also,
                    dimensions=self.experiment.dimensions,
                    permutations=permutations,
                    seed=seed,
                ):
                    yield {"layer": name, "kind": kinds[name], "depth": depths[name], **row}
                if len(self.groups) > 1:
                    self.kept[name].detach()
        if self.images.is_cuda:  # other jobs on this GPU need the memory
            torch.cuda.empty_cache()

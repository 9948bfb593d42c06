"""How similar the layers of a pruned network are to those of its complete one."""

from __future__ import annotations

import math
from collections.abc import Iterator

import torch
from torch import nn

from .. import compare
from ..models import recorded_layers
from .prepared_experiment import PreparedExperiment

MEMORY = 8 << 30
"""Bytes that the outputs of a complete and a pruned network may take at a time."""


class Comparison:
    """A complete network, compared with its pruned descendants on the images of an experiment."""

    def __init__(self, complete: nn.Module, setting: PreparedExperiment) -> None:
        self.complete, self.experiment = complete, setting.experiment
        self.images, self.layers = setting.probe_images(), recorded_layers(complete)
        self.of_complete = compare.Comparison(
            complete,
            self.images,
            metrics=self.experiment.metrics,
            output_metrics=self.experiment.output_metrics,
            also=self.experiment.also,
            dimensions=self.experiment.dimensions,
            batch_size=500,
            memory=MEMORY,
            say=None,
        )

    def rows(self, network: nn.Module, seed: int = 0, permutations: int = 0) -> Iterator[dict]:
        """The similarities of all recorded layers, in forward order, a dict for each number.

        A row has layer, kind, depth, and the row of `lib.metrics.compare` with these permutations;
        a ValueError if a layer cannot be compared.
        """
        depths = {name: depth for depth, (name, _) in enumerate(self.layers)}
        for row in self.of_complete.rows(network, permutations=permutations, seed=seed):
            if math.isnan(row["rank_x"]):
                raise ValueError(row["note"])
            yield {"layer": row["layer_x"], "depth": depths[row["layer_x"]], **row}
        if self.images.is_cuda:  # other jobs on this GPU need the memory
            torch.cuda.empty_cache()

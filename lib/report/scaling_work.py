"""What there is to do: counted, so the same on every machine."""

from __future__ import annotations

import math
from dataclasses import dataclass

import pandas as pd

from . import benchmarks

PAPER = ("vgg16_bn", "vgg_svhn", "resnet_fast")
IMAGENET = "resnet50"


@dataclass(frozen=True)
class Work:
    """A row of `benchmarks/costs.csv`: one network, its training, its runs of pruning.

    Attributes:
        network: name in the table.
        train_images, epochs, batch: of one training.
        operations: that PyTorch hands to the device in one training step.
        complete, runs, iterations: complete networks, runs of pruning in all, iterations of each.
        fraction: of the surviving weights that an iteration prunes.
        probe_images: on which representations are compared.
        weights, parameters: prunable weights, and all parameters.
        forward_flop, step_flop: for one image, of a forward pass and of a training step.
        layers: recorded ones.
        widest: channels of the widest layer.
        largest, values: numbers in one image's representation, of the largest layer and of all.
        narrowest_map: numbers in the smallest map of an image.
        first_flop, further_flop: of comparing all layers with those of a first other network, and
            of each further one.
        null_flop: of either, what the permutations of the null take.
        bare_first_flop, bare_further_flop: the same for what `benchmarks/layers.csv` timed.
        nbs_flop: of the NBS that `benchmarks/similarity.csv` timed; the same in every row.
    """

    network: str
    train_images: int
    epochs: int
    batch: int
    operations: int
    complete: int
    runs: int
    iterations: int
    fraction: float
    probe_images: int
    weights: int
    parameters: int
    forward_flop: float
    step_flop: float
    layers: int
    widest: int
    largest: int
    values: int
    narrowest_map: int
    first_flop: float
    further_flop: float
    null_flop: float
    bare_first_flop: float
    bare_further_flop: float
    nbs_flop: float

    @property
    def steps(self) -> int:
        """Of one training."""
        return self.epochs * math.ceil(self.train_images / self.batch)

    @property
    def training_flop(self) -> float:
        return self.step_flop * self.train_images * self.epochs

    @property
    def comparisons(self) -> int:
        return self.runs * self.iterations

    @property
    def trainings(self) -> int:
        return self.complete + self.comparisons

    @property
    def comparing_flop(self) -> float:
        """Of all comparisons; each run computes the complete network's share once."""
        return self.runs * self.first_flop + (self.comparisons - self.runs) * self.further_flop

    @property
    def kept_bytes(self) -> float:
        """Disk for the networks of one run: survivors in float32, masks in bits."""
        others = 4 * (self.parameters - self.weights)
        left = [(1 - self.fraction) ** k for k in range(1, self.iterations + 1)]
        return sum(4 * self.weights * share + self.weights / 8 + others for share in left)

    @property
    def largest_bytes(self) -> int:
        """Memory for the largest layer's representations, in float32."""
        return 4 * self.probe_images * self.largest

    @property
    def all_bytes(self) -> int:
        """Memory for all layers' representations, in float32."""
        return 4 * self.probe_images * self.values


def load_works() -> dict[str, Work]:
    """Network -> its work, from `benchmarks/costs.csv`."""
    rows = pd.read_csv(benchmarks.FOLDER / "costs.csv")
    rows = rows.drop(columns="dataset").rename(columns=lambda name: name.lower().replace(" ", "_"))
    return {row["network"]: Work(**row) for row in rows.to_dict("records")}

"""How fast machines are: processor cores as measured, GPUs as far as can be derived."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from . import benchmarks
from .scaling_work import IMAGENET, Work


@dataclass(frozen=True)
class Anchor:
    """A training on a GPU that others timed: where between nothing and the peak it lies.

    Attributes:
        name: what was trained, and on what.
        flop, seconds: of the training.
        peak: of the GPU, FLOP/s in half precision, dense.
        bandwidth: of its memory, bytes/s.
    """

    name: str
    flop: float
    seconds: float
    peak: float
    bandwidth: float

    @property
    def utilisation(self) -> float:
        return self.flop / self.seconds / self.peak

    @property
    def intensity(self) -> float:
        """FLOP for each byte that the memory could have moved."""
        return self.flop / self.seconds / self.bandwidth


V100 = {"peak": 125e12, "bandwidth": 0.9e12}
A100 = {"peak": 312e12, "bandwidth": 2.039e12}
"""Of the vendor's data sheets; the A100 is the one with 80 GB."""

RESNET50_RATES = {1: 2470, 8: 16621}
"""A100s -> images/s, mixed precision (NVIDIA, DeepLearningExamples)."""


def anchors(works: dict[str, Work]) -> list[Anchor]:
    """What has been published: sources stand on the page."""
    fast, large = works["resnet_fast"], works[IMAGENET]
    return [
        Anchor("ResNet-9 of cifar10-fast, V100", fast.training_flop, 79, **V100),
        Anchor("ResNet-50, A100", large.step_flop * RESNET50_RATES[1], 1, **A100),
        Anchor("airbench96, A100", 4.9e15, 34.7, **A100),
    ]


LAUNCH = np.array([5e-6, 25e-6])
"""Seconds that the processor takes to hand one operation to a GPU."""

EIGEN_INTENSITY = 0.5
"""FLOP for each byte in the reduction of a symmetric matrix to a tridiagonal one: the larger part
reads half of the matrix for each column, and computes 4 FLOP for each number of 8 bytes."""


@dataclass(frozen=True)
class Gpu:
    """A GPU as its data sheet describes it; its times are estimates.

    Attributes:
        peak: FLOP/s in bfloat16, dense, sums in float32.
        double: FLOP/s in float64.
        bandwidth: bytes/s.
        memory: bytes.
        anchors: published trainings.
    """

    peak: float
    double: float
    bandwidth: float
    memory: float
    anchors: tuple[Anchor, ...]

    @property
    def rates(self) -> np.ndarray:
        """FLOP/s of a training: the best share of a peak seen, the worst use of a memory."""
        return np.array(
            [
                self.peak * max(anchor.utilisation for anchor in self.anchors),
                self.bandwidth * min(anchor.intensity for anchor in self.anchors),
            ]
        )

    def arithmetic(self, work: Work) -> np.ndarray:
        """Seconds of one training step, if launching took none."""
        return work.step_flop * work.batch / self.rates

    def launching(self, work: Work) -> np.ndarray:
        """Seconds to launch the operations of one training step."""
        return work.operations * LAUNCH

    def training(self, work: Work) -> np.ndarray:
        """Seconds of one training: the device waits for launches, or they for the device."""
        return work.steps * np.maximum(self.arithmetic(work), self.launching(work))

    def comparing(self, flop: float) -> np.ndarray:
        """Seconds of a comparison: at the peak, or as slow as the memory feeds eigenproblems."""
        slow = min(self.double, EIGEN_INTENSITY * self.bandwidth)
        return flop / np.array([self.double, slow])


@dataclass(frozen=True)
class Cores:
    """Two processor cores, as measured.

    Attributes:
        images: network -> images/s of a training, in bfloat16 and in float32.
        double: FLOP/s of comparisons, the faster and the slower that were measured.
    """

    images: dict[str, np.ndarray]
    double: np.ndarray

    def training(self, work: Work) -> np.ndarray:
        """Seconds of one training, in bfloat16 and in float32."""
        return work.epochs * work.train_images / self.images[work.network]

    def comparing(self, flop: float) -> np.ndarray:
        """Seconds of a comparison."""
        return flop / self.double


def load_cores(works: dict[str, Work]) -> Cores:
    """From `training.csv`, `layers.csv` and `similarity.csv` in `benchmarks`.

    A network that was not timed is taken to train at as many FLOP/s as those that were.
    """
    timed = pd.read_csv(benchmarks.FOLDER / "training.csv")
    timed = timed[(timed["width"] == 1) & (timed["device"] == "cpu")].set_index("network")
    images = {
        name: row[["bfloat16 images/s", "float32 images/s"]].to_numpy(float)
        for name, row in timed.iterrows()
    }
    flop = np.array([works[name].step_flop * rate for name, rate in images.items()])
    for name in works.keys() - images.keys():
        images[name] = np.array([flop.max(), flop.min()]) / works[name].step_flop
    return Cores(images, _double(works["vgg16_bn"]))


def _double(counted: Work) -> np.ndarray:
    """FLOP/s of the metrics, the fastest and the slowest that were measured."""
    layers = benchmarks.layer_seconds()
    alone = pd.read_csv(benchmarks.FOLDER / "similarity.csv")
    alone = alone[(alone["metric"] == "nbs") & alone["complete side cached"]]
    rates = [
        counted.bare_first_flop / layers["first"],
        counted.bare_further_flop / layers["second"],
        *(counted.nbs_flop / alone["seconds"]),
    ]
    return np.array([max(rates), min(rates)])


CORES, WORKSTATION, SERVER = "2 CPU cores", "RTX 4090", "H200"
OFFERS = ((CORES, 1), (WORKSTATION, 1), (SERVER, 1), (SERVER, 8))
"""What the page puts a price on: machine, and how many of them."""


def machines(works: dict[str, Work]) -> dict[str, Cores | Gpu]:
    """Name -> machine; the GPUs' numbers are those of the vendor."""
    known = tuple(anchors(works))
    return {
        CORES: load_cores(works),
        WORKSTATION: Gpu(165.2e12, 1.29e12, 1.008e12, 24e9, known),
        SERVER: Gpu(989e12, 67e12, 4.8e12, 141e9, known),
    }

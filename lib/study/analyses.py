"""Further questions to networks that a study has kept, as data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from .experiment import Experiment


@dataclass(frozen=True)
class Robustness:
    """How far the similarities depend on the way in which they are read.

    Each reading changes one thing and leaves the rest as the experiment has it.

    Attributes:
        iterations: whose networks are read again.
        images: sizes of the probe.
        nbs_images: the largest of them for NBS, whose cost grows with the cube.
        draws: seeds of other probe images, as many as the experiment has.
        splits: where the probe images come from.
        thresholds: shares of the variance that SVCCA keeps.
        leading: numbers of leading principal components to remove, on flat representations.
        precisions: of the forward passes, floating types of PyTorch.
    """

    name: ClassVar[str] = "robustness"
    iterations: tuple[int, ...]
    images: tuple[int, ...] = (500, 1000, 2000, 5000, 10_000)
    nbs_images: int = 5000
    draws: tuple[int, ...] = (0, 1, 2, 3, 4)
    splits: tuple[str, ...] = ("test", "train")
    thresholds: tuple[float, ...] = (0.9, 0.95, 0.98, 0.99, 0.999)
    leading: tuple[int, ...] = (0, 1, 2, 5, 10)
    precisions: tuple[str, ...] = ("float64", "float32", "bfloat16")

    def runs(self, experiment: Experiment) -> list[tuple[int, int]]:
        """(train_seed, prune_seed) of the one run that is read again."""
        return [(experiment.train_seeds[0], experiment.prune_seeds[0])]


@dataclass(frozen=True)
class Identification:
    """How similar each layer of one complete network is to each layer of another one.

    A metric should find the layer that corresponds (Kornblith et al. 2019, section 6.1).

    Attributes:
        metrics: keys of `lib.metrics.METRICS`.
        reshapes: on which of them, where they make sense.
        images: how many of the experiment's probe images; None for all.
        pairs: how many pairs of complete networks; None for all.
    """

    name: ClassVar[str] = "identification"
    metrics: tuple[str, ...] = (
        "mean_cca",
        "svcca",
        "pwcca",
        "cka",
        "cka_debiased",
        "nbs",
        "procrustes",
        "linear_regression",
        "rsa",
        "knn_overlap",
    )
    reshapes: tuple[str, ...] = ("channels", "flat", "gap")
    images: int | None = None
    pairs: int | None = None

    def runs(self, experiment: Experiment) -> list[tuple[int, int]]:
        """(train_seed, other train_seed): each pair of complete networks once."""
        pairs = [(t, other) for t in experiment.train_seeds for other in experiment.opponents(t)]
        return pairs[: self.pairs]


Analysis = Robustness | Identification

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


class _EveryRun:
    """What is asked of the networks of every run."""

    def runs(self, experiment: Experiment) -> list[tuple[int, int]]:
        """(train_seed, prune_seed) of each."""
        return [(t, p) for t in experiment.train_seeds for p in experiment.opponents(t)]


@dataclass(frozen=True)
class Potentials(_EveryRun):
    """PSP-entropy of each layer: how little the sign of a neuron says about the class.

    Tartaglione, Bragagnolo and Grangetto (2020). Of the complete network as well, iteration 0.

    Attributes:
        iterations: whose networks are asked besides; those that a run has.
        images: how many test images, the first ones; None for all.
    """

    name: ClassVar[str] = "potentials"
    iterations: tuple[int, ...]
    images: int | None = None


@dataclass(frozen=True)
class Landscape(_EveryRun):
    """How sharp the minima are, in the space of the surviving weights.

    Of the complete network as well, iteration 0.

    Attributes:
        iterations: whose networks are asked besides; those that a run has.
        images: how many training images, the first ones, never augmented.
        eigenvalues: how many of the Hessian's largest.
        probes: random vectors for its trace.
        directions: random filter-normalised directions (Li et al. 2018).
        radii: how far along them, relative to the length of each filter.
    """

    name: ClassVar[str] = "landscape"
    iterations: tuple[int, ...]
    images: int = 1000
    eigenvalues: int = 3
    probes: int = 10
    directions: int = 5
    radii: tuple[float, ...] = (0.05, 0.1, 0.2, 0.4)


@dataclass(frozen=True)
class Regions(_EveryRun):
    """Linear regions between test images (Hanin and Rolnick 2019).

    Of the complete network as well, iteration 0.

    Attributes:
        iterations: whose networks are asked besides; those that a run has.
        segments: how many pairs of images.
        share: of each segment that is looked at; below 1 the number is an estimate.
        pieces: in how many evenly spaced pieces, where it is below 1.
        most_points: of a segment or of a piece, evaluated at most.
    """

    name: ClassVar[str] = "regions"
    iterations: tuple[int, ...]
    segments: int = 5
    share: float = 1.0
    pieces: int = 10
    most_points: int = 20_000


Analysis = Robustness | Identification | Potentials | Landscape | Regions

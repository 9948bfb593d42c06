"""The similarities of kept networks, measured again in other ways."""

from dataclasses import dataclass
from typing import ClassVar

from ...study.analysis_plan import AnalysisPlan, Work
from ...study.experiment import Experiment
from ..measured_networks import MEASURED
from .tables import ROBUSTNESS as TABLE


@dataclass(frozen=True)
class Robustness(AnalysisPlan):
    """How far the similarities depend on the way in which they are measured.

    Each reading changes one thing and leaves the rest as the experiment has it.

    Attributes:
        iterations: those whose networks are measured again.
        images: sizes of the probe.
        nbs_images: the largest probe for NBS, whose cost grows with the cube of its size.
        draws: seeds that draw other probe images, as many as in the experiment.
        splits: where the probe images come from.
        thresholds: shares of the variance that SVCCA keeps.
        leading: numbers of leading principal components to remove, on flat
            representations.
        precisions: of the forward passes, floating types of PyTorch.
    """

    name: ClassVar[str] = TABLE.name
    chapter: ClassVar[str] = "converged"
    iterations: tuple[int, ...]
    images: tuple[int, ...] = (500, 1000, 2000, 5000, 10_000)
    nbs_images: int = 5000
    draws: tuple[int, ...] = (0, 1, 2, 3, 4)
    splits: tuple[str, ...] = ("test", "train")
    thresholds: tuple[float, ...] = (0.9, 0.95, 0.98, 0.99, 0.999)
    leading: tuple[int, ...] = (0, 1, 2, 5, 10)
    precisions: tuple[str, ...] = ("float64", "float32", "bfloat16")

    def runs(self, experiment: Experiment) -> list[dict[str, int]]:
        """The seeds of the one run that is measured again."""
        return super().runs(experiment)[:1]

    def work(self) -> Work:
        from .robustness_rows import robustness_parts

        return robustness_parts


DECLARED = {
    "smoke": {"vgg_svhn_wide": Robustness((1, 4), (100, 250, 500), draws=(0,), leading=(0, 1, 5))},
    "laptop": {
        # more images than 5,000 make Gram matrices of gigabytes, and an hour of a job
        network: Robustness(iterations=(1, 4), images=(500, 1000, 2000, 5000), nbs_images=2000)
        for network in MEASURED
    },
    "tiny": {"vgg_svhn_wide": Robustness((1, 2), (32, 64), draws=(0, 1), leading=(0, 1))},
}

"""Each layer of a complete network compared with each layer of another one."""

from dataclasses import dataclass
from typing import ClassVar

from ...study.analysis_plan import AnalysisPlan, Work
from ...study.experiment import Experiment
from ..measured_networks import EVERY_KIND, MEASURED
from .tables import IDENTIFICATION as TABLE


@dataclass(frozen=True)
class Identification(AnalysisPlan):
    """How similar each layer of one complete network is to each layer of another one.

    A metric should find the corresponding layer (Kornblith et al. 2019, section 6.1).
    On channels a row is a position in an image, so that only maps of the same size can
    be compared there.

    Attributes:
        metrics: keys of `lib.metrics.METRICS`.
        reshapes: on which to compare, where the two layers allow it.
        images: how many of the experiment's probe images; None for all.
        pairs: how many pairs of complete networks; None for all.
    """

    name: ClassVar[str] = TABLE.name
    chapter: ClassVar[str] = "converged"
    metrics: tuple[str, ...] = EVERY_KIND
    reshapes: tuple[str, ...] = ("channels", "flat", "gap")
    images: int | None = None
    pairs: int | None = None

    def runs(self, experiment: Experiment) -> list[dict[str, int]]:
        """(train_seed, other train_seed): each pair of complete networks once."""
        return super().runs(experiment)[: self.pairs]

    def work(self) -> Work:
        from .identification_rows import identification_parts

        return identification_parts


DECLARED = {
    "smoke": {"vgg_svhn_wide_independent": Identification(images=200, pairs=1)},
    "laptop": {f"{network}_independent": Identification() for network in MEASURED},
}

"""Whether the channels of pruned networks are still those of their complete network."""

from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from ...study.analysis_plan import Work
from ..converged.studied_networks import RANDOM_MASKS
from ..measured_networks import MEASURED
from ..network_analysis import AllIterations
from .tables import MATCHING as TABLE


@dataclass(frozen=True)
class Matching(AllIterations):
    """The channels of each convolution and pooling matched with those of the complete network.

    A pruned network inherits its complete network's channels, so the right matching is
    known. Two independent networks have no common order of channels, and show what
    chance gives.
    """

    name: ClassVar[str] = TABLE.name
    chapter: ClassVar[str] = "converged"

    def work(self) -> Work:
        from ..kept_networks import each_beside_complete
        from .matching_rows import matching_rows

        return partial(each_beside_complete, matching_rows)


DECLARED = {
    "smoke": {name: Matching() for name in ("vgg_svhn_wide", "vgg_svhn_wide_independent")},
    "laptop": {
        **{
            network + control: Matching()
            for network in MEASURED
            for control in ("", "_trained_as_long", "_independent")
        },
        **dict.fromkeys(RANDOM_MASKS.values(), Matching()),
    },
    "paper": dict.fromkeys(MEASURED, Matching()),
    "tiny": {"vgg_svhn_wide": Matching()},
}

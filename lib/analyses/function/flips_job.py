"""Which images change class in a pruned network, beside its complete one, and what predicts it."""

from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from ...study.analysis_plan import Work
from ..measured_networks import MEASURED
from ..network_analysis import SomeBesideComplete
from .tables import FLIPS as TABLE


@dataclass(frozen=True)
class Flips(SomeBesideComplete):
    """The images that a pruned network classifies differently from its complete one."""

    name: ClassVar[str] = TABLE.name
    chapter: ClassVar[str] = "converged"
    images: int = 2000

    def work(self) -> Work:
        from ..kept_networks import each_beside_complete
        from .flips_rows import flips_rows

        return partial(each_beside_complete, flips_rows)


DECLARED = {
    "laptop": {name + end: Flips() for name in MEASURED for end in ("", "_trained_as_long")},
    "smoke": {"vgg_svhn_wide" + end: Flips(images=300) for end in ("", "_trained_as_long")},
}

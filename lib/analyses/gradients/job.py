"""Similarity of kept networks by kernels of the representation, and of its gradients as well."""

from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from ...study.analysis_plan import Work
from ..measured_networks import MEASURED
from ..network_analysis import SomeBesideComplete
from .tables import GRADIENTS as TABLE


@dataclass(frozen=True)
class Gradients(SomeBesideComplete):
    """CKA and NBS of pruned, or of other complete, networks, by three kernels."""

    name: ClassVar[str] = TABLE.name
    chapter: ClassVar[str] = "converged"

    def work(self) -> Work:
        from ..kept_networks import each_beside_complete
        from .gradient_rows import gradient_rows

        return partial(each_beside_complete, gradient_rows)


DECLARED = {
    "laptop": {
        name + end: Gradients()
        for name in MEASURED
        for end in ("", "_trained_as_long", "_independent")
    },
    "smoke": {"vgg_svhn_wide" + end: Gradients(images=100) for end in ("", "_independent")},
}

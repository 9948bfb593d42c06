"""The PSP-entropy of kept networks, layer by layer."""

from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from ...study.analysis_plan import Work
from ..network_analysis import SomeIterations
from .experiments import MINIMA
from .tables import POTENTIALS as TABLE


@dataclass(frozen=True)
class Potentials(SomeIterations):
    """The PSP-entropy of every ReLU, and what it would be if signs were independent of the class.

    Tartaglione, Bragagnolo and Grangetto (2020).

    Attributes:
        images: how many test images, the first ones; None for all.
    """

    name: ClassVar[str] = TABLE.name
    chapter: ClassVar[str] = "icann2020"
    images: int | None = None

    def work(self) -> Work:
        from ..kept_networks import each_by_itself
        from .potentials_rows import potentials_rows

        return partial(each_by_itself, potentials_rows)


DECLARED = {
    profile: {
        name: Potentials(when, 50 if profile == "tiny" else None) for name, when in minima.items()
    }
    for profile, minima in MINIMA.items()
}

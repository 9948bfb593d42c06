"""How sharp the minima of kept networks are."""

from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from ...study.analysis_plan import Work
from ..network_analysis import SomeIterations
from .experiments import MINIMA
from .tables import LANDSCAPE as TABLE


@dataclass(frozen=True)
class Landscape(SomeIterations):
    """Curvature and loss around each network, in the space of the surviving weights.

    Attributes:
        images: how many training images, the first ones, never augmented.
        eigenvalues: how many of the Hessian's largest.
        probes: random vectors for its trace.
        directions: random filter-normalised directions (Li et al. 2018).
        radii: how far along them, relative to the length of each filter.
    """

    name: ClassVar[str] = TABLE.name
    chapter: ClassVar[str] = "icann2020"
    images: int = 1000
    eigenvalues: int = 3
    probes: int = 10
    directions: int = 5
    radii: tuple[float, ...] = (0.05, 0.1, 0.2, 0.4)

    def work(self) -> Work:
        from ..kept_networks import each_by_itself
        from .landscape_rows import landscape_rows

        return partial(each_by_itself, landscape_rows)


_LESS = {"tiny": {"images": 8, "eigenvalues": 1, "probes": 2, "directions": 2}}

DECLARED = {
    profile: {name: Landscape(when, **_LESS.get(profile, {})) for name, when in minima.items()}
    for profile, minima in MINIMA.items()
}

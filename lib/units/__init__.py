"""What single units respond to, and how a network folds its input space."""

from .linear_regions import LinearRegions, count_regions
from .potentials import record_potentials
from .psp_entropy import SignCounts, psp_entropy

__all__ = [
    "LinearRegions",
    "SignCounts",
    "count_regions",
    "psp_entropy",
    "record_potentials",
]

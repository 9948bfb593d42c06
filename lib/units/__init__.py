"""What single units respond to, and how a network folds its input space."""

from .linear_regions import LinearRegions, count_regions
from .potentials import record_potentials
from .psp_entropy import SignCounts, psp_entropy
from .sampled_regions import SampledRegions, sample_regions

__all__ = [
    "LinearRegions",
    "SampledRegions",
    "SignCounts",
    "count_regions",
    "psp_entropy",
    "record_potentials",
    "sample_regions",
]

"""How many activation regions a line crosses, estimated from short stretches of it.

An exact count takes a point for each region. A network of millions of neurons has so many regions
that only a share of the line can be examined.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from ...seeds import generator
from .activation_regions import count_regions


@dataclass(frozen=True)
class SampledRegions:
    """What `sample_regions` found.

    Attributes:
        regions: activation regions, estimated.
        pieces: linear pieces of the output, estimated.
        regions_error, pieces_error: their standard errors, NaN with one stretch. They treat the
            stretches as independent draws. Evenly spaced ones vary less where the density of
            regions changes slowly along the line, so the errors are too large rather than small.
        points: how many points were evaluated.
        exact: whether all regions in the stretches were found. If not, there are more.
    """

    regions: float
    regions_error: float
    pieces: float
    pieces_error: float
    points: int
    exact: bool


def sample_regions(
    model: nn.Module,
    start: Tensor,
    end: Tensor,
    share: float,
    stretches: int = 10,
    *,
    seed: int = 0,
    points: int = 16,
    most_points: int = 100_000,
    batch_size: int = 64,
) -> SampledRegions:
    """The activation regions that a line segment crosses, from evenly spaced stretches of it.

    The breakpoints within the stretches are counted exactly, by `count_regions`, and their number
    is divided by the stretches' share of the segment. The stretches begin at a random offset, so
    every part of the segment is equally likely to be examined, and the estimate is unbiased.

    Args:
        model, start, end: as `count_regions`.
        share: of the segment, all stretches together; above 0 and below 1.
        stretches: how many.
        seed: of the offset, which is the same for every network.
        points, most_points: of each stretch, as `count_regions`.
        batch_size: as `count_regions`.

    Raises:
        ValueError: as `count_regions`.
    """
    offset = torch.rand((), generator=generator("cpu", "pieces", seed), dtype=torch.float64).item()
    breaks, bends = torch.zeros(2, stretches, dtype=torch.float64)
    evaluated, exact = 0, True
    for stretch in range(stretches):
        for low, high in _parts((stretch + offset) / stretches, share / stretches):
            ends = [torch.lerp(start.double(), end.double(), at) for at in (low, high)]
            part = count_regions(model, *ends, points, most_points, batch_size)
            breaks[stretch] += part.regions - 1
            bends[stretch] += part.bends
            evaluated += part.points
            exact &= part.exact
    regions, pieces = _scaled_up(breaks, share), _scaled_up(bends, share)
    return SampledRegions(*regions, *pieces, evaluated, exact)


def _scaled_up(counts: Tensor, share: float) -> tuple[float, float]:
    """How many parts the whole segment has, from the breaks in each stretch, and the error."""
    error = counts.std().item() if len(counts) > 1 else math.nan
    return 1 + counts.sum().item() / share, error * math.sqrt(len(counts)) / share


def _parts(low: float, length: float) -> Iterator[tuple[float, float]]:
    """A stretch that reaches past the end of the segment goes on at its beginning."""
    yield low, min(low + length, 1.0)
    if low + length > 1:
        yield 0.0, low + length - 1

"""How many linear regions a line crosses, estimated from short pieces of it.

An exact count takes a point for each region. A network of millions of neurons has so many that only
a share of the line can be looked at.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from ...seeds import generator
from .linear_regions import count_regions


@dataclass(frozen=True)
class SampledRegions:
    """What `sample_regions` found.

    Attributes:
        regions: the estimate.
        error: its standard error, from how much the pieces differ. It counts them as drawn
            independently; as they lie evenly, it is rather too large.
        points: how many points were evaluated.
        exact: whether all regions in the pieces were found. If not, there are more.
    """

    regions: float
    error: float
    points: int
    exact: bool


def sample_regions(
    model: nn.Module,
    start: Tensor,
    end: Tensor,
    share: float,
    pieces: int = 10,
    *,
    seed: int = 0,
    points: int = 16,
    most_points: int = 100_000,
    batch_size: int = 64,
) -> SampledRegions:
    """The linear regions that a line segment crosses, from evenly spaced pieces of it.

    Where regions meet is counted exactly within the pieces, by `count_regions`, and divided by
    their share of the segment. The pieces lie at a random offset, so the estimate is unbiased:
    every part of the segment has the same chance of being looked at.

    Args:
        model, start, end: as `count_regions`.
        share: of the segment, all pieces together; above 0 and below 1.
        pieces: how many, at least 2.
        seed: of the offset, which is the same for every network.
        points, most_points: of each piece, as `count_regions`.
        batch_size: as `count_regions`.

    Raises:
        ValueError: a share that is none; fewer than two pieces; what `count_regions` refuses.
    """
    if not 0 < share < 1:
        raise ValueError(f"share must be above 0 and below 1, got {share}; 1 is count_regions")
    if pieces < 2:
        raise ValueError(f"want at least 2 pieces, for a standard error, got {pieces}")
    offset = torch.rand((), generator=generator("cpu", "pieces", seed), dtype=torch.float64).item()
    meetings, evaluated, exact = [], 0, True
    for piece in range(pieces):
        found = 0
        for low, high in _parts((piece + offset) / pieces, share / pieces):
            ends = [torch.lerp(start.double(), end.double(), at) for at in (low, high)]
            part = count_regions(model, *ends, points, most_points, batch_size)
            found += part.regions - 1
            evaluated += part.points
            exact &= part.exact
        meetings.append(found)
    counts = torch.tensor(meetings, dtype=torch.float64)
    error = counts.std().item() * math.sqrt(pieces) / share
    return SampledRegions(1 + counts.sum().item() / share, error, evaluated, exact)


def _parts(low: float, length: float) -> Iterator[tuple[float, float]]:
    """A piece that reaches past the end of the segment goes on at its beginning."""
    yield low, min(low + length, 1.0)
    if low + length > 1:
        yield 0.0, low + length - 1

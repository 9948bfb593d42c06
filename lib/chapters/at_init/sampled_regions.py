"""How many linear regions a line crosses, estimated from short pieces of it.

An exact count takes a point for each region. A network of millions of neurons has so many that only
a share of the line can be looked at.
"""

from __future__ import annotations

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
        points: how many points were evaluated.
        exact: whether all regions in the pieces were found. If not, there are more.
    """

    regions: float
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
        pieces: how many.
        seed: of the offset, which is the same for every network.
        points, most_points: of each piece, as `count_regions`.
        batch_size: as `count_regions`.

    Raises:
        ValueError: a share that is none; no piece; what `count_regions` refuses.
    """
    if not 0 < share < 1:
        raise ValueError(f"share must be above 0 and below 1, got {share}; 1 is count_regions")
    if pieces < 1:
        raise ValueError(f"want at least 1 piece, got {pieces}")
    offset = torch.rand((), generator=generator("cpu", "pieces", seed), dtype=torch.float64).item()
    found, evaluated, exact = 0, 0, True
    for piece in range(pieces):
        for low, high in _parts((piece + offset) / pieces, share / pieces):
            ends = [torch.lerp(start.double(), end.double(), at) for at in (low, high)]
            part = count_regions(model, *ends, points, most_points, batch_size)
            found += part.regions - 1
            evaluated += part.points
            exact &= part.exact
    return SampledRegions(1 + found / share, evaluated, exact)


def _parts(low: float, length: float) -> Iterator[tuple[float, float]]:
    """A piece that reaches past the end of the segment goes on at its beginning."""
    yield low, min(low + length, 1.0)
    if low + length > 1:
        yield 0.0, low + length - 1

"""How many activation regions the line segment between two inputs crosses, and how often the
output bends there.

Raghu et al., "On the Expressive Power of Deep Neural Networks" (ICML 2017), count the transitions
of the activation pattern along a trajectory. Hanin and Rolnick, "Complexity of Linear Regions in
Deep Networks" and "Deep ReLU Networks Have Surprisingly Few Activation Patterns" (both 2019), show
how their number grows with the number of neurons, and distinguish activation regions, which have
one pattern, from linear regions, which have one affine map.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import torch
from torch import Tensor, nn

from .frozen_pattern import FrozenPattern

RESOLUTION = 1e-12
"""Breakpoints closer than this, in lengths of the segment, count as one. Rounding in float64 moves
a breakpoint by less, unless the potential crosses 0 at a very flat angle."""

AFFINE = 1e-9  # of the largest output: far above rounding in float64, far below any bend


@dataclass(frozen=True)
class ActivationRegions:
    """What `count_regions` found.

    Attributes:
        breakpoints: (k,), ascending, in (0, 1): where on the segment the activation pattern
            changes. float64, on the CPU.
        bends: at how many of them the slope of an output changes as well.
        points: how many points of the segment were evaluated.
        exact: whether the regions found cover the segment. If not, there are more of them.
        regions_error, pieces_error: 0, since they are counted, unlike those of `SampledRegions`.
    """

    breakpoints: Tensor
    bends: int
    points: int
    exact: bool
    regions_error: ClassVar[float] = 0.0
    pieces_error: ClassVar[float] = 0.0

    @property
    def regions(self) -> int:
        """How many activation regions the segment crosses; a lower bound if not `exact`."""
        return len(self.breakpoints) + 1

    @property
    def pieces(self) -> int:
        """How many linear pieces the output has along the segment; 1 if it is constant."""
        return self.bends + 1


def count_regions(
    model: nn.Module,
    start: Tensor,
    end: Tensor,
    points: int = 64,
    most_points: int = 100_000,
    batch_size: int = 64,
) -> ActivationRegions:
    """The activation regions of a piecewise-linear network that a line segment crosses.

    The activation pattern says which ReLUs are on and which entry each max-pool takes. Where it
    does not change, the network is affine. Max-pools belong to it: without them the network would
    not be affine in a region, nor a region convex. A pattern may change without any effect on the
    output, as when a ReLU flips that no later weight reads: a network with an empty layer is
    constant whatever the patterns before it do. So the bends of the output are counted as well.

    Dense sampling would miss regions between the samples. So would bisection until neighbours
    differ in one unit: a unit of a later layer can be on only near the kink of that one unit. But a
    region is convex, and all potentials are affine in it. So one pass at a point gives the pattern
    there, and also how far the region reaches on both sides. The next point is the middle of a gap
    between known regions, and hence in a new one. When no gap is left, the count is exact, after
    about as many points as there are regions.

    The network is copied and computes in float64, for two reasons. Regions are narrow: a small VGG
    already has some of 1e-8 of the segment, which float32 cannot resolve. And the ends that two
    neighbours give for their common breakpoint must agree.

    Args:
        model: affine layers, `nn.ReLU`, `nn.MaxPool2d` and `nn.AdaptiveMaxPool2d`, wired in any
            way. A copy in evaluation mode is evaluated; the network itself is left as it is.
        start, end: two inputs without the batch dimension, such as (c, h, w), on the network's
            device.
        points: evaluated first, evenly spaced. They change the cost, never an exact count.
        most_points: the count stops after so many, with `exact` False if gaps are left.
        batch_size: points in one forward pass, which takes the memory of twice as many.

    Raises:
        ValueError: a network whose outputs are not finite, or that is not affine where its pattern
            is constant.
    """
    visit = _Visitor(model, start, end, batch_size)
    visited = visit((torch.arange(points, dtype=torch.float64) + 0.5) / points)
    while True:
        visited.check(type(model).__name__)
        gaps, left = visited.gaps(), most_points - len(visited.position)
        if len(gaps) == 0 or left == 0:
            break
        widest = gaps.diff(dim=1).flatten().argsort(descending=True)[:left]
        visited = visited.merged(visit(gaps[widest].mean(1)))
    return ActivationRegions(*visited.breakpoints(), len(visited.position), exact=len(gaps) == 0)


class _Visited(NamedTuple):
    """Points of the segment in ascending order, and the regions that they are in."""

    position: Tensor  # (m,)
    low: Tensor  # (m,), where the region begins
    high: Tensor  # (m,), where it ends
    pattern: Tensor  # (m,), equal in the same region only
    output: Tensor  # (m, k)
    slope: Tensor  # (m, k), of the output, over the length of the segment

    def merged(self, other: _Visited) -> _Visited:
        order = torch.cat([self.position, other.position]).argsort()
        return _Visited(*(torch.cat(both)[order] for both in zip(self, other, strict=True)))

    def gaps(self) -> Tensor:
        """(g, 2): where the parts of the segment that are in no known region begin and end."""
        begin = torch.cat([self.high.new_zeros(1), self.high])
        end = torch.cat([self.low, self.low.new_ones(1)])
        differ = torch.ones_like(begin, dtype=torch.bool)
        differ[1:-1] = self.pattern[1:] != self.pattern[:-1]
        gap = differ & (end - begin > RESOLUTION)
        return torch.stack([begin[gap], end[gap]], 1)

    def breakpoints(self) -> tuple[Tensor, int]:
        """(k,): where the regions meet, and both ends of each gap; and how often outputs bend."""
        # A point may hit the common breakpoint of two units. Its pattern then is that of no region.
        inside = self.high - self.low > RESOLUTION
        pattern, low, high = self.pattern[inside], self.low[inside], self.high[inside]
        differ = pattern[1:] != pattern[:-1]
        begin = torch.cat([high.new_zeros(1), high[:-1][differ], high[-1:]])
        end = torch.cat([low[:1], low[1:][differ], low.new_ones(1)])
        gap = end - begin > RESOLUTION
        meet = ~gap
        meet[0] = meet[-1] = False  # the ends of the segment
        points = torch.cat([begin[gap], end[gap], (begin + end)[meet] / 2])
        bend = self.slope[inside].diff(dim=0).abs().amax(1) > AFFINE * self.output.abs().max()
        return points[(points > 0) & (points < 1)].sort().values, int((bend & differ).sum())

    def check(self, name: str) -> None:
        """Refuse outputs that are not finite, or that bend where no known non-linearity does.

        The affine maps of two regions agree where the regions meet, and those of two points of one
        region everywhere.
        """
        meet = (self.high[:-1] + self.low[1:]) / 2
        meet = meet.clamp(self.position[:-1], self.position[1:])[:, None]
        from_left = self.output[:-1] + self.slope[:-1] * (meet - self.position[:-1, None])
        from_right = self.output[1:] + self.slope[1:] * (meet - self.position[1:, None])
        in_gap = (self.pattern[1:] != self.pattern[:-1]) & (
            self.low[1:] - self.high[:-1] > RESOLUTION
        )
        if not self.output.isfinite().all():
            raise ValueError(f"{name} returns NaN or infinite values")
        off = (from_left - from_right).abs()[~in_gap]
        if (off > AFFINE * self.output.abs().max()).any():
            raise ValueError(
                f"{name} is not affine where the pattern of its nn.ReLU, nn.MaxPool2d and "
                "nn.AdaptiveMaxPool2d modules is constant. It must have no other non-linearity, "
                "and call these as modules, not as functions"
            )


class _Visitor:
    """Evaluates points of one segment."""

    def __init__(self, model: nn.Module, start: Tensor, end: Tensor, batch_size: int):
        self._regions_at = FrozenPattern(model)
        self._start, self._direction = start.double(), end.double() - start.double()
        self._batch_size = batch_size

    def __call__(self, positions: Tensor) -> _Visited:
        batches = [self._visit(batch) for batch in positions.split(self._batch_size)]
        return _Visited(*map(torch.cat, zip(*batches, strict=True)))

    def _visit(self, position: Tensor) -> _Visited:
        at = position.to(self._start.device)
        along = at.view(-1, *[1] * self._start.ndim) * self._direction
        regions = self._regions_at(self._start + along, self._direction, at, 1 - at)
        left, right, pattern, output, slope = (value.cpu() for value in regions)
        return _Visited(position, position - left, position + right, pattern, output, slope)

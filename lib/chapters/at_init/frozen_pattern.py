"""One forward pass that finds the activation region of a point, and how far that region reaches."""

import copy
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import adaptive_max_pool2d, max_pool2d


class Regions(NamedTuple):
    """The activation regions of b points of a line."""

    left: Tensor  # (b,), distance from the point to where the region begins
    right: Tensor  # (b,), to where it ends
    pattern: Tensor  # (b,), equal in the same region, different in others (a hash of 64 bits)
    output: Tensor  # (b, k), of the network at the point
    slope: Tensor  # (b, k), of the output along the line


class FrozenPattern:
    """A copy of a network in float64, which looks along a line while it evaluates points of it.

    Each batch consists of the points and, after them, the points one `direction` further. ReLUs and
    max-pools make the same choices for the second half as for the first. So the second half passes
    through the affine map of the region of the first, and the difference of the two is the slope of
    every value along the line. The region ends where a potential would change its sign, or where
    another entry of a pool would become the largest.

    Args:
        model: any network; evaluation mode is set on the copy.
    """

    def __init__(self, model: nn.Module):
        self._model = copy.deepcopy(model).double().eval()
        self._weights: list[Tensor] = []  # of the hash, one tensor for each call of a non-linearity
        for module in self._model.modules():
            if isinstance(module, nn.ReLU):
                module.inplace = False
                module.register_forward_hook(self._relu)
            elif isinstance(module, nn.MaxPool2d | nn.AdaptiveMaxPool2d):
                module.register_forward_hook(self._pool)

    @torch.no_grad()
    def __call__(self, points: Tensor, direction: Tensor, left: Tensor, right: Tensor) -> Regions:
        """The regions of b points, and how far they reach.

        Args:
            points: (b, ...), inputs of the network, float64.
            direction: (...), of the line.
            left, right: (b,), how far to look at most, in lengths of `direction`.
        """
        self._left, self._right = left, right
        self._pattern = torch.zeros_like(left, dtype=torch.int64)
        self._calls = 0
        output, ahead = self._model(torch.cat([points, points + direction])).flatten(1).chunk(2)
        return Regions(self._left, self._right, self._pattern, output, ahead - output)

    def _relu(self, module: nn.ReLU, args: tuple[Tensor], output: Tensor) -> Tensor:
        value, ahead = args[0].chunk(2)
        slope = ahead - value
        on = value > 0
        self._hash(on)
        distance = (value / slope).abs_().masked_fill_(slope == 0, torch.inf)
        # A potential of exactly 0 is off, and turns on towards the side on which it rises.
        ends_right = on != (slope > 0)
        self._left = torch.minimum(self._left, _least(distance.masked_fill(ends_right, torch.inf)))
        self._right = torch.minimum(
            self._right, _least(distance.masked_fill(~ends_right, torch.inf))
        )
        return torch.cat([value * on, ahead * on])

    def _pool(
        self, pool: nn.MaxPool2d | nn.AdaptiveMaxPool2d, args: tuple[Tensor], output: Tensor
    ) -> Tensor:
        value, ahead = args[0].chunk(2)
        slope = ahead - value
        winners = _winners(pool, value)
        self._hash(winners)
        self._left = _unbeaten(pool, value, -slope, winners, self._left)
        self._right = _unbeaten(pool, value, slope, winners, self._right)
        return torch.cat([_take(value, winners), _take(ahead, winners)])

    def _hash(self, choices: Tensor) -> None:
        """Add the choices of one non-linearity to the pattern; sums of int64 wrap around."""
        choices = choices.flatten(1)
        if self._calls == len(self._weights):
            draw = torch.Generator().manual_seed(self._calls)
            weights = torch.randint(-(2**63), 2**63 - 1, choices.shape[1:], generator=draw)
            self._weights.append(weights.to(choices.device))
        self._pattern = self._pattern + (choices * self._weights[self._calls]).sum(1)
        self._calls += 1


def _least(distances: Tensor) -> Tensor:
    return distances.flatten(1).amin(1)


def _winners(pool: nn.MaxPool2d | nn.AdaptiveMaxPool2d, x: Tensor) -> Tensor:
    """(b, c, oh, ow): which entry of the flattened map each window takes."""
    if isinstance(pool, nn.AdaptiveMaxPool2d):
        return adaptive_max_pool2d(x, pool.output_size, return_indices=True)[1]
    options = (pool.kernel_size, pool.stride, pool.padding, pool.dilation, pool.ceil_mode)
    return max_pool2d(x, *options, return_indices=True)[1]


def _take(x: Tensor, entries: Tensor) -> Tensor:
    return x.flatten(2).gather(2, entries.flatten(2)).view_as(entries)


def _unbeaten(
    pool: nn.Module, value: Tensor, slope: Tensor, winners: Tensor, reach: Tensor
) -> Tensor:
    """How far the winners of all windows stay the largest, at most `reach`: (b,).

    An entry that is larger at the far end overtakes the winner somewhere before it. The far end
    moves there, until no entry is larger. Entries are affine, so none is larger in between either.
    """
    best, rising = _take(value, winners), _take(slope, winners)
    while True:
        rivals = _winners(pool, value + slope * reach[:, None, None, None])
        closing = _take(slope, rivals) - rising
        distance = (best - _take(value, rivals)) / closing
        nearest = _least(distance.masked_fill(closing <= 0, torch.inf))
        if not (nearest < reach).any():
            return reach
        reach = torch.minimum(reach, nearest)

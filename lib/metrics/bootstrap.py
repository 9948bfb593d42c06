"""How much of a value is the choice of images."""

from __future__ import annotations

import itertools
import math

import torch
from torch import Tensor

from .inputs import DegenerateError, check_choice, check_threshold
from .metric import METRICS, Pair, pair_of
from .moment_pair import MomentPair
from .statistics import Moments

MAX_COLUMNS = 2048


def bootstrap(
    x: object,
    y: object,
    *,
    metric: str = "svcca",
    reshape: str | None = None,
    level: float = 0.95,
    resamples: int = 200,
    blocks: int = 50,
    seed: int = 0,
) -> tuple[float, float]:
    """Percentile interval of a metric over samples of images, drawn with replacement.

    Images, never pixels, are drawn, in blocks of neighbours whose second moments are computed
    once: a sample is then a sum of their moments. Assumes that the order of the images is random.

    Args:
        x: representation of the complete network, `(n, p)` or `(n, c, h, w)`, or a
            `Representation`.
        y: that of the other network.
        metric: one that second moments determine: the CCA family, `cka`, `nbs`, `procrustes` or
            `linear_regression`.
        reshape: None stands for the default of the metric.
        level: share of the samples within the interval, in (0, 1].
        resamples: number of samples.
        blocks: number of blocks; as many as images draws single images. Needs memory for `blocks ·
            (p + q)²` numbers of 8 bytes.
        seed: of the samples.

    Returns:
        lower and upper end; NaN where the metric isn't defined on a sample.

    Raises:
        ValueError: as the metric; another metric; more blocks than images or fewer than 2; more
            than 2048 columns together: use a reshape with fewer.
    """
    check_choice(metric, [name for name, entry in METRICS.items() if entry.by_moments], "metric")
    check_threshold(level, "level")
    pair = pair_of(x, y, reshape, METRICS[metric].reshape)
    total = pair.x.columns + pair.y.columns
    if total > MAX_COLUMNS:
        raise ValueError(
            f"x, y: got {pair.x.columns} + {pair.y.columns} columns with "
            f"reshape={pair.x.reshape!r}, want at most {MAX_COLUMNS}; use reshape='channels' or "
            "'gap'"
        )
    if not 2 <= blocks <= pair.images:
        raise ValueError(f"blocks: got {blocks}, want 2 to {pair.images}, the number of images")
    if resamples < 1:
        raise ValueError(f"resamples: got {resamples}, want 1 or more")
    METRICS[metric].of_pair(pair)
    of_blocks = _Blocks(pair, blocks)
    generator = torch.Generator().manual_seed(seed)
    draws = (torch.randint(blocks, (blocks,), generator=generator) for _ in range(resamples))
    values = [_value(metric, pair, of_blocks.sum(drawn)) for drawn in draws]
    tail = (1 - level) / 2
    low, high = torch.tensor(values, dtype=torch.float64).quantile(
        torch.tensor([tail, 1 - tail], dtype=torch.float64)
    )
    return low.item(), high.item()


class _Blocks:
    """Joint moments of x and y in blocks of images, ready to be added."""

    def __init__(self, pair: Pair, blocks: int) -> None:
        ends = torch.linspace(0, pair.images, blocks + 1).round().int().tolist()
        parts = [
            Moments.of([torch.cat([pair.x.raw(images), pair.y.raw(images)], 1)])
            for images in itertools.starmap(slice, itertools.pairwise(ends))
        ]
        self.counts = torch.tensor([part.count for part in parts], dtype=torch.float64)
        self.means = torch.stack([part.mean for part in parts])
        self.scatters = torch.stack([part.scatter for part in parts])
        self.origin = self.means.mean(0)

    def sum(self, drawn: Tensor) -> Moments:
        """Moments of these blocks, some of which may come more than once."""
        times = drawn.bincount(minlength=len(self.counts)).to(torch.float64)
        count = int(times @ self.counts)
        steps = self.means - self.origin
        weights = (times * self.counts).to(steps.device)
        step = weights @ steps / count
        within = torch.tensordot(times.to(steps.device), self.scatters, 1)
        between = (weights[:, None] * steps).T @ steps - count * torch.outer(step, step)
        return Moments(count, self.origin + step, within + between)


def _value(metric: str, pair: Pair, moments: Moments) -> float:
    try:
        sample = MomentPair(moments, pair.x.columns, pair.x.reshape, pair.images, pair.eps)
        return METRICS[metric].of_pair(sample)
    except DegenerateError:
        return math.nan

"""What a metric says of representations that have nothing to do with each other."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from .pair import Pair


def image_orders(images: int, permutations: int, seed: int) -> list[Tensor]:
    """Random permutations of the data points, the same on every device."""
    generator = torch.Generator().manual_seed(seed)
    return [torch.randperm(images, generator=generator) for _ in range(permutations)]


def null(
    values: Sequence[float], pair: Pair, exact_mean: Callable[[Pair], float] | None
) -> tuple[float, float]:
    """Mean and standard deviation of a metric over permutations of the images.

    Args:
        values: of the metric on permuted pairs.
        exact_mean: takes the place of their mean where a row is an image.

    Returns:
        NaN for what these values don't tell.
    """
    if exact_mean is not None and pair.x.rows == pair.x.images:
        mean = exact_mean(pair)
    else:
        mean = statistics.fmean(values) if values else math.nan
    return mean, statistics.stdev(values) if len(values) > 1 else math.nan

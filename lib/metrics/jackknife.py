"""Confidence intervals of a similarity over images, by the block jackknife."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from ..did_you_mean import lookup
from .groups import Groups, read_groups, repeats
from .linalg import centred
from .metric import METRICS, Pair
from .representation import Representation
from .second_moments import Gram

BLOCKS = 20

FEWEST_IMAGES = {"cka": 400, "cka_debiased": 100}
"""Metric -> the fewest images for an interval; with fewer, coverage drops. Intervals of NBS and of
mean CCA covered too rarely where there were many directions, so there are none."""

LARGEST_BIAS = 2.0
"""In standard errors: for a larger bias, terms beyond 1/n matter."""

NO_SPREAD = 1e-12
"""Differences between values without a block up to this are rounding."""


@dataclass(frozen=True)
class JackknifeInterval:
    """The interval of one similarity.

    Attributes:
        value: the similarity itself, of the images given.
        low, high: ends; NaN where there is no interval.
        level: the share of such intervals that cover the similarity of infinitely many images.
        note: why there is none, or what speaks against it, as of `PermutationNull`, or "".
    """

    value: float
    low: float
    high: float
    level: float
    note: str = ""


def jackknife_interval(
    x: object,
    y: object,
    metric: str = "cka",
    reshape: str | None = None,
    level: float = 0.95,
    groups: object = None,
) -> JackknifeInterval:
    """The interval of a similarity, had other images of the same kind been taken.

    It is about these two networks: how much networks differ that are trained alike, only more
    networks can tell.

    Images are divided into 20 random blocks, and the value is computed without each (the block
    jackknife, Busing, Meijer and Van der Leeden 1999). Student's interval of the pseudo-values,
    which are free of bias that falls as 1/n, covers the value of ever more images in a share
    `level` of all samples (`benchmarks/jackknife_coverage.csv`). Where it would not, there is
    none, and the note says why: for all metrics but CKA and debiased CKA, for fewer than 400
    images (100 for debiased CKA), for a value that is biased by two standard errors or more, and
    too near the ends of the metric's range.

    Args:
        x, y: as for the metric, or each a `Representation`.
        metric, reshape: as for `permutation_null`.
        level: share of samples whose interval covers, between 0 and 1.
        groups: as for `permutation_null`; whole groups are left out, and count as images do.

    Raises:
        ValueError: input for which the metric is not defined; no such level; another
            number of labels than of images.
    """
    declared = lookup("metric", metric, METRICS)
    check_level(level)
    pair = declared.pair(x, y, reshape)
    grouped = read_groups(groups, pair.x.images)
    found = interval_of_pair(metric, pair, declared.of_pair(pair), level, grouped)
    return found if grouped or found.note else replace(found, note=repeats(pair))


def check_level(level: float) -> None:
    """Refuse a level outside of (0, 1)."""
    if not 0 < level < 1:
        raise ValueError(f"level: got {level}, want a share between 0 and 1, such as 0.95")


def interval_of_pair(
    metric: str, pair: Pair, value: float, level: float, groups: Groups | None = None
) -> JackknifeInterval:
    """The interval of a metric of a pair, given its value."""
    if not (note := note_before(metric, pair, groups)):
        blocks = image_blocks(pair.x.images, groups)
        try:
            without = [METRICS[metric].of_pair(rest) for rest in pairs_without(pair, blocks)]
        except ValueError as error:
            note = str(error)
    if note:
        return JackknifeInterval(value, math.nan, math.nan, level, note)
    return student_interval(value, without, [*map(len, blocks)], level, METRICS[metric].lowest)


def note_before(metric: str, pair: Pair, groups: Groups | None = None) -> str:
    """The reason why a metric has no interval, if it is known before any computation, or ""."""
    if metric not in FEWEST_IMAGES:
        return f"{metric}: only CKA has an interval, that of others may cover too seldom"
    units, what = (len(groups), "groups") if groups else (pair.x.images, "images")
    fewest = FEWEST_IMAGES[metric]
    return f"{units} {what}, want {fewest}" if units < fewest else ""


def image_blocks(images: int, groups: Groups | None = None) -> list[Tensor]:
    """The images in random blocks of equal size (or one more); groups stay whole."""
    units = len(groups) if groups else images
    order = torch.randperm(units, generator=torch.Generator().manual_seed(0))
    parts = order.tensor_split(BLOCKS)
    if groups:
        parts = [torch.cat([groups.members[i] for i in part.tolist()]) for part in parts]
    return [part.sort().values for part in parts]


def pairs_without(pair: Pair, blocks: Sequence[Tensor]) -> Iterator[Pair]:
    """The pair without each of these blocks of images, one after the other."""
    for block in blocks:
        kept = torch.ones(pair.x.images, dtype=torch.bool).index_fill(0, block, False)
        yield Pair(*(_of_images(side, kept.nonzero()[:, 0]) for side in (pair.x, pair.y)))


def _of_images(side: Representation, images: Tensor) -> Representation:
    """The same representation of some of its images."""
    images = images.to(side.device)
    some = Representation(side.data[images], side.reshape, name=side.name)
    if isinstance(side.statistic, Gram) and side.rows == side.images:
        # a submatrix takes less work than products of so many columns
        gram = centred(side.gram[images][:, images])
        some.statistic = Gram(gram, side.statistic.offset, side.eps)
    return some


def student_interval(
    value: float,
    without: Sequence[float],
    sizes: Sequence[int],
    level: float,
    lowest: float = 0.0,
    checked: bool = True,
) -> JackknifeInterval:
    """Student's interval of the pseudo-values (Busing et al. 1999, eqs. 8 and 9), given the value
    of all images, those without each block, and how many images each block has; none where such
    intervals are known not to hold, unless it is not checked."""
    from scipy.special import stdtrit  # Student's quantiles, without the second of scipy.stats

    shares = np.array(sizes) / sum(sizes)
    pseudo = (value - (1 - shares) * without) / shares
    centre = float(shares @ pseudo)
    error = math.sqrt(((pseudo - centre) ** 2 * shares / (1 - shares)).mean())
    half = float(stdtrit(len(sizes) - 1, (1 + level) / 2)) * error
    low, high = centre - half, centre + half
    note = ""
    if max(abs(rest - value) for rest in without) <= NO_SPREAD:
        note = f"{value:.6g} whichever block is left out"
    elif abs(value - centre) > LARGEST_BIAS * error:
        note = f"biased by about {value - centre:.2g}; want more images"
    elif low < lowest or high > 1:
        note = f"too near {lowest:g} or 1: it would be {low:.4g} to {high:.4g}; want more images"
    if note and checked:
        return JackknifeInterval(value, math.nan, math.nan, level, note)
    return JackknifeInterval(value, low, high, level)

"""How far a similarity may be off because of the images that happened to be taken."""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

import torch
from torch import Tensor

from ..did_you_mean import check
from .block_sums import sum_by_blocks
from .inputs import DegenerateError
from .left_out import cross_by_blocks, pairs_without
from .metric import METRICS, Metric, Pair, pair_of

BLOCKS = 20

FEWEST_FOR_INTERVAL, FEWEST_UNBIASED = 400, 100
"""With fewer, intervals cover less often than they should, those of metrics without bias later."""

MOST_DIRECTIONS = 1 / 16
"""So many directions of x and y together, for each row, where a metric compares all of
them: with more, what of the bias does not fall as 1/n shows."""

LARGEST_BIAS = 2.0
"""Of a value, in standard errors, for the same reason."""

NO_SPREAD = 1e-12
"""Values without a block differ by no more than this where only rounding differs."""


@dataclass(frozen=True)
class JackknifeInterval:
    """The interval of one similarity.

    Attributes:
        value: the similarity itself, of the images given.
        low, high: ends; NaN where there is no interval.
        level: how often such intervals cover what ever more images would give.
        note: why there is no interval, or "".
    """

    value: float
    low: float
    high: float
    level: float
    note: str = ""


def jackknife_interval(
    x: object, y: object, metric: str = "cka", reshape: str | None = None, level: float = 0.95
) -> JackknifeInterval:
    """The interval of a similarity, had other images of the same kind been taken.

    It covers the sampling of images, for these two networks. How much the value differs
    between networks that are trained alike is another question, which only more
    networks answer.

    Images are divided into 20 random blocks, and the value is computed without each
    (the block jackknife, Busing, Meijer and Van der Leeden 1999). The interval is
    Student's, of the pseudo-values. It is about the value of ever more images, which it
    covers in a share `level` of all samples (`benchmarks/jackknife_coverage.csv`),
    since the pseudo-values are free of bias that falls as 1/n. Where they would cover
    another share, there is none, and the note says why: for fewer than 400 images (100
    for metrics without bias, such as debiased CKA), for a metric or data that change in
    steps or need more rows for so many directions, for a value that is biased by two
    standard errors or more, and too near the ends of the metric's range.

    Args:
        x, y: as for the metric, or each a `Representation`.
        metric: a name in `METRICS`.
        reshape: None for the metric's default.
        level: share of samples whose interval covers, between 0 and 1.

    Raises:
        ValueError: input for which the metric is not defined; no such level.
    """
    check("metric", metric, METRICS)
    check_level(level)
    declared = METRICS[metric]
    pair = pair_of(x, y, reshape, declared.reshape)
    check(f"reshape of {metric}", pair.x.reshape, declared.reshapes)
    return jackknife_intervals(pair, {metric: declared.of_pair(pair)}, level)[metric]


def check_level(level: float) -> None:
    """Refuse what is no level of an interval.

    Raises:
        ValueError: it is not between 0 and 1.
    """
    if not 0 < level < 1:
        raise ValueError(f"level: got {level}, want a share between 0 and 1, such as 0.95")


def jackknife_intervals(
    pair: Pair, values: dict[str, float], level: float
) -> dict[str, JackknifeInterval]:
    """The intervals of several metrics, which share the statistics without each block.

    Args:
        pair: of all images.
        values: {metric: its value}.
        level: as for `jackknife_interval`.
    """
    none = {
        metric: JackknifeInterval(value, math.nan, math.nan, level, note)
        for metric, value in values.items()
        if (note := note_before(METRICS[metric], pair))
    }
    rest = [metric for metric in values if metric not in none]
    if not rest:
        return none
    blocks = image_blocks(pair.x.images)
    sizes = [len(block) for block in blocks]
    without, notes = _values_without(pair, rest, blocks)
    intervals = {}
    for metric, value in values.items():
        if metric in notes:
            none[metric] = JackknifeInterval(value, math.nan, math.nan, level, notes[metric])
        intervals[metric] = none.get(metric) or student_interval(
            value, without[metric], sizes, level, METRICS[metric].lowest
        )
    return intervals


def prepare_intervals(pair: Pair, metrics: Sequence[str], cross: bool = True) -> None:
    """Let a pair keep the parts that its statistics are summed up from, before they are computed.

    Intervals of these metrics then cost less, and are the same.

    Args:
        cross: whether to keep those of the cross-moment as well as those of both sides.
    """
    declared = [METRICS[metric] for metric in metrics]
    declared = [metric for metric in declared if _may_use_moments(metric, pair.x.images)]
    if pair.order is not None or not declared:
        return
    blocks = image_blocks(pair.x.images)
    for side in (pair.x, pair.y):
        sum_by_blocks(side, blocks)
    with suppress(DegenerateError):  # which the metrics themselves say
        if cross and not all(note_before(metric, pair) for metric in declared):
            cross_by_blocks(pair)


def _may_use_moments(metric: Metric, images: int) -> bool:
    """Whether it may have an interval of so many images, and that takes second moments."""
    of_moments = metric.by_moments or (metric.unbiased and metric.invariances.translation)
    return of_moments and not metric.no_interval and images >= _fewest_images(metric)


def _fewest_images(metric: Metric) -> int:
    return FEWEST_UNBIASED if metric.unbiased else FEWEST_FOR_INTERVAL


def note_before(metric: Metric, pair: Pair) -> str:
    """Why a metric has no interval, as far as that can be told without further work, or ""."""
    if metric.no_interval:
        return f"{metric.name}: {metric.no_interval}"
    if not (pair.x.attached and pair.y.attached):
        return "needs the outputs for all images at once"
    fewest = _fewest_images(metric)
    if pair.x.images < fewest:
        return f"{pair.x.images} images, want {fewest}"
    if metric.spans and MOST_DIRECTIONS * pair.x.rows < (directions := pair.x.rank + pair.y.rank):
        want = math.ceil(directions / MOST_DIRECTIONS)
        return f"{directions} directions of both in {pair.x.rows} rows, want {want} rows"
    return ""


def _values_without(
    pair: Pair, metrics: Sequence[str], blocks: Sequence[Tensor]
) -> tuple[dict[str, list[float]], dict[str, str]]:
    """The values without each block, and why there are none of some metrics."""
    values: dict[str, list[float]] = {metric: [] for metric in metrics}
    notes: dict[str, str] = {}
    counts = {m: METRICS[m].directions(pair) for m in metrics if METRICS[m].directions}
    for remaining in pairs_without(pair, blocks):
        for metric in [metric for metric in metrics if metric not in notes]:
            declared = METRICS[metric]
            try:
                if metric in counts and declared.directions(remaining) != counts[metric]:
                    notes[metric] = "how many directions it compares changes with the images"
                else:
                    values[metric].append(declared.of_pair(remaining))
            except ValueError as error:
                notes[metric] = str(error)
        if len(notes) == len(metrics):
            break
    return values, notes


def image_blocks(images: int, blocks: int = BLOCKS, seed: int = 0) -> list[Tensor]:
    """Random blocks of equal size, or one more: indices of their images, the largest first."""
    order = torch.randperm(images, generator=torch.Generator().manual_seed(seed))
    return [block.sort().values for block in order.tensor_split(blocks)]


def student_interval(
    value: float,
    without: Sequence[float],
    sizes: Sequence[int],
    level: float,
    lowest: float = 0.0,
    checked: bool = True,
) -> JackknifeInterval:
    """Student's interval of the pseudo-values.

    Args:
        value: of all images.
        without: the value without each block.
        sizes: images in each block.
        level: as for `jackknife_interval`.
        lowest: the lowest value that there can be; the highest is 1.
        checked: whether there is none where such intervals are known not to hold.
    """
    from scipy.special import stdtrit  # Student's quantiles, without the second of scipy.stats

    centre, error = pseudo_values(value, without, sizes)
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


def pseudo_values(
    value: float, without: Sequence[float], sizes: Sequence[int]
) -> tuple[float, float]:
    """Mean and standard error of the pseudo-values (Busing et al. 1999, eqs. 8 and 9).

    Args:
        value, without, sizes: as for `student_interval`.
    """
    shares = [size / sum(sizes) for size in sizes]
    pseudo = [(value - (1 - s) * rest) / s for rest, s in zip(without, shares, strict=True)]
    centre = math.fsum(s * number for number, s in zip(pseudo, shares, strict=True))
    squares = [
        (number - centre) ** 2 * s / (1 - s) for number, s in zip(pseudo, shares, strict=True)
    ]
    return centre, math.sqrt(math.fsum(squares) / len(squares))

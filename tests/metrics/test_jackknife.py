"""Intervals: values without a block are those of the data that remain, and misuse is refused."""

import math
import re

import numpy as np
import pytest
import torch
from scipy import stats

from lib.metrics import METRICS, jackknife_interval
from lib.metrics.block_sums import sum_by_blocks
from lib.metrics.jackknife import image_blocks, student_interval
from lib.metrics.left_out import cross_by_blocks, pairs_without
from lib.metrics.metric import pair_of

from .data import related

SHAPES = {
    "moments": ((61, 4, 3, 3), (61, 5, 3, 3)),
    "grams": ((23, 7, 3, 3), (23, 6, 3, 3)),
    "both": ((43, 7, 3, 3), (43, 2, 3, 3)),
}


def with_dead_channel(seed, shape_x, shape_y):
    x, y = related(seed, shape_x, shape_y)
    x[:, 0] = 2.0
    return x + 3, y


def brute_force(metric, x, y, reshape, blocks):
    """The values without each block, of the data alone."""
    rest = [np.setdiff1d(np.arange(len(x)), block.numpy()) for block in blocks]
    return [METRICS[metric](x[images], y[images], reshape=reshape) for images in rest]


def cases():
    for name, metric in METRICS.items():
        if name == "pwcca":
            continue  # which has no interval, and is not unique where correlations are equal
        for reshape in metric.reshapes:
            yield from ((name, reshape, data) for data in SHAPES)


@pytest.mark.parametrize("kept", [False, True])
@pytest.mark.parametrize(("metric", "reshape", "data"), [*cases()])
def test_values_without_a_block_are_those_of_the_images_that_remain(metric, reshape, data, kept):
    x, y = with_dead_channel(0, *SHAPES[data])
    if not METRICS[metric].invariances.translation:  # of outputs, entry by entry
        x, y = x[:, :2, 0, 0], y[:, :2, 1, 1]
    blocks = image_blocks(len(x), blocks=5)
    try:
        expected = brute_force(metric, x, y, reshape, blocks)
    except ValueError:
        pytest.skip("the metric is not defined for so few rows")
    pair = pair_of(x, y, reshape)
    if kept:  # what all images are summed up from
        for side in (pair.x, pair.y):
            sum_by_blocks(side, blocks)
        cross_by_blocks(pair)
    pairs = pairs_without(pair, blocks)
    found = [METRICS[metric].of_pair(pair) for pair in pairs]
    assert found == pytest.approx(expected, rel=0, abs=1e-10)


@pytest.mark.parametrize("metric", ["cka", "cka_debiased", "nbs", "mean_cca", "rsa"])
def test_the_interval_is_that_of_the_pseudo_values(metric):
    x, y = related(1, (400, 6), (400, 5), noise=1.0)
    interval = jackknife_interval(x, y, metric, "flat", level=0.9)
    value = METRICS[metric](x, y, reshape="flat")
    without = brute_force(metric, x, y, "flat", image_blocks(400))
    pseudo = 20 * value - 19 * np.array(without)
    expected = stats.t.interval(0.9, 19, pseudo.mean(), stats.sem(pseudo))
    assert (interval.low, interval.high) == pytest.approx(expected, abs=1e-10)
    assert interval.value == value
    assert interval.note == ""


def test_of_a_mean_it_is_students_interval_of_the_blocks_whatever_their_sizes():
    numbers = np.random.default_rng(0).standard_normal(60)
    blocks = np.array_split(numbers, 20)

    def interval_of(parts):
        without = [np.delete(numbers, slice(*ends)).mean() for ends in parts]
        sizes = [stop - start for start, stop in parts]
        return student_interval(numbers.mean(), without, sizes, 0.95, -9.0)

    ends = [(3 * i, 3 * i + 3) for i in range(20)]
    found = interval_of(ends)
    means = [block.mean() for block in blocks]
    expected = stats.t.interval(0.95, 19, np.mean(means), stats.sem(means))
    # the upper end is cut at 1, which no similarity exceeds
    assert (found.low, found.high) == pytest.approx((expected[0], min(expected[1], 1)), abs=1e-12)
    uneven = interval_of([(0, 4), *((3 * i + 1, 3 * i + 4) for i in range(1, 19)), (58, 60)])
    centre = (uneven.low + uneven.high) / 2
    assert centre == pytest.approx(numbers.mean(), abs=1e-12)  # a mean has no bias


def test_blocks_divide_the_images_and_are_the_same_every_time():
    blocks = image_blocks(105)
    assert torch.cat(blocks).sort().values.tolist() == [*range(105)]
    assert sorted(map(len, blocks), reverse=True) == [*map(len, blocks)]
    assert [len(blocks[0]), len(blocks[-1])] == [6, 5]
    assert all(map(torch.equal, blocks, image_blocks(105)))


def test_intervals_are_wider_at_a_higher_level_and_of_fewer_images():
    x, y = related(2, (1600, 6), (1600, 5), noise=1.0)
    narrow, wide = (jackknife_interval(x, y, level=level) for level in (0.5, 0.99))
    assert wide.low < narrow.low < narrow.value < narrow.high < wide.high
    few = jackknife_interval(x[:400], y[:400], level=0.99)
    ratio = (few.high - few.low) / (wide.high - wide.low)
    assert 1.2 < ratio < 4  # about the root of 4


NONE = {
    "few images": ("cka", (60, 3), (60, 3), "60 images, want 400"),
    "few, no bias": ("cka_debiased", (60, 3), (60, 3), "60 images, want 100"),
    "n near p": ("mean_cca", (400, 30), (400, 30), "60 directions of both in 400 rows, want 960"),
    "p > n": ("nbs", (400, 500), (400, 500), "798 directions of both in 400 rows, want 12768 rows"),
    "bias": ("cka", (400, 500), (400, 500), "biased by about .*; want more images"),
    "weights": ("pwcca", (400, 3), (400, 3), "pwcca: its weights vary"),
    "steps": ("svcca_sum98", (400, 3), (400, 3), "svcca_sum98: how many correlations"),
    "no limit": ("knn_overlap", (400, 3), (400, 3), "knn_overlap: .* tends to no value"),
}


@pytest.mark.parametrize("name", NONE)
def test_where_it_does_not_hold_there_is_none_and_the_note_says_why(name):
    metric, shape_x, shape_y, note = NONE[name]
    generator = np.random.default_rng(0)
    x, y = generator.standard_normal(shape_x), generator.standard_normal(shape_y)
    interval = jackknife_interval(x, y, metric, "flat")
    assert math.isnan(interval.low)
    assert math.isnan(interval.high)
    assert pytest.approx(METRICS[metric](x, y, reshape="flat")) == interval.value
    assert re.search(note, interval.note)


def test_directions_that_come_and_go_give_none():
    x, y = related(3, (400, 6), (400, 6))
    x[:, 5] = x[:, 0]
    x[7, 5] += 1  # one image alone makes it another direction
    note = jackknife_interval(x, y, "mean_cca").note
    assert note == "how many directions it compares changes with the images"


def test_a_value_of_all_images_alike_has_none():
    x, _ = related(4, (400, 6), (400, 6))
    assert jackknife_interval(x, x, "agreement", "flat").note == "1 whichever block is left out"


@pytest.mark.parametrize("level", [0, 1, 95])
def test_levels_that_are_none_are_refused(level):
    with pytest.raises(ValueError, match="level: got .*, want a share between 0 and 1"):
        jackknife_interval(np.eye(3), np.eye(3), level=level)

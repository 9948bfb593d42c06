"""Intervals: values without a block are those of the remaining data; bad input is refused."""

import math
import re

import numpy as np
import pytest
import torch
from scipy import stats

from lib.metrics import METRICS, jackknife_interval
from lib.metrics.jackknife import FEWEST_IMAGES, image_blocks, pairs_without, student_interval
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


@pytest.mark.parametrize("reshape", ["channels", "flat", "gap"])
@pytest.mark.parametrize("data", SHAPES)
def test_values_without_a_block_are_those_of_the_images_that_remain(reshape, data):
    x, y = with_dead_channel(0, *SHAPES[data])
    blocks = torch.randperm(len(x), generator=torch.Generator().manual_seed(0)).tensor_split(3)
    for metric in FEWEST_IMAGES:
        expected = brute_force(metric, x, y, reshape, blocks)
        found = [METRICS[metric].of_pair(p) for p in pairs_without(pair_of(x, y, reshape), blocks)]
        assert found == pytest.approx(expected, rel=0, abs=1e-10)


@pytest.mark.parametrize("metric", FEWEST_IMAGES)
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


def test_of_a_mean_the_interval_has_no_bias_whatever_the_sizes_of_the_blocks():
    numbers = np.random.default_rng(0).standard_normal(60)
    parts = np.split(np.arange(60), [4, *range(7, 59, 3)])
    without = [np.delete(numbers, part).mean() for part in parts]
    interval = student_interval(numbers.mean(), without, [*map(len, parts)], 0.95, -9.0)
    assert (interval.low + interval.high) / 2 == pytest.approx(numbers.mean(), abs=1e-12)


def test_blocks_divide_the_images_and_are_the_same_every_time():
    blocks = image_blocks(105)
    assert torch.cat(blocks).sort().values.tolist() == [*range(105)]
    assert sorted(map(len, blocks), reverse=True) == [*map(len, blocks)]
    assert [len(blocks[0]), len(blocks[-1])] == [6, 5]
    assert all(map(torch.equal, blocks, image_blocks(105)))


NONE = {
    "few images": ("cka", (60, 3), (60, 3), "60 images, want 400"),
    "few, no bias": ("cka_debiased", (60, 3), (60, 3), "60 images, want 100"),
    "bias": ("cka", (400, 500), (400, 500), "biased by about .*; want more images"),
    "another metric": ("nbs", (400, 3), (400, 3), "nbs: only CKA has an interval"),
}


@pytest.mark.parametrize("name", NONE)
def test_a_note_says_why_there_is_no_interval(name):
    metric, shape_x, shape_y, note = NONE[name]
    generator = np.random.default_rng(0)
    x, y = generator.standard_normal(shape_x), generator.standard_normal(shape_y)
    interval = jackknife_interval(x, y, metric, "flat")
    assert math.isnan(interval.low)
    assert math.isnan(interval.high)
    assert pytest.approx(METRICS[metric](x, y, reshape="flat")) == interval.value
    assert re.search(note, interval.note)


def test_a_value_that_no_block_changes_has_no_interval():
    interval = student_interval(0.5, [0.5] * 20, [20] * 20, 0.95)
    assert interval.note == "0.5 whichever block is left out"


@pytest.mark.parametrize("level", [0, 1, 95])
def test_levels_outside_0_and_1_are_refused(level):
    with pytest.raises(ValueError, match="level: got .*, want a share between 0 and 1"):
        jackknife_interval(np.eye(3), np.eye(3), level=level)

"""Fieller's interval of a ratio of two means."""

import dataclasses
import math

import numpy as np
import pytest
from scipy import stats

from lib.analyses.controls.ratio import ratio


@pytest.mark.parametrize("size", [3, 7])
def test_the_ends_of_a_ratio_are_where_the_difference_is_no_longer_clear(size):
    rng = np.random.default_rng(size)
    values, others = 2 + 0.1 * rng.standard_normal(size), 4 + 0.1 * rng.standard_normal(size)
    found = ratio(values, others)
    assert found.mean == pytest.approx(values.mean() / others.mean())
    assert found.low < found.mean < found.high
    for end in (found.low, found.high):
        assert stats.ttest_1samp(values - end * others, 0).pvalue == pytest.approx(0.05)
    assert dataclasses.replace(found, undefined=1) == ratio([*values, 1], [*others, math.nan])


def test_a_ratio_to_what_may_be_nothing_has_no_ends():
    found = ratio((1.0, 1.1, 0.9), (0.2, -0.1, 0.1))
    assert found.mean == pytest.approx(15)
    assert math.isnan(found.low)
    assert math.isnan(found.high)
    assert ratio((1.0,), (2.0,)).mean == 0.5
    assert math.isnan(ratio((1.0,), (2.0,)).low)
    assert ratio((math.nan,), (1.0,)).n == 0

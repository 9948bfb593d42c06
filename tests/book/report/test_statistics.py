"""Statistics of numbers whose answer is known."""

import dataclasses
import math

import numpy as np
import pytest
from scipy import stats

from lib.book.report.statistics import CORRELATION, interval, rank_correlation


def test_a_rank_correlation_by_hand():
    # ranks 1 2 3 4 against 2 1 4 3: 1 - 6 * 4 / (4 * 15)
    assert rank_correlation([1, 2, 3, 4], [0.2, 0.1, 9.0, 0.3]) == pytest.approx(0.6)
    assert rank_correlation(range(4), [1, 3, 3, 8]) == pytest.approx(math.sqrt(0.9))


def test_a_rank_correlation_is_that_of_scipy():
    rng = np.random.default_rng(0)
    for n in range(3, 30):
        x, y = rng.normal(size=n), np.append(rng.integers(0, n, n - 2), [-1, n])
        assert rank_correlation(x, y) == stats.spearmanr(x, y).statistic


@pytest.mark.parametrize("y", [[1.0, 1.0, 1.0], [1.0, math.nan, 2.0], [1.0, 2.0]])
def test_without_an_order_or_with_two_numbers_there_is_no_rank_correlation(y):
    assert math.isnan(rank_correlation(range(len(y)), y))
    assert math.isnan(rank_correlation(y, range(len(y))))


@pytest.mark.parametrize("values", [(1.0, 2.0, 4.0), (0.1, 0.2, 0.2, 0.4, 0.9)])
def test_the_interval_is_students(values):
    found = interval(values)
    expected = stats.t.interval(0.95, len(values) - 1, np.mean(values), stats.sem(values))
    assert (found.low, found.high) == pytest.approx(expected)
    assert found.mean == pytest.approx(np.mean(values))
    assert found.n == len(values)


def test_the_interval_of_unpaired_runs_is_welchs():
    one, other = (1.0, 2.0, 4.0), (0.5, 0.6, 0.65, 0.8)
    found = interval(one, other)
    expected = stats.ttest_ind(one, other, equal_var=False).confidence_interval(0.95)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high))
    assert found.n == 3


def test_runs_without_a_number_are_left_out_and_counted():
    found = interval((1.0, math.nan, 2.0, 4.0))
    assert found == dataclasses.replace(interval((1.0, 2.0, 4.0)), undefined=1)
    assert interval((math.nan,)).n == 0


def test_an_interval_is_cut_off_where_no_truth_can_lie():
    found = interval((0.8, 0.95, 1.0))
    assert found.high > 1
    assert found.within(*CORRELATION) == dataclasses.replace(found, high=1.0)
    inside = interval((0.1, 0.2, 0.4))
    assert inside.within(*CORRELATION) == inside
    assert math.isnan(interval((0.9,)).within(*CORRELATION).high)


def test_runs_that_agree_exactly_have_a_point_for_an_interval():
    found = interval((2.0, 2.0, 2.0))
    assert (found.low, found.mean, found.high) == (2, 2, 2)


def test_a_known_number_moves_an_interval_and_leaves_its_width():
    found = interval([0.4, 0.5, 0.9])
    moved = found.minus(0.5)
    assert moved.mean == pytest.approx(0.1)
    assert moved.high - moved.low == pytest.approx(found.high - found.low)
    assert (found.side, moved.side) == ("undecided", "undecided")
    assert interval([0.4, 0.41, 0.42]).minus(0.5).side == "below 0"

"""Statistics of numbers whose answer is known."""

import math

import pytest

from lib.report.statistics import rank_correlation


def test_a_rank_correlation_by_hand():
    # ranks 1 2 3 4 against 2 1 4 3: 1 - 6 * 4 / (4 * 15)
    assert rank_correlation([1, 2, 3, 4], [0.2, 0.1, 9.0, 0.3]) == pytest.approx(0.6)
    assert rank_correlation(range(4), [1, 3, 3, 8]) == pytest.approx(math.sqrt(0.9))


@pytest.mark.parametrize("y", [[1.0, 1.0, 1.0], [1.0, math.nan, 2.0]])
def test_without_an_order_there_is_no_rank_correlation(y):
    assert math.isnan(rank_correlation([1, 2, 3], y))
    assert math.isnan(rank_correlation(y, [1, 2, 3]))


def test_two_numbers_are_too_few():
    assert math.isnan(rank_correlation([1, 2], [1, 2]))

"""Made-up curves have the shape that was put into them."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from lib.report import (
    NETWORK,
    over,
    rank_correlation,
    spearman,
    spread,
    trend,
    u_depth,
    welch_intervals,
)

SEEDS = (0, 1, 2)
LAYERS = ["conv2", "conv10", "add"]  # not in alphabetical order


def by_layer(*line):
    index = pd.MultiIndex.from_product([SEEDS, LAYERS], names=[NETWORK, "layer"])
    return pd.Series([*line] * 3, index, dtype=float)


@pytest.mark.parametrize(
    ("statistic", "line", "expected"),
    [
        (u_depth, [0.9, 0.4, 0.7], 0.3),
        (u_depth, [0.9, 0.7, 0.4], 0),  # it only falls
        (spread, [0.9, 0.4, 0.7], 0.5),
        (trend, [1, 2, 9], 1),
        (trend, [9, 2, 1], -1),
        (trend, [1, 9, 1], 0),
    ],
)
def test_a_curve_has_the_shape_that_was_put_into_it(statistic, line, expected):
    assert over(by_layer(*line), statistic).tolist() == pytest.approx([expected] * 3)


def test_layers_are_ranked_within_each_network_and_told_by_their_names():
    other = by_layer(10, 20, 30)[::-1]
    for line, expected in (([1, 2, 9], 1), ([9, 2, 1], -1)):
        assert rank_correlation(by_layer(*line), other).tolist() == pytest.approx([expected] * 3)
    # what is constant or short has no rank
    assert pd.isna(spearman([1, 1, 1], [1, 2, 3]))
    assert pd.isna(spearman([1, 2], [1, 2]))


def test_layers_that_are_undefined_have_no_rank_and_no_u():
    first, second = [1, 2, np.nan, 4, 3], [1, 5, 3, 2, 4]
    expected = stats.spearmanr(first, second, nan_policy="omit").statistic
    assert spearman(first, second) == pytest.approx(expected)
    assert trend(pd.Series([1, 3, 2, np.nan, np.nan, 4])) == pytest.approx(0.8)
    assert pd.isna(spearman([1, 2, np.nan], [1, 2, 3]))
    for line in ([0.9, 0.4, np.nan], [np.nan, 0.4, 0.9]):
        assert pd.isna(u_depth(pd.Series(line)))


def test_networks_without_common_seeds_are_compared_by_welchs_interval():
    first, second = [0.1, 0.2, 0.4], [-0.1, -0.15, -0.2]
    index = pd.MultiIndex.from_product([["cka"], SEEDS], names=["metric", NETWORK])
    row = welch_intervals(pd.Series(first, index), pd.Series(second, index)).loc["cka"]
    expected = stats.ttest_ind(first, second, equal_var=False).confidence_interval()
    assert (row.low, row.high) == pytest.approx(tuple(expected))
    assert row.n == 3

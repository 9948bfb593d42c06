"""Rank correlations of numbers whose order is known."""

import numpy as np
import pytest

from lib.report.rank_statistics import kendall, partial, spearman, steps


def test_spearman_and_kendall_by_hand():
    # ranks 1 2 3 4 against 2 1 4 3: 1 - 6 * 4 / (4 * 15), and (4 - 2) / 6 pairs
    x, y = np.array([1.0, 2.0, 3.0, 4.0]), np.array([0.2, 0.1, 9.0, 0.3])
    assert spearman(x, y) == pytest.approx(0.6)
    assert kendall(x, y) == pytest.approx(1 / 3)


def test_two_drifts_with_independent_noise_correlate_but_not_beyond_the_iteration():
    rng = np.random.default_rng(0)
    drift = np.arange(200.0)
    x, y = drift + rng.normal(0, 20, 200), drift + rng.normal(0, 20, 200)
    assert spearman(x, y) > 0.8
    assert partial(x, y, drift) == pytest.approx(0, abs=0.15)


def test_a_common_deviation_from_the_drift_is_seen_beyond_the_iteration():
    rng = np.random.default_rng(0)
    drift, common = np.arange(200.0), rng.normal(0, 20, 200)
    assert partial(drift + common, drift + common + rng.normal(0, 1, 200), drift) > 0.9


def test_the_partial_correlation_is_that_of_the_textbook():
    rng = np.random.default_rng(0)
    x, y, z = rng.normal(size=(3, 12)) + np.linspace(0, 3, 12)
    r_xy, r_xz, r_yz = spearman(x, y), spearman(x, z), spearman(y, z)
    expected = (r_xy - r_xz * r_yz) / np.sqrt((1 - r_xz**2) * (1 - r_yz**2))
    assert partial(x, y, z) == pytest.approx(expected)


def test_equal_steps_have_equal_ranks_in_spite_of_rounding():
    """0.3 - 0.2 and 0.2 - 0.1 differ in the last digit."""
    assert np.isnan(steps(np.array([0.1, 0.2, 0.3, 0.4]), np.array([1.0, 3.0, 4.0, 9.0])))

"""The chapter on values: its nulls are those of independent data, its toys what theory says."""

import numpy as np
import pytest

from lib import metrics
from lib.analyses.what_a_value_means import analysis


@pytest.mark.parametrize("columns", [900, 60])
def test_kernel_nulls_are_those_of_independent_data(columns):
    x, y = np.random.default_rng(5).standard_normal((2, 300, columns))
    assert metrics.cka(x, y) == pytest.approx(analysis.cka_null(300, columns), abs=0.01)
    assert metrics.nbs(x, y) == pytest.approx(analysis.nbs_null(300, columns), abs=0.01)


@pytest.mark.parametrize("columns", [10, 100, 190])
def test_the_null_of_cca_is_that_of_independent_data(columns):
    x, y = np.random.default_rng(6).standard_normal((2, 401, columns))
    assert metrics.mean_cca(x, y) == pytest.approx(analysis.cca_null(400, columns), abs=0.015)


def test_nulls_count_a_position_or_an_image_as_a_row():
    table = analysis.nulls({"maps": (4, 3, 2), "out": (5,)}, images=100)
    assert table.loc["maps", "CKA"] == analysis.cka_null(100, 24)
    assert table.loc["maps", "CCA, n·h·w rows"] == analysis.cca_null(600, 4)
    assert table.loc["maps", "CCA, n rows"] == analysis.cca_null(100, 4)
    assert table.loc["out", "CCA, n·h·w rows"] == table.loc["out", "CCA, n rows"]


def test_shared_columns_and_angles_have_the_similarity_that_theory_says():
    values = analysis.measure_pairs([analysis.overlapping(4), analysis.at_angle(np.pi / 3)])
    assert [values[name][0] for name in values] == pytest.approx([0.25] * 3, abs=0.05)
    assert [values[name][1] for name in values] == pytest.approx([0.5, 0.25, 0.5], abs=0.02)


def test_unrelated_data_lose_their_null_as_their_directions_do():
    table = analysis.unrelated(60, 200)
    assert table.PR.is_monotonic_decreasing
    assert table.CKA.is_monotonic_decreasing
    assert table.debiased.abs().max() < 4 / 60 < table.CKA.iloc[0] / 10


def test_dead_columns_are_zero_and_only_the_blind_version_minds_them():
    x = np.ones((3, 4))
    assert analysis.with_dead(x, 1).tolist() == [[1, 1, 1, 0]] * 3
    table = analysis.dead_channels(0.8, [0, 16], columns=32)
    assert table.aware.to_list() == pytest.approx([0.8, 0.8], abs=0.02)
    assert table.blind[16] < 0.7 < table.blind[0]


@pytest.mark.parametrize(("p_value", "text"), [(0.031, "= 0.03"), (1e-30, "below 1e-10")])
def test_a_tiny_p_value_is_no_probability(p_value, text):
    assert analysis.p_value_text(p_value) == text

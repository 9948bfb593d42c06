"""What the page computes by hand: formulas that hold, and tables of what metrics declare."""

import numpy as np
import pytest

from lib import metrics
from lib.analyses.similarity_metrics import analysis


def gram(rows, columns, seed):
    data = np.random.default_rng(seed).standard_normal((rows, columns))
    return (data - data.mean(0)) @ (data - data.mean(0)).T


def test_a_value_by_hand_is_shown_only_where_the_library_agrees():
    assert analysis.confirm("CKA", 0.5, 0.5 + 1e-12).split() == [
        *("CKA", "by", "hand", "0.500", "library", "0.500")
    ]
    with pytest.raises(AssertionError, match="CKA"):
        analysis.confirm("CKA", 0.5, 0.5 + 1e-9)


def test_the_root_of_a_gram_matrix_of_low_rank_is_one():
    k = gram(50, 3, seed=0)
    root = analysis.root(k)
    assert np.allclose(root @ root, k)
    assert np.linalg.matrix_rank(root) == 3


def test_the_unbiased_estimate_is_zero_on_average_for_independent_data():
    pairs = [(gram(8, 4, seed), gram(8, 4, 1000 + seed)) for seed in range(400)]
    estimates = np.array([analysis.unbiased_hsic(k, m) for k, m in pairs])
    assert abs(estimates.mean()) < 3 * estimates.std() / 20
    biased = np.array([np.sum(k * m) for k, m in pairs])
    assert biased.mean() > 10 * biased.std() / 20


def test_a_rotation_keeps_all_lengths():
    assert np.allclose(analysis.rotation(5).T @ analysis.rotation(5), np.eye(5))


def test_each_metric_is_a_default_of_one_matrix_at_most_and_sizes_multiply():
    rows = analysis.matrices((4, 2, 3), images=7, layer="conv").rows
    assert [row[2] for row in rows] == ["42 \u00d7 4", "7 \u00d7 24", "7 \u00d7 4"]
    users = [title for row in rows for title in row[4].split(", ")]
    assert len(users) == len(set(users))
    assert "CKA" in rows[1][4].split(", ")


def test_ticks_are_what_metrics_declare():
    rows = {row[0]: row[1:] for row in analysis.invariances().rows}
    assert len(rows) == len(metrics.METRICS)
    assert rows["PWCCA"][:3] == ("\u2013", "✓", "\u2013")


def test_further_metrics_are_those_that_the_paper_does_not_use():
    values = dict.fromkeys(metrics.METRICS, 0.25)
    rows = {row[0]: row[-1] for row in analysis.further_metrics(values).rows}
    assert rows["RSA"] == "0.25"
    assert not {"SVCCA", "CKA", "cosine"} & {*rows}

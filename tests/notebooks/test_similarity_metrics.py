"""What the page on the metrics computes by hand: formulas that hold."""

import numpy as np

from notebooks.similarity_metrics.analysis import root, rotation, unbiased_hsic


def gram(rows, columns, seed):
    data = np.random.default_rng(seed).standard_normal((rows, columns))
    return (data - data.mean(0)) @ (data - data.mean(0)).T


def test_the_root_of_a_gram_matrix_of_low_rank_is_one():
    k = gram(50, 3, seed=0)
    assert np.allclose(root(k) @ root(k), k)
    assert np.linalg.matrix_rank(root(k)) == 3


def test_the_unbiased_estimate_is_zero_on_average_for_independent_data():
    pairs = [(gram(8, 4, seed), gram(8, 4, 1000 + seed)) for seed in range(400)]
    estimates = np.array([unbiased_hsic(k, m) for k, m in pairs])
    assert abs(estimates.mean()) < 3 * estimates.std() / 20
    biased = np.array([np.sum(k * m) for k, m in pairs])
    assert biased.mean() > 10 * biased.std() / 20


def test_a_rotation_keeps_all_lengths():
    assert np.allclose(rotation(5).T @ rotation(5), np.eye(5))

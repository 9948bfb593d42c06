"""What the page on the metrics computes by hand: formulas that hold."""

import numpy as np

from notebooks.similarity_metrics.analysis import root, rotation


def gram(rows, columns, seed):
    data = np.random.default_rng(seed).standard_normal((rows, columns))
    return (data - data.mean(0)) @ (data - data.mean(0)).T


def test_the_root_of_a_gram_matrix_of_low_rank_is_one():
    k = gram(50, 3, seed=0)
    assert np.allclose(root(k) @ root(k), k)
    assert np.linalg.matrix_rank(root(k)) == 3


def test_a_rotation_keeps_all_lengths():
    assert np.allclose(rotation(5).T @ rotation(5), np.eye(5))

"""The example of one's own network, on one's own images."""

from functools import partial

import numpy as np
import pytest
import torch

from lib.pruning import iterative_magnitude_pruning
from notebooks.your_own.networks import accuracy, fit, load, trained


def test_a_file_of_images_is_trained_on_and_pruned_level_by_level(tmp_path):
    rng = np.random.default_rng(0)
    labels = np.arange(160) % 2
    pixels = (rng.integers(0, 99, (160, 12, 9, 1)) + 120 * labels[:, None, None, None]).astype("u1")
    arrays = {"x_train": pixels[:120], "x_test": pixels[120:]}
    arrays |= {"y_train": labels[:120], "y_test": labels[120:]}
    np.savez(tmp_path / "mine.npz", **arrays)
    data = load(tmp_path / "mine.npz")
    assert data.x_test.shape == (40, 1, 12, 9)
    assert data.x_train.mean().item() == pytest.approx(0, abs=1e-12)
    network = trained(data)
    assert accuracy(network, data) == 1
    train = partial(fit, data=data)
    for level, pruned, mask in iterative_magnitude_pruning(
        network, train, (0.5, 0.2), keep=["out"]
    ):
        weights = torch.cat([w.flatten() for w in mask.weights(pruned).values()])
        assert (weights != 0).double().mean().item() == pytest.approx(level, abs=1e-3)
        assert accuracy(pruned, data) == 1


def test_without_a_file_the_images_are_digits():
    data = load()
    assert (len(data.x_train), len(data.x_test)) == (1297, 500)

"""Accuracy against two baselines and savings, in made-up tables."""

import pandas as pd
import pytest

from lib.models import build_model
from lib.pruning import prunable_weights
from lib.report import NETWORK
from notebooks.accuracy.analysis import beyond, by_share, savings

SEEDS = (0, 1, 2)


def test_iterations_are_labelled_by_the_share_of_weights_left():
    paces = [("slow", "x", 1, "80 %"), ("slow", "y", 1, "33 %"), ("fast", "x", 2, "11 %")]
    left = pd.DataFrame(paces, columns=["regime", "network", "iteration", "left"])
    levels = ["regime", "network", "iteration"]
    index = pd.MultiIndex.from_tuples([row[:3] for row in paces], names=levels)
    found = by_share(pd.Series([1.0, 2.0, 3.0], index), left)
    assert found["slow"].to_dict() == {("x", "80 %"): 1, ("y", "33 %"): 2}
    assert found["fast", "x", "11 %"] == 3


def test_gains_are_relative_to_the_original_and_to_the_training_only_control():
    who = [("r", "x", seed) for seed in SEEDS]
    numbers = {
        (regime, network, role, left, seed): accuracy + seed
        for regime, network, seed in who
        for (role, left), accuracy in {
            ("pruned", "complete"): 70,
            ("pruned", "33 %"): 75,
            ("trained_as_long", "33 %"): 78,
        }.items()
    }
    levels = ["regime", "network", "role", "left", NETWORK]
    accuracy = pd.Series(numbers).rename_axis(levels)
    gained = beyond(accuracy)
    assert gained["r", "x", "complete", "33 %"].tolist() == [5, 5, 5]
    assert gained["r", "x", "trained_as_long", "33 %"].tolist() == [-3, -3, -3]
    assert len(gained) == 6


@pytest.fixture(scope="module")
def network():
    return build_model("vgg_svhn")


def test_savings_count_weights_operations_and_bytes(network):
    sizes = {name: weight.numel() for name, weight in prunable_weights(network).items()}
    rows = [
        {"regime": "r", "network": "vgg_svhn", NETWORK: seed, "parameter": name}
        | {"weights": size, "survivors": size if seed else 0}
        for seed in (0, 1)
        for name, size in sizes.items()
    ]  # fmt: skip
    found = savings(pd.DataFrame(rows))
    assert found.xs(1, level=NETWORK)[["weights", "operations"]].iloc[0].tolist() == [1, 1]
    none = found.xs(0, level=NETWORK).iloc[0]
    assert none.weights == 0
    assert 0 < none.operations < 0.001  # the output layer cannot be pruned
    assert 0.03 < none.bytes < 0.05  # a bit for each weight, and all else

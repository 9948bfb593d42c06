"""What zeros save, in made-up tables."""

import pandas as pd
import torch

from lib.models import build_model
from lib.pruning import prunable_weights
from lib.report import NETWORK
from notebooks.accuracy.analysis import savings


def test_savings_count_weights_operations_and_bytes():
    with torch.device("meta"):  # shapes are enough
        network = build_model("vgg_svhn")
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

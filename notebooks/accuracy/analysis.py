"""What zeros are worth."""

import pandas as pd
import torch
from torch import nn

from lib.models import build_model
from lib.pruning import multiply_adds
from lib.report import NETWORK

FLOAT = 4
"""Bytes of a number in single precision."""

IMAGE = (3, 32, 32)
"""The shape of the images that all of these networks see."""


def savings(density: pd.DataFrame) -> pd.DataFrame:
    """Shares that are left of weights, multiply-adds and bytes if zeros cost nothing.

    Bytes are a bit for each prunable weight, and the values of those left and of all other
    parameters, in single precision.

    Args:
        density: its table, of pruned networks at the paper's width after one pruning.

    Returns:
        Index regime, network, train_seed; columns `weights`, `operations`, `bytes`.
    """
    with torch.device("meta"):  # shapes are enough to count by
        networks = {name: build_model(name) for name in density.network.unique()}
    unpruned = {name: multiply_adds(network, IMAGE) for name, network in networks.items()}
    rows = {}
    for key, layers in density.groupby(["regime", "network", NETWORK], sort=False):
        network, operations = networks[key[1]], unpruned[key[1]]
        of_all = FLOAT * _numbers(network)
        densities = dict(zip(layers.parameter, layers.survivors / layers.weights, strict=True))
        weights, lost = layers.weights.sum(), layers.weights - layers.survivors
        rows[key] = {
            "weights": layers.survivors.sum() / weights,
            "operations": multiply_adds(network, IMAGE, densities) / operations,
            "bytes": (of_all - FLOAT * lost.sum() + weights / 8) / of_all,
        }
    index = pd.MultiIndex.from_tuples(rows, names=["regime", "network", NETWORK])
    return pd.DataFrame(list(rows.values()), index)


def _numbers(network: nn.Module) -> int:
    """How many numbers a network consists of, statistics of its normalisation included."""
    return sum(x.numel() for x in network.state_dict().values() if x.is_floating_point())

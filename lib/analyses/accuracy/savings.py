"""What the zeros of pruned networks save: multiply-adds, bytes and time."""

import pandas as pd
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from ... import ROOT
from ...book.findings import Decided, compared
from ...book.report.format import number
from ...book.report.results import Results, cached_per_results
from ...book.report.statistics import interval
from ...models import build_model
from ...pruning import prunable_weights
from ...table_schemas import DENSITY
from ..beside_papers_recipe import ShownNetwork

_FLOAT = 4
"""Bytes of a number in single precision."""

_TIMED = ROOT / "benchmarks" / "zeros.csv"
"""Times of pruned networks over those of the complete one, on one thread of a processor."""

_TIMES = {
    "Time, one image": ("masked", 1),
    "As sparse matrices": ("sparse", 1),
    "The same, 64 images": ("sparse", 64),
}
"""A column of the table -> how the network was run, and on how many images at once."""

_TIMED_AS = {
    "vgg16-bn": "vgg16_bn_wide",
    "resnet-fast": "resnet_fast_wide",
    "vgg-svhn-full": "vgg_svhn",
}
"""A network's part of keys -> its name in the table of times, where it has the paper's width."""


@cached_per_results
def dense_network(study: Results, experiment: str) -> nn.Module:
    """The network of an experiment, untrained: it has the sizes of all layers."""
    settings = study.settings(experiment)
    return build_model(settings["model"], width=settings["width"])


def multiply_adds(network: nn.Module) -> dict[str, int]:
    """Those of each module for one image, by its name; of all together by the empty one."""
    counter = FlopCounterMode(display=False)
    with counter, torch.no_grad():
        network.eval()(torch.zeros(1, 3, 32, 32))
    root = type(network).__name__
    counts = counter.get_flop_counts()
    return {
        name.removeprefix(root).removeprefix("."): sum(found.values()) // 2
        for name, found in counts.items()
        if name.startswith(root)
    }


def were_counted(network: ShownNetwork) -> bool:
    """Whether the weights that survive in each layer of a network were counted."""
    return len(network.study.of(network.experiment, DENSITY)) > 0


def layers_left(study: Results, experiment: str) -> pd.DataFrame:
    """The rows of `density.parquet` for pruned networks, with the multiply-adds of each weight."""
    rows = study.of(experiment, DENSITY)
    network = dense_network(study, experiment)
    of_layers = multiply_adds(network)
    uses = {
        name: of_layers[name.removesuffix(".weight")] // weight.numel()
        for name, weight in prunable_weights(network).items()
    }
    return rows[rows.iteration > 0].assign(uses=rows.parameter.map(uses))


@cached_per_results
def shares_left(study: Results, experiment: str) -> pd.DataFrame:
    """What is left of the prunable weights, and of all multiply-adds.

    Returns:
        Index (iteration, train_seed), columns `weights` and `operations`, means over
        the runs from one complete network.
    """
    rows = layers_left(study, experiment)
    dense = multiply_adds(dense_network(study, experiment))[""]
    lost = rows.assign(operations=(rows.weights - rows.survivors) * rows.uses)
    runs = lost.groupby(["iteration", "train_seed", "run_seed"])[
        ["weights", "survivors", "operations"]
    ].sum()
    left = pd.DataFrame(
        {"weights": runs.survivors / runs.weights, "operations": 1 - runs.operations / dense}
    )
    return left.groupby(["iteration", "train_seed"]).mean()


def bytes_left(study: Results, experiment: str) -> tuple[float, float]:
    """Bytes of the complete network, and of the most pruned ones, mean over the runs.

    A pruned network is stored as one bit for each prunable weight, and the values of
    those left, in single precision.
    """
    network = dense_network(study, experiment)
    state = [tensor for tensor in network.state_dict().values() if tensor.is_floating_point()]
    prunable = sum(weight.numel() for weight in prunable_weights(network).values())
    numbers = sum(tensor.numel() for tensor in state)
    rows = layers_left(study, experiment)
    rows = rows[rows.iteration == rows.iteration.max()]
    survivors = rows.groupby(["train_seed", "run_seed"]).survivors.sum().mean()
    return _FLOAT * numbers, _FLOAT * (numbers - prunable + survivors) + prunable / 8


def savings_table(networks: list[ShownNetwork]) -> pd.DataFrame:
    """After the last iteration: fewer weights, multiply-adds, bytes; shares of the time."""
    times = pd.read_csv(_TIMED)
    times = times[times.width == 1].set_index(["network", "batch"])
    rows = {}
    for shown in networks:
        last = shares_left(shown.study, shown.experiment).groupby("iteration").mean().iloc[-1]
        dense, stored = bytes_left(shown.study, shown.experiment)
        rows[shown.title] = {
            "Fewer weights": f"{number(1 / last.weights, 0)}\u00d7",
            "Fewer multiply-adds": f"{number(1 / last.operations, 1)}\u00d7",
            "Fewer bytes": f"{number(dense / stored, 1)}\u00d7",
        }
        for column, (way, images) in _TIMES.items():
            row = _TIMED_AS.get(shown.key), images
            rows[shown.title][column] = number(times[way][row]) if row in times.index else "-"
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("Network")


def decided_operations(network: ShownNetwork) -> Decided:
    """Whether pruning leaves a larger share of the multiply-adds than of the weights."""
    words = f"multiply-adds left at the end in {network.title}, minus weights left, as shares"
    left = shares_left(network.study, network.experiment)
    last = left.loc[left.index.get_level_values("iteration").max()]
    share = interval(last.operations - last.weights)
    return compared(f"zeros-operations-{network.key}", words, share, share.side)

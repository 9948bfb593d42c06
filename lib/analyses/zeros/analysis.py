"""Multiply-adds, bytes, silent channels and time that pruning saves, or could save."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from scipy.special import gammaln
from torch import nn

from ...book.findings import Decided, compared
from ...book.report import values
from ...book.report.format import number, percent
from ...book.report.names import METRICS
from ...book.report.results import Results, cached_per_results
from ...book.report.statistics import Interval, interval
from ...book.report.style import METRIC_STYLES, percent_axis
from ...models import build_model
from ...pruning import multiply_adds, prunable_weights, weight_uses
from ...table_schemas import DENSITY
from ..beside_papers_recipe import ShownNetwork
from ..each_network import directions

_SHOWN = ("svcca", "cka")
_FLOAT = 4
"""Bytes of a number in single precision."""


@cached_per_results
def dense_network(study: Results, experiment: str) -> nn.Module:
    """The network of an experiment, untrained: it has the sizes of all layers."""
    settings = study.settings(experiment)
    return build_model(settings["model"], width=settings["width"])


def layers_left(study: Results, experiment: str) -> pd.DataFrame:
    """The rows of `density.parquet` for pruned networks, with how often each weight is used."""
    rows = study.of(experiment, DENSITY)
    uses = weight_uses(dense_network(study, experiment))
    return rows[rows.iteration > 0].assign(uses=rows.parameter.map(uses))


@cached_per_results
def shares_left(study: Results, experiment: str) -> pd.DataFrame:
    """What is left of the prunable weights, and of all multiply-adds.

    Returns:
        Index (iteration, train_seed), columns `weights` and `operations`, means over
        the runs from one complete network.
    """
    rows = layers_left(study, experiment)
    dense = multiply_adds(dense_network(study, experiment))
    lost = rows.assign(operations=(rows.weights - rows.survivors) * rows.uses)
    runs = lost.groupby(["iteration", "train_seed", "run_seed"])[
        ["weights", "survivors", "operations"]
    ].sum()
    left = pd.DataFrame(
        {"weights": runs.survivors / runs.weights, "operations": 1 - runs.operations / dense}
    )
    return left.groupby(["iteration", "train_seed"]).mean()


def course(study: Results, experiment: str) -> pd.DataFrame:
    """Weights and operations left, accuracy, and mean similarity over the hidden layers.

    Returns:
        Index iteration from 1; means over the complete networks.
    """
    left = shares_left(study, experiment).groupby("iteration").mean()
    left["accuracy"] = values.accuracy(study, experiment)["mean"]
    hidden = values.hidden(study, experiment)
    for metric in _SHOWN:
        left[metric] = values.curves(study, experiment, metric)[hidden].mean(axis="columns")
    return left


def were_counted(network: ShownNetwork) -> bool:
    """Whether the weights that survive in each layer of a network were counted."""
    return len(network.study.of(network.experiment, DENSITY)) > 0


def at_the_end(networks: list[ShownNetwork]) -> pd.DataFrame:
    """After the last iteration: weights and operations left, accuracy, similarity; a row each."""
    rows = {}
    for shown in networks:
        last = course(shown.study, shown.experiment).iloc[-1]
        complete = values.accuracy(shown.study, shown.experiment)["mean"][0]
        rows[shown.title] = {
            "Fewer weights": f"{number(1 / last.weights, 0)}\u00d7",
            "Fewer multiply-adds": f"{number(1 / last.operations, 1)}\u00d7",
            "Accuracy, complete": percent(complete, 1),
            "Accuracy, pruned": percent(last.accuracy, 1),
        }
        rows[shown.title] |= {METRICS[metric]: number(last[metric]) for metric in _SHOWN}
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("Network")


def by_iteration(study: Results, experiment: str) -> pd.DataFrame:
    """Each point of the figure: shares and accuracy in percent, similarities from 0 to 1."""
    table = course(study, experiment)
    table[["weights", "operations", "accuracy"]] *= 100
    names = {"weights": "weights %", "operations": "multiply-adds %", "accuracy": "accuracy %"}
    return table.rename(columns=names | METRICS).reset_index()


def bytes_left(study: Results, experiment: str) -> dict[str, float]:
    """Bytes of the network after the last iteration, mean over its runs.

    Returns:
        "dense": all numbers, in single precision. "bits": one bit for each prunable
        weight, and the values of those left. "entropy": as many bits as it takes to say
        which weights are left if only their number in each layer is known, and the same
        values.
    """
    network = dense_network(study, experiment)
    state = [tensor for tensor in network.state_dict().values() if tensor.is_floating_point()]
    prunable = sum(weight.numel() for weight in prunable_weights(network).values())
    numbers = sum(tensor.numel() for tensor in state)
    rows = layers_left(study, experiment)
    rows = rows[rows.iteration == rows.iteration.max()]
    all_ways = gammaln(rows.weights + 1) - gammaln(rows.survivors + 1)
    bits = (all_ways - gammaln(rows.weights - rows.survivors + 1)) / np.log(2)
    runs = rows.assign(bits=bits).groupby(["train_seed", "run_seed"])[["survivors", "bits"]].sum()
    kept = _FLOAT * (numbers - prunable + runs.survivors.mean())
    return {
        "dense": _FLOAT * numbers,
        "bits": kept + prunable / 8,
        "entropy": kept + runs.bits.mean() / 8,
    }


def size_table(networks: list[ShownNetwork]) -> pd.DataFrame:
    """Parameters of all kinds, and bytes by each way to store them; a row for each network."""
    rows = {}
    for shown in networks:
        network = dense_network(shown.study, shown.experiment)
        everything = sum(parameter.numel() for parameter in network.parameters())
        prunable = sum(weight.numel() for weight in prunable_weights(network).values())
        left = prunable * course(shown.study, shown.experiment).weights.iloc[-1]
        sizes = bytes_left(shown.study, shown.experiment)
        stored = {way: size / 1000 for way, size in sizes.items()}
        rows[shown.title] = {
            "Parameters": f"{everything:,}",
            "Prunable": f"{prunable:,}",
            "Left of the prunable": f"{round(left):,}",
            "Left of all": percent((everything - prunable + left) / everything),
            "Dense, kB": number(stored["dense"], 0),
            "Bits and values, kB": number(stored["bits"], 0),
            "At least, kB": number(stored["entropy"], 0),
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("Network")


def draw_similarity(axes: Axes, study: Results, experiment: str) -> None:
    """Mean similarity against multiply-adds left, and SVCCA against weights left, in a panel."""
    table = course(study, experiment)
    for metric in _SHOWN:
        style = METRIC_STYLES[metric] | {"markersize": 3}
        axes.plot(table.operations, table[metric], label=METRICS[metric], **style)
    line = {"color": METRIC_STYLES["svcca"]["color"], "linestyle": ":", "linewidth": 1.2}
    axes.plot(table.weights, table.svcca, label="SVCCA, against weights left", **line)
    percent_axis(axes, table.weights.min())
    axes.set_xlabel("multiply-adds remaining")


def spared(study: Results, experiment: str) -> Interval:
    """The share of multiply-adds left at the end minus that of weights, over complete networks."""
    left = shares_left(study, experiment)
    last = left.loc[left.index.get_level_values("iteration").max()]
    return interval(last.operations - last.weights)


@cached_per_results
def cuttable(study: Results, experiment: str) -> Interval:
    """The share of multiply-adds that all silent channels take at the end, over complete networks.

    A silent channel takes those of its own filter, and those of the next layer that
    read it. That is the most which cutting can save: a channel may be silent on the
    images and not on others, and one that takes part in a residual sum stays while the
    other side of the sum speaks.
    """
    layers = directions.layers_of_channels(study, experiment)
    network = dense_network(study, experiment)
    uses = weight_uses(network)
    weights = [network.get_parameter(name) for name in uses]
    operations = [
        weight.numel() * times for weight, times in zip(weights, uses.values(), strict=True)
    ]
    silent = directions.by_network(study, experiment, "dead_y").reindex(columns=layers)
    saved = pd.Series(0.0, silent.index)
    for layer, name in enumerate(layers):
        share = silent[name].astype(float) / len(weights[layer])
        saved += share * sum(operations[layer : layer + 2]) / sum(operations)
    return interval(saved)


def channel_table(networks: list[ShownNetwork]) -> pd.DataFrame:
    """Silent channels at the end, and what cutting them could save, in percent; a row each."""
    rows = {}
    for shown in networks:
        silent = directions.silent_channels(shown.study, shown.experiment)
        layers = directions.layers_of_channels(shown.study, shown.experiment)
        alone = directions.by_network(shown.study, f"{shown.experiment}_trained_as_long", "dead_y")
        cut = cuttable(shown.study, shown.experiment)
        left = course(shown.study, shown.experiment).operations.iloc[-1]
        rows[shown.title] = {
            "Silent channels": number(silent["Silent, pruned"].sum(), 1),
            "By training alone": number(alone.reindex(columns=layers).mean().sum(min_count=1), 1),
            "Most in": f"{silent['Silent, pruned'].idxmax()}" if len(silent) else "-",
            "Multiply-adds of zeros": percent(1 - left, 1),
            "Of silent channels, at most": percent(cut.mean, 1),
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("Network")


def decided_operations(network: ShownNetwork) -> Decided:
    """Whether pruning leaves a larger share of the multiply-adds than of the weights."""
    words = f"multiply-adds left at the end in {network.title}, minus weights left, as shares"
    share = spared(network.study, network.experiment)
    return compared(f"zeros-operations-{network.key}", words, share, share.side)


def decided_cut(network: ShownNetwork) -> Decided:
    """Whether cutting silent channels could save a quarter of the multiply-adds."""
    words = (
        f"share of multiply-adds that silent channels of {network.title} take, at most, "
        "minus a quarter"
    )
    saving = cuttable(network.study, network.experiment)
    beyond = Interval(saving.mean - 0.25, saving.low - 0.25, saving.high - 0.25, saving.n)
    return compared(f"zeros-cut-{network.key}", words, beyond, beyond.side)

"""Channels that pruning silences, which metrics of the CCA family leave out of their mean."""

import pandas as pd

from ...book.findings import Decided, compared
from ...book.report import values
from ...book.report.results import Results
from ...book.report.statistics import Interval, interval
from .analysis import key

_METRIC = "mean_cca"
"""The metric on channels that is the plain mean over the directions that are left."""

_OWN_CHANNELS = ("conv", "conv_res", "fc")
"""Kinds of layers that can lose a channel themselves; others pass on what comes in."""


def layers_of_channels(study: Results, experiment: str) -> list[str]:
    """Names of the layers with channels of their own, in forward order."""
    return [name for name, kind in values.layers(study, experiment) if kind in _OWN_CHANNELS]


def by_network(study: Results, experiment: str, column: str) -> pd.DataFrame:
    """A column of mean CCA after the last iteration, over the hidden layers.

    Returns:
        Index train_seed, mean over its runs; no rows where the experiment was not run.
    """
    if experiment not in study:
        return pd.DataFrame(dtype=float)
    runs = values.by_run(study, experiment, _METRIC, column=column)
    return runs[values.hidden(study, experiment)].groupby(values.NETWORK).mean()


def counting_lost(study: Results, experiment: str) -> pd.DataFrame:
    """Mean CCA over all directions of the complete network: those that have no partner count as 0.

    Returns:
        As `by_network`.
    """
    complete = by_network(study, experiment, "rank_x")
    left = by_network(study, experiment, "rank_y").clip(upper=complete)
    return by_network(study, experiment, "value") * left / complete


def share_kept(study: Results, experiment: str) -> float:
    """The share of the complete network's directions that is left, mean over the hidden layers."""
    complete = by_network(study, experiment, "rank_x")
    left = by_network(study, experiment, "rank_y").clip(upper=complete)
    return float((left / complete).mean().mean())


def silent_channels(study: Results, network: str) -> pd.DataFrame:
    """The layers with silent channels at the end of pruning, and what mean CCA makes of them.

    A channel is silent if its output is the same for all images.

    Returns:
        A row for each such layer: its channels; how many are silent in the complete
        networks, in the pruned ones, and in those trained as long; mean CCA of the
        directions that are left, and with lost ones as 0.
    """
    alone = f"{network}_trained_as_long"
    complete = by_network(study, network, "dead_x").mean()
    table = pd.DataFrame(
        {
            "Channels": by_network(study, network, "rank_x").mean() + complete,
            "Silent, complete": complete,
            "Silent, pruned": by_network(study, network, "dead_y").mean(),
            "Silent, trained as long": by_network(study, alone, "dead_y").mean(),
            "Mean CCA": by_network(study, network, "value").mean(),
            "Lost directions as 0": counting_lost(study, network).mean(),
        }
    )
    layers = layers_of_channels(study, network)
    table = table.reindex(layers).rename_axis("Layer")
    return table[table["Silent, pruned"] > 0]


def decided_silent(study: Results, network: str) -> Decided:
    """Whether pruning silences more channels than training for as long without it does."""
    layers = layers_of_channels(study, network)
    alone = by_network(study, f"{network}_trained_as_long", "dead_y")
    apart = (by_network(study, network, "dead_y") - alone).reindex(columns=layers)
    more = interval(apart.sum(axis="columns", min_count=1))
    about = f"silent channels of pruned {study.network(network)}, minus those trained as long"
    return compared(key(network, "silent"), about, more, more.side, "channels")


def beyond_training(study: Results, network: str) -> Interval:
    """Mean CCA with lost directions as 0, minus that of networks trained as long without pruning.

    Means over the hidden layers, and their interval over complete networks.
    """
    alone = counting_lost(study, f"{network}_trained_as_long")
    return interval((counting_lost(study, network) - alone).mean(axis="columns"))


def u_depths(study: Results, network: str) -> dict[str, Interval]:
    """How deep the "U" of mean CCA is at the end of pruning, over complete networks.

    Returns:
        "left": of the directions that are left. "all": with lost ones as 0.
        "difference": by how much the second is deeper, within networks.
    """
    left = values.u_depth_by_row(by_network(study, network, "value"))
    every = values.u_depth_by_row(counting_lost(study, network))
    depths = {"left": left, "all": every, "difference": every - left}
    return {name: interval(depth) for name, depth in depths.items()}


def decided_u(study: Results, network: str) -> list[Decided]:
    """Whether there is a "U" by either reading, and by which it is deeper."""
    words = {
        "left": "of the directions that are left",
        "all": "with lost directions as 0",
        "difference": "with lost directions as 0, minus that of the directions that are left",
    }
    return [
        compared(
            key(network, "u", name),
            f'depth of the "U" of mean CCA {words[name]}',
            depth,
            depth.side,
        )
        for name, depth in u_depths(study, network).items()
    ]

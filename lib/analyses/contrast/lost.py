"""Directions that pruning has killed: what mean CCA is if they count as 0."""

import pandas as pd

from ...book.report.format import percent
from ...book.report.results import PAPER_RESHAPE, Results
from ...book.report.scale import short_width
from ...book.report.statistics import interval as over_networks
from .analysis import at_scales


def mean_cca_kept(study: Results, experiment: str) -> pd.DataFrame:
    """Mean CCA of each complete network after the last iteration, over the hidden layers.

    Returns:
        Index train_seed; `value`, as it is; `counted`, with 0 for each lost direction; `kept`, the
        share of the directions that is left: the smaller rank over the larger.
    """
    rows = study.of(experiment, "similarity")
    rows = rows[(rows.metric == "mean_cca") & (rows.reshape == PAPER_RESHAPE["svcca"])]
    rows = rows[(rows.kind != "out") & (rows.iteration == rows.iteration.max())]
    ranks = rows[["rank_x", "rank_y"]]
    kept = ranks.min(axis=1) / ranks.max(axis=1)
    found = rows.assign(kept=kept, counted=rows.value * kept)
    return found.groupby("train_seed")[["value", "counted", "kept"]].mean()


def lost_directions(study: Results, full: Results) -> pd.DataFrame:
    """Shares of directions kept, and mean CCA of pruned networks minus that after training alone.

    Returns:
        A row for each network and width with a control; cells are texts.
    """
    rows = {}
    for network in study.experiments:
        for width, (where, name) in at_scales(network, study, full).items():
            if f"{name}_trained_on" not in where.variants:
                continue
            pruned, alone = mean_cca_kept(where, name), mean_cca_kept(where, f"{name}_trained_on")
            usual = over_networks((pruned - alone)["value"])
            counted = over_networks((pruned - alone)["counted"])
            rows[f"{study.network(network)}, {short_width(width)}"] = {
                "Left, pruned": percent(pruned.kept.mean(), 0),
                "Left, trained as long": percent(alone.kept.mean(), 0),
                "Mean CCA": usual.text(sign=True),
                "Lost ones as 0": counted.text(sign=True),
                "Networks": str(usual.n),
            }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("Network, width")

"""Are a pruned network's channels still its own?"""

import pandas as pd

from ...book.report.results import Results
from .tables import MATCHING

_KINDS = {
    "": "Pruned",
    "_trained_as_long": "Trained on",
    "_random_masks": "Random masks",
    "_independent": "Independent",
}
"""End of an experiment's name -> what is compared with the complete network."""


def matched(study: Results) -> list[str]:
    """The experiments of the paper whose channels were matched."""
    known = set(study.table(MATCHING).experiment)
    return [experiment for experiment in study.experiments if experiment in known]


def own_share(study: Results, experiment: str) -> pd.DataFrame:
    """Share of the channels alive in both networks that match themselves, mean over the runs.

    Returns:
        Index iteration, columns layers in forward order.
    """
    rows = study.table(MATCHING).query("experiment == @experiment")
    shares = rows.groupby(["iteration", "depth", "layer"]).own.mean().unstack(["depth", "layer"])
    return shares.sort_index(axis="columns").droplevel("depth", axis="columns")


def guess(study: Results, experiment: str) -> pd.Series:
    """Share that a guess would get right, one in as many as there are channels: index layer."""
    return 1 / study.of(experiment, MATCHING).groupby("layer").channels.mean()


def at_last(study: Results) -> pd.DataFrame:
    """Means over the layers at the last iteration, or of the only comparison.

    Returns:
        Index the name of the network; a column for a guess, and for each of `_KINDS`
        measured.
    """
    rows = {}
    for experiment in matched(study):
        channels = study.of(experiment, MATCHING).channels
        row = {"A guess": (1 / channels).mean()}
        for end, kind in _KINDS.items():
            shares = own_share(study, experiment + end)
            if len(shares):
                row[kind] = shares.iloc[-1].mean()
        rows[study.network(experiment)] = row
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("Mean over the layers")


def alive(study: Results, experiment: str) -> pd.DataFrame:
    """Channels alive in both networks at the first and last iteration measured: index layer."""
    rows = study.of(experiment, MATCHING)
    counts = rows.groupby(["iteration", "depth", "layer"]).channels.mean().unstack("iteration")
    ends = sorted({counts.columns.min(), counts.columns.max()})
    counts = counts.droplevel("depth")[ends]
    counts.columns = [f"iteration {iteration}" for iteration in counts.columns]
    return counts.rename_axis(f"{study.network(experiment)}: channels alive in both")

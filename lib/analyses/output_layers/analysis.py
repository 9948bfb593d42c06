"""Similarity of the outputs, and how often two networks give the same class."""

import pandas as pd

from ...book.report import values
from ...book.report.format import percent
from ...book.report.names import METRICS
from ...book.report.results import Results

_SHOWN = ("svcca", "pwcca", "cka", "nbs", "cosine")
_BESIDE = {
    "": "Pruned",
    "_trained_as_long": "Trained as long",
    "_independent": "Independently trained",
}
"""End of an experiment's name -> what is compared with the complete network."""


def outputs(study: Results, experiment: str) -> pd.DataFrame:
    """Similarity on the output layer, mean over the runs: index iteration, columns metrics."""
    rows = pd.concat(values.rows(study, experiment, metric) for metric in _SHOWN)
    rows = rows[rows.kind == "out"]
    return rows.pivot_table("value", "iteration", "metric").reindex(columns=list(_SHOWN))


def same_class_table(study: Results) -> pd.DataFrame:
    """Share of the images to which two networks give the same class after the last iteration.

    Returns:
        Index the name of the network, columns those of `_BESIDE`; NaN where it was not
        counted.
    """
    rows = {}
    for experiment in study.experiments:
        shares = {head: values.same_class(study, experiment + end) for end, head in _BESIDE.items()}
        rows[study.network(experiment)] = {
            head: share.iloc[-1] if len(share) else float("nan") for head, share in shares.items()
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("Same class")


def ends(study: Results) -> pd.DataFrame:
    """The outputs after the first and after the last iteration, by the share of weights left."""
    rows = {}
    for experiment in study.experiments:
        curve = outputs(study, experiment)
        remaining = values.remaining(study, experiment)
        for iteration in curve.index[[0, -1]]:
            head = f"{study.network(experiment)}, {percent(remaining[iteration])} left"
            rows[head] = curve.loc[iteration]
    return pd.DataFrame(rows).T.rename(columns=METRICS).rename_axis("Network")

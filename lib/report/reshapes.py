"""The metric or the matrix: each metric on each reshape (paper, section 6.3)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..tables import SIMILARITY
from .format import percent
from .layerwise import SHOWN, hidden, layers, rounded
from .names import METRICS, enumerate_words
from .results import PAPER_RESHAPE, Results
from .runs import over_runs
from .tables import Table
from .values import u_depth

RESHAPES = {
    "channels": "a row is a position of an image, a column is a channel",
    "flat": "a row is an image, a column is a channel at a position",
    "gap": "a row is an image, a column is the mean of a channel",
}
"""name in the results -> what it makes of (n, c, h, w)."""

CCA_FLAT = "Left out: with more columns than rows, CCA is 1 for any data."
UNDEFINED = {("svcca", "flat"): CCA_FLAT, ("pwcca", "flat"): CCA_FLAT}
"""(metric, reshape) -> why no study computes it."""

ABSENT = "Not measured here."


def curves(
    results: Results, experiment: str, metric: str, reshape: str, column: str = "value"
) -> pd.DataFrame:
    """Mean over the runs of a metric on a reshape.

    Args:
        results: a study's results.
        experiment: one of its experiments.
        metric, reshape: as they are called in the results.
        column: "value", "null_mean" or "null_sd".

    Returns:
        Index iteration, columns the layers in forward order; no rows where the metric was not
        computed on that reshape. Layers without positions have one shape only, so any will do.
    """
    order = layers(results, experiment)
    rows = results.similarity
    rows = rows[(rows.experiment == experiment) & (rows.metric == metric)]
    right = rows.reshape == reshape
    one_shape = rows.kind.isin(["fc", "out"])
    if not (right & ~one_shape).any():
        return pd.DataFrame(columns=[name for name, _ in order], dtype=float)
    key = [name for name in SIMILARITY.key if name != "reshape"]
    rows = rows[right | one_shape].assign(other=~right).sort_values([*key, "other"], kind="stable")
    rows = rows.drop_duplicates(key)
    means = over_runs(rows, ["iteration", "layer"], column)["mean"].unstack("layer")
    return means.reindex(columns=[name for name, _ in order])


def measured(results: Results, experiment: str) -> list[tuple[str, str]]:
    """The (metric, reshape) that the results hold, reshape by reshape."""
    return [
        (metric, reshape)
        for reshape in RESHAPES
        for metric in SHOWN
        if len(curves(results, experiment, metric, reshape))
    ]


def statement(results: Results) -> str:
    """Which metrics were not computed on which reshape, though they could; Markdown."""
    sentences = []
    for experiment in results.experiments:
        found = measured(results, experiment)
        for reshape in RESHAPES:
            missing = [
                METRICS[metric]
                for metric in SHOWN
                if (metric, reshape) not in found and (metric, reshape) not in UNDEFINED
            ]
            if missing:
                sentences.append(
                    f"{results.network(experiment)}: {enumerate_words(missing)} on *{reshape}*."
                )
    if not sentences:
        return "Every metric was computed on every reshape that makes sense for it."
    return "\n".join(["**Not measured here:**", "", *(f"- {text}" for text in sentences)])


def title_of(metric: str, reshape: str) -> str:
    """`CKA, channels`."""
    return f"{METRICS[metric]}, {reshape}"


def null_of(results: Results, experiment: str, metric: str, reshape: str) -> pd.DataFrame:
    """The null after the last iteration: index layer, columns `mean` and `sd`."""
    return pd.DataFrame(
        {
            name: curves(results, experiment, metric, reshape, f"null_{name}").iloc[-1]
            for name in ("mean", "sd")
        }
    )


def where_lowest(values: pd.Series) -> str:
    """The layer with the lowest value."""
    return values.idxmin() if values.notna().any() else "-"


def summary(results: Results, experiment: str) -> pd.DataFrame:
    """Each metric on each reshape in the hidden layers, after the last iteration.

    Returns:
        Index (metric, reshape); columns `mean` and `null` over the hidden layers, `first` (value
        of the first layer), `last`, `lowest` and `where`, `depth` of the "U" (`u_depth`),
        `layers` (how many have a value).
    """
    names = hidden(results, experiment)
    rows = {}
    for metric, reshape in measured(results, experiment):
        last = curves(results, experiment, metric, reshape).iloc[-1][names]
        rows[metric, reshape] = {
            "mean": last.mean(),
            "null": null_of(results, experiment, metric, reshape)["mean"][names].mean(),
            "first": last.iloc[0],
            "last": last.iloc[-1],
            "lowest": last.min(),
            "where": where_lowest(last),
            "depth": u_depth(last.to_frame().T).iloc[0],
            "layers": int(last.count()),
        }
    index = pd.MultiIndex.from_tuples(list(rows), names=["metric", "reshape"])
    return pd.DataFrame(list(rows.values()), index=index)


def overview(results: Results, experiment: str) -> Table:
    """`summary` as a table, metric by metric."""
    frame = summary(results, experiment)
    rows = []
    for metric in SHOWN:
        for reshape in RESHAPES:
            if (metric, reshape) in frame.index:
                row = frame.loc[(metric, reshape), :]
                cells = [rounded(row[name]) for name in ("mean", "null", "first", "lowest")]
                paper = " (the paper's)" if PAPER_RESHAPE[metric] == reshape else ""
                rows.append(
                    (
                        title_of(metric, reshape) + paper,
                        *cells,
                        row["where"],
                        rounded(row["last"]),
                        rounded(row.depth),
                        str(row.layers),
                    )
                )
    numbers = ("Mean", "Null", "First layer", "Lowest")
    more = ("Last hidden", "Depth", "Layers")
    header = ("Metric and reshape", *numbers, "Where", *more)
    return Table(header, rows, numeric=(*numbers, *more), nothing=ABSENT)


@dataclass(frozen=True)
class Contrast:
    """How far CKA and SVCCA are apart, after the last iteration.

    Attributes:
        paper: mean of CKA minus mean of SVCCA over the hidden layers, each on the paper's reshape.
        shared: the same with both on channels.
        svcca_depth: depth of the "U" of SVCCA on channels.
        flat_depth, channels_depth: the same of CKA on either reshape.
    """

    paper: float
    shared: float
    svcca_depth: float
    flat_depth: float
    channels_depth: float

    @property
    def share(self) -> float:
        """What part of the contrast remains on channels; NaN where there is hardly any."""
        return self.shared / self.paper if self.paper > 0.01 else np.nan


def contrast(results: Results, experiment: str) -> Contrast | None:
    """How far CKA and SVCCA are apart; None if CKA was not computed on channels."""
    frame = summary(results, experiment)
    cells = [("svcca", "channels"), ("cka", "flat"), ("cka", "channels")]
    if any(cell not in frame.index for cell in cells):
        return None
    svcca, flat, channels = (frame.loc[cell, :] for cell in cells)
    return Contrast(
        flat["mean"] - svcca["mean"],
        channels["mean"] - svcca["mean"],
        svcca.depth,
        flat.depth,
        channels.depth,
    )


def finding(results: Results, experiment: str) -> str:
    """How much of the contrast between SVCCA and CKA remains on channels, in short sentences."""
    network = results.network(experiment)
    found = contrast(results, experiment)
    if found is None:
        return f"**{network}.** Not measured here: CKA was not computed on channels."
    return (
        f"**{network}.** On the paper's reshapes {_apart(found.paper)}, on average over the "
        f"hidden layers. When both see channels, {_apart(found.shared)}. {_remains(found)} "
        f'The "U" of SVCCA is {rounded(found.svcca_depth)} deep; that of CKA is '
        f"{rounded(found.flat_depth)} deep on whole images, and {rounded(found.channels_depth)} "
        "on channels."
    )


def _apart(difference: float) -> str:
    if round(abs(difference), 2) == 0:
        return "CKA and SVCCA are equal to two decimals"
    return f"CKA is {abs(difference):.2f} {'above' if difference > 0 else 'below'} SVCCA"


def _remains(found: Contrast) -> str:
    if pd.isna(found.share):
        return "So there is no contrast that the reshape could explain."
    if found.share <= 0:
        return "So nothing of the contrast remains."
    if found.share >= 1:
        return f"So the contrast grows, to {percent(found.share)} of what it was."
    return f"So {percent(found.share)} of the contrast remains."

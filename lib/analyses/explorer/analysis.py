"""The lines to choose from: one for each network, scale, metric, matrix, and kind of network."""

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import pandas as pd

from ...book.claims.vocabulary import FOUR
from ...book.report.names import METRICS, SCALES
from ...book.report.results import PAPER_RESHAPE, Results
from ...book.report.statistics import CONFIDENCE, student

"""The metrics to choose from."""

MATRICES = {
    "channels": "positions x channels",
    "flat": "images x all outputs",
    "gap": "images x means of channels",
}
"""reshape -> what it is called in the explorer."""

PAPERS_MATRIX = {METRICS[metric]: MATRICES[PAPER_RESHAPE[metric]] for metric in FOUR}
"""metric -> the matrix on which the paper computes it, as both are called in the explorer."""

PRUNED_LINE, TRAINED_INDEPENDENTLY = "pruned", "trained independently"
SHUFFLED_IMAGES, SHUFFLED_HIGHEST = "shuffled images", "shuffled images, any layer"
NULL_COLUMNS = {SHUFFLED_IMAGES: "null_mean", SHUFFLED_HIGHEST: "null_max"}
CONTROL_LINES = {
    "trained_on": "trained as long, never pruned",
    "random_masks": "random masks",
    "independent": TRAINED_INDEPENDENTLY,
}

OWN_SCALE, PAPERS_WIDTH = "as in this study", "the paper's width"
"""Scales to choose from, beside those of `SCALES`."""

LISTS = ["network", "scale", "metric", "matrix"]
LINE = [*LISTS, "line"]

OVER_LAYERS = ["layer", "value", "low", "high"]
"""What a line has for each layer; but for the name of the layer, at each iteration."""


def experiments(study: Results, own_scale: str) -> Iterator[tuple[str, str, str, str]]:
    """(experiment, network, scale, line) of everything to show.

    Args:
        own_scale: what the scale of this study is called.
    """
    for network in study.experiments:
        scales = {network: own_scale} | {f"{network}_{s}": SCALES[s].lower() for s in SCALES}
        for name, scale in scales.items():
            lines = {name: PRUNED_LINE} | {f"{name}_{c}": line for c, line in CONTROL_LINES.items()}
            for experiment, line in lines.items():
                if experiment in study:
                    yield experiment, study.network(network), scale, line


def lines_of(study: Results, own_scale: str) -> list[dict[str, Any]]:
    """Every line of a study.

    A value is the mean over complete networks, each of which counts with the mean over its runs;
    of independent networks, the mean over their pairs. Pruned networks have the interval over
    complete networks as well; controls have theirs on their own page.

    Args:
        own_scale: what the scale of this study is called.

    Returns:
        For each line its `LINE`, its `iteration`s and its `layer`s, and `value`, `low` and `high`:
        a list over the layers for each iteration, see `_rounded`.
    """
    key = [*LINE, "iteration", "depth", "layer"]
    rows = _rows(study, own_scale)
    networks = rows.groupby([*key, "train_seed"], sort=False).value.mean()
    over = networks.groupby(key, sort=False).agg(["mean", "sem", "count"]).reset_index()
    half = over["sem"] * student((1 + CONFIDENCE) / 2, over["count"] - 1)
    half = half.where(over.line == PRUNED_LINE)
    over = over.assign(value=over["mean"], low=over["mean"] - half, high=over["mean"] + half)
    return [
        dict(zip(LINE, names, strict=True)) | _over_iterations(line)
        for names, line in over.groupby(LINE, sort=False)
        if line.value.notna().any()
    ]


def _rows(study: Results, own_scale: str) -> pd.DataFrame:
    """The similarities to show and their nulls, with what the explorer calls them."""
    names = ["experiment", "network", "scale", "line"]
    shown = pd.DataFrame(experiments(study, own_scale), columns=names)
    rows = study.similarity[study.similarity.metric.isin(FOUR)].merge(shown, on="experiment")
    last = rows.iteration.eq(rows.groupby("experiment").iteration.transform("max"))
    null = rows[last & rows.line.eq(PRUNED_LINE)]
    nulls = [null.assign(line=line, value=null[column]) for line, column in NULL_COLUMNS.items()]
    rows = pd.concat([rows, *nulls])
    # the mean over pairs of networks, not over their first ones
    pairs = rows.line.eq(TRAINED_INDEPENDENTLY)
    rows.loc[pairs, "train_seed"] = rows.groupby(["train_seed", "prune_seed"]).ngroup()[pairs]
    return rows.assign(metric=rows.metric.map(METRICS), matrix=rows.reshape.map(MATRICES))


def _over_iterations(line: pd.DataFrame) -> dict[str, list]:
    wide = line.pivot(index="iteration", columns=["depth", "layer"]).sort_index(axis="columns")
    found = {name: [_rounded(row) for row in wide[name].to_numpy()] for name in OVER_LAYERS[1:]}
    layers = wide["value"].columns.get_level_values("layer")
    return {"iteration": [*map(int, wide.index)], "layer": [*layers], **found}


def _rounded(numbers: Iterable[float] | np.ndarray) -> list[float | None]:
    """Three decimals; None where undefined, and nothing at all if that is everywhere."""
    known = [None if pd.isna(number) else round(float(number), 3) for number in numbers]
    return known if any(number is not None for number in known) else []


def line_counts(lines: list[dict[str, Any]]) -> pd.DataFrame:
    """How many lines of each kind there are, one for each metric and matrix."""
    found = pd.DataFrame(lines).groupby(["network", "scale", "line"], sort=False).size()
    return found.unstack("line").fillna(0).astype(int).rename_axis(["Network", "Scale"])

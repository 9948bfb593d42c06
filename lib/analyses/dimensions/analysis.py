"""Dimensions of the layers, and whether they rank the layers as dissimilarity does."""

import numpy as np
import pandas as pd

from ...book.report import values
from ...book.report.figure import LayerFigure
from ...book.report.format import number, signed
from ...book.report.names import METRICS
from ...book.report.results import Results
from ...book.report.statistics import rank_correlation
from ...book.report.style import OTHER_INKS

MEASURES = {
    "id": ("intrinsic dimension", OTHER_INKS[0]),
    "pr": ("participation ratio", OTHER_INKS[1]),
}
_NETWORKS = {"x": ("complete", "-"), "y": ("last pruned", "--")}
COLUMNS = [f"{measure}_{network}" for measure in MEASURES for network in _NETWORKS]

ARGUED_METRICS = ("svcca", "cka", "nbs")
"""The metrics that the paper's argument is about."""


def dimensions(study: Results, experiment: str) -> pd.DataFrame:
    """Dimensions of each layer, means over the runs of the last iteration.

    Returns:
        Index layer in forward order; columns `id_x`, `id_y`, `pr_x`, `pr_y`: intrinsic
        dimension and participation ratio of the complete and of the pruned network, NaN
        if not measured.
    """
    rows = study.of(experiment, "similarity")
    rows = rows[(rows.reshape == "flat") & (rows.iteration == rows.iteration.max())]
    rows = rows.drop_duplicates(["train_seed", "run_seed", "layer"])  # the same for every metric
    means = rows.reindex(columns=["layer", *COLUMNS]).groupby("layer").mean()
    return means.reindex([name for name, _ in values.layers(study, experiment)])


def dissimilarity(study: Results, experiment: str, metric: str) -> pd.Series:
    """1 minus a metric after the last iteration, mean over the runs: index layer."""
    return 1 - values.curves(study, experiment, metric).iloc[-1]


def draw_dimensions(study: Results) -> LayerFigure:
    """A panel for each network: both measures, of the complete and of the pruned network."""
    figure = LayerFigure("dimensions", [], shared=False, iterations=0)
    for experiment in study.experiments:
        frame = dimensions(study, experiment)
        order = values.layers(study, experiment)
        axes = figure.panel(study.network(experiment), order=order)
        for measure, (about, colour) in MEASURES.items():
            for network, (which, style) in _NETWORKS.items():
                line = frame[f"{measure}_{network}"]
                figure.draw(axes, line, f"{about}, {which}", color=colour, linestyle=style)
        axes.set_ylim(bottom=0)
    return figure


def _partial_rank_correlation(x: np.ndarray, y: np.ndarray, given: np.ndarray) -> float:
    """Spearman's rank correlation of x and y, with the ranks of a third taken out of both.

    NaN for fewer than four numbers, and where x or y has the order of `given`, so that
    nothing is left of its ranks.
    """
    if len(x) < 4:
        return float("nan")
    ranks = pd.DataFrame([x, y, given]).rank(axis=1).to_numpy()
    ranks = ranks - ranks.mean(axis=1, keepdims=True)
    line = ranks[2]
    left = ranks[:2] - np.outer(ranks[:2] @ line / max(line @ line, 1), line)
    sizes = np.linalg.norm(left, axis=1)
    if sizes.min() < 1e-9:
        return float("nan")
    return float(left[0] @ left[1] / sizes.prod())


def layer_rank_correlation(
    distance: pd.Series, dimension: pd.Series, given_place: bool = False
) -> float:
    """Rank correlation over the layers that have both.

    Args:
        distance, dimension: index layer in forward order.
        given_place: take out the place of the layer, from first to last (a partial
            correlation).
    """
    place = pd.Series(range(len(distance)), index=distance.index)
    known = pd.concat([distance, dimension, place], axis="columns").dropna()
    x, y, places = known.to_numpy().T
    if given_place:
        return _partial_rank_correlation(x, y, places)
    return rank_correlation(x, y)


def agreements(study: Results) -> pd.DataFrame:
    """Does dimension rank the hidden layers as dissimilarity does?

    Returns:
        Index network and metric. Columns: rank correlations of the dissimilarity with
        intrinsic dimension, with the same given the place, with the participation ratio
        and with the place of the layer; and the number of layers that have both.
    """
    rows = {}
    for experiment in study.experiments:
        hidden = values.hidden(study, experiment)
        frame = dimensions(study, experiment).loc[hidden]
        place = pd.Series(range(len(hidden)), index=hidden)
        measured = frame[["id_x", "pr_x"]].notna().any(axis="columns")
        for metric in ARGUED_METRICS:
            distance = dissimilarity(study, experiment, metric)[hidden]
            rows[f"{study.network(experiment)}, {METRICS[metric]}"] = {
                "Intrinsic dim.": layer_rank_correlation(distance, frame.id_x),
                "Given the place": layer_rank_correlation(distance, frame.id_x, given_place=True),
                "Participation": layer_rank_correlation(distance, frame.pr_x),
                "Place": layer_rank_correlation(distance, place),
                "Layers": int((distance.notna() & measured).sum()),
            }
    table = pd.DataFrame.from_dict(rows, orient="index")
    return table.rename_axis("Dissimilarity")


def extremes(study: Results) -> pd.DataFrame:
    """Where dimension is highest and each metric lowest, and how many layers later that is."""
    rows = {}
    for experiment in study.experiments:
        hidden = values.hidden(study, experiment)
        dimension = dimensions(study, experiment).id_x[hidden].dropna()
        top = dimension.idxmax() if len(dimension) else ""
        highest = f"{top}: {number(dimension[top], 1)}" if top else "-"
        row = {"Dimension highest": highest}
        for metric in ARGUED_METRICS:
            lowest = dissimilarity(study, experiment, metric)[hidden].idxmax()
            later = hidden.index(lowest) - hidden.index(top) if top else np.nan
            shown = signed(later, 0) if later else "0"
            row[f"{METRICS[metric]} lowest"] = f"{lowest} ({shown})"
        rows[study.network(experiment)] = row
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("Network")

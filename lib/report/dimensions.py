"""Dimension of the representations beside their dissimilarity (paper, section 6.1)."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from . import layerwise
from .layerwise import hidden, kinds_legend, layer_panel, layers, lowest, rounded, signed
from .names import METRICS, enumerate_words
from .panels import Panels, legend_entry, line_swatch
from .results import Results
from .statistics import rank_correlation
from .style import METRIC_STYLES, page_colours
from .tables import Table, text_table

SHOWN = ("svcca", "cka", "nbs")
"""The metrics that the paper's argument is about."""

MEASURES = {
    "id": ("intrinsic dimension", METRIC_STYLES["svcca"]["color"]),
    "pr": ("participation ratio", METRIC_STYLES["cka"]["color"]),
}
"""column in the results without `_x`, `_y` -> name, colour of its lines."""

SIDES = {"complete": ("x", "-"), "pruned": ("y", "--")}
"""network -> suffix in the results, style of its lines."""


def curves(results: Results, experiment: str) -> pd.DataFrame:
    """Dimensions of whole images' representations, mean over the runs of the last iteration.

    Returns:
        Index layer in forward order; columns `id_complete`, `id_pruned`, `pr_complete`,
        `pr_pruned`, NaN where the results do not have them.
    """
    rows = results.similarity[results.similarity.experiment == experiment]
    rows = rows[(rows.reshape == "flat") & (rows.iteration == rows.iteration.max())]
    rows = rows.drop_duplicates(["train_seed", "prune_seed", "layer"])
    names = [name for name, _ in layers(results, experiment)]
    frame = pd.DataFrame(index=pd.Index(names, name="layer"))
    for measure in MEASURES:
        for network, (suffix, _) in SIDES.items():
            column = f"{measure}_{suffix}"
            means = rows.groupby("layer")[column].mean() if column in rows else pd.Series()
            frame[f"{measure}_{network}"] = means.reindex(names).astype(float)
    return frame


def measured(results: Results, experiment: str) -> bool:
    """Whether the results hold intrinsic dimensions of the complete network."""
    return bool(curves(results, experiment).id_complete.notna().any())


def statement(results: Results) -> str:
    """For which networks intrinsic dimensions are missing; Markdown."""
    missing = [results.network(name) for name in results.experiments if not measured(results, name)]
    if not missing:
        return "Intrinsic dimensions were measured for every network."
    return (
        f"**Not measured here:** the intrinsic dimensions of {enumerate_words(missing)}. "
        "`make book` measures them."
    )


def figure(results: Results) -> Panels:
    """One panel for each network: both dimensions of the complete and of the last pruned one."""
    figures, labels, orders, drawn = {}, {}, [], set()
    for experiment in results.experiments:
        order, frame = layers(results, experiment), curves(results, experiment)
        name = results.network(experiment)
        figures[name] = _panel(name, frame, order)
        labels[name] = _label(name, frame)
        orders += order
        drawn |= set(frame.columns[frame.notna().any()])
    colours = page_colours()
    legend = "".join(
        legend_entry(
            f"{about}, {'complete' if network == 'complete' else 'last pruned'}",
            line_swatch(colours[colour], dashes="5 3" if style == "--" else ""),
        )
        for measure, (about, colour) in MEASURES.items()
        for network, (_, style) in SIDES.items()
        if f"{measure}_{network}" in drawn
    )
    return Panels("dimensions", figures, labels, legend + kinds_legend(orders, colours), colours)


def _panel(name: str, frame: pd.DataFrame, order: list[tuple[str, str]]) -> Figure:
    figure, axes = layer_panel(name, order)
    for measure, (_, colour) in MEASURES.items():
        for network, (_, style) in SIDES.items():
            column = f"{measure}_{network}"
            if frame[column].notna().any():
                axes.plot(
                    range(len(order)), frame[column], color=colour, linestyle=style, label=column
                )
    axes.set_ylim(bottom=0)
    return figure


def _label(name: str, frame: pd.DataFrame) -> str:
    parts = []
    for measure, (about, _) in MEASURES.items():
        complete, pruned = frame[f"{measure}_complete"], frame[f"{measure}_pruned"]
        if complete.notna().any():
            top = complete.idxmax()
            parts.append(
                f"The {about} of the complete network is {rounded(complete.iloc[0], 1)} at "
                f"{frame.index[0]}, highest with {complete[top]:.1f} at {top}, where the last "
                f"pruned one has {rounded(pruned[top], 1)}, and {rounded(complete.iloc[-1], 1)} "
                f"at {frame.index[-1]}."
            )
    if frame.id_complete.isna().all():
        parts.append("Intrinsic dimensions were not measured here.")
    return f"{name}: dimensions of {len(frame)} layers. {' '.join(parts)}"


def correlations(results: Results, experiment: str) -> pd.DataFrame:
    """Spearman's rank correlation, over the hidden layers, of dissimilarity with dimension.

    Dissimilarity is 1 minus the metric's mean after the last iteration; dimensions are those of
    the complete network.

    Returns:
        Index metric; columns `id`, `pr`, `depth` (the layer's place in the network, for
        comparison), NaN where fewer than three layers have both or one of them never changes;
        `layers`, how many have a dissimilarity and one of the dimensions.
    """
    names = hidden(results, experiment)
    frame = curves(results, experiment).loc[names]
    beside = {"id": frame.id_complete, "pr": frame.pr_complete}
    beside["depth"] = pd.Series(np.arange(len(names), dtype=float), index=names)
    rows = {}
    for metric in SHOWN:
        distance = 1 - layerwise.curves(results, experiment, metric).iloc[-1][names]
        both = {name: pd.DataFrame({"x": distance, "y": y}).dropna() for name, y in beside.items()}
        rows[metric] = {name: rank_correlation(pair.x, pair.y) for name, pair in both.items()}
        known = frame[["id_complete", "pr_complete"]].notna().any(axis=1)
        rows[metric]["layers"] = int((distance.notna() & known).sum())
    return pd.DataFrame.from_dict(rows, orient="index")


def overview(results: Results) -> Table:
    """`correlations` of all networks as a table."""
    rows = []
    for experiment in results.experiments:
        for metric, row in correlations(results, experiment).iterrows():
            rows.append(
                (
                    f"{results.network(experiment)}, {METRICS[metric]}",
                    *(signed(row[name]) for name in ("id", "pr", "depth")),
                    str(int(row.layers)),
                )
            )
    header = ("Dissimilarity", "Intrinsic dim.", "Participation", "Place", "Layers")
    return Table(header, rows, numeric=header[1:])


def peaks(results: Results) -> Table:
    """Where the dimension of the complete network is highest, and where each metric is lowest.

    In brackets: how many layers later that is; negative, if earlier.
    """
    rows = []
    for experiment in results.experiments:
        names = hidden(results, experiment)
        dimension = curves(results, experiment).id_complete[names]
        if dimension.isna().all():
            rows.append((results.network(experiment), "not measured here", *("-" for _ in SHOWN)))
            continue
        top = dimension.idxmax()
        cells = []
        for metric in SHOWN:
            layer, _ = lowest(results, experiment, metric)
            later = names.index(layer) - names.index(top)
            cells.append(f"{layer} ({f'{later:+d}'.replace('-', chr(0x2212)) if later else 0})")
        rows.append((results.network(experiment), f"{top}: {dimension[top]:.1f}", *cells))
    header = ("Network", "Dimension highest", *(f"{METRICS[metric]} lowest" for metric in SHOWN))
    return Table(header, rows)


def finding(results: Results, experiment: str) -> str:
    """The correlations of one network in short sentences."""
    network = results.network(experiment)
    if not measured(results, experiment):
        return f"**{network}.** Not measured here."
    frame = correlations(results, experiment)
    values = [f"{METRICS[metric]} {signed(value)}" for metric, value in frame.id.items()]
    text = (
        f"**{network}.** Rank correlation of dissimilarity with intrinsic dimension over "
        f"{int(frame.layers.max())} hidden layers: {enumerate_words(values)}."
    )
    known = frame.dropna(subset=["id", "depth"])
    closer = [METRICS[name] for name, row in known.iterrows() if abs(row["depth"]) >= abs(row.id)]
    if closer:
        text += (
            f" For {enumerate_words(closer)}, the mere place in the network correlates at least "
            "as strongly."
        )
    return text


def numbers(results: Results, experiment: str) -> str:
    """The numbers of one panel as text, beside the dissimilarity by each metric."""
    frame = curves(results, experiment)
    shown = pd.DataFrame(
        {
            "layer": frame.index,
            "ID": frame.id_complete.to_numpy(),
            "ID pruned": frame.id_pruned.to_numpy(),
            "PR": frame.pr_complete.to_numpy(),
            "PR pruned": frame.pr_pruned.to_numpy(),
        }
    )
    for metric in SHOWN:
        values = layerwise.curves(results, experiment, metric).iloc[-1]
        shown[f"1-{METRICS[metric]}"] = 1 - values.to_numpy()
    return text_table(shown, digits=2)

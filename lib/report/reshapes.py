"""The metric or the matrix: each metric on each reshape (paper, section 6.3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from .layerwise import (
    NULL_SWATCH,
    SHOWN,
    draw_null,
    hidden,
    kinds_legend,
    layers,
    null_band,
    remaining,
    rounded,
    tint_kinds,
)
from .names import METRICS, enumerate_words, percent
from .panels import GRID, Panels, inline_svg, legend_entry, line_swatch
from .results import PAPER_RESHAPE, SIMILARITY_KEY, Results
from .runs import over_runs
from .style import FIRST, INK, KIND_COLOURS, LAST, RC, page_colours, similarity_axis
from .tables import Table

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

SMALL = {"font.size": 8, "axes.titlesize": 8.5, "lines.linewidth": 1.3}
WIDTH, HEIGHT = 2.2, 1.75
"""Inches of a small panel: four side by side on a page, two on a phone."""


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
    key = [name for name in SIMILARITY_KEY if name != "reshape"]
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


@dataclass(frozen=True, repr=False)
class Grid(Panels):
    """Small panels in rows with headings: four side by side, or two and two on a phone.

    Attributes:
        rows: heading -> titles of its cells, an even number.
        reasons: title -> why there is no panel.
    """

    rows: Mapping[str, tuple[str, ...]]
    reasons: Mapping[str, str]

    def _repr_html_(self) -> str:
        parts = [f'<div class="panel-legend">{self.legend}</div>']
        for heading, titles in self.rows.items():
            parts.append(f'<div style="grid-column:1/-1;font-size:.82rem">{heading}</div>')
            for pair in zip(titles[::2], titles[1::2], strict=True):
                cells = "".join(self._cell(title) for title in pair)
                parts.append(
                    '<div style="display:grid;grid-template-columns:1fr 1fr;gap:.5rem">'
                    f"{cells}</div>"
                )
        return f'<div class="panels" style="{GRID}">{"".join(parts)}</div>'

    def _cell(self, title: str) -> str:
        if title in self.reasons:
            return (
                '<div style="font-size:.78rem;padding:0 .6rem">'
                f"<b>{title}</b><br>{self.reasons[title]}</div>"
            )
        name = f"{self.name}-{list(self.figures).index(title)}"
        svg = inline_svg(self.figures[title], name, self.labels[title], self.colours)
        return f"<div>{svg}</div>"


def figure(results: Results, experiment: str) -> Grid:
    """A small panel for each metric on each reshape: first and last iteration, and the null.

    All panels share one vertical scale. A metric that is not there leaves its place to the reason.
    """
    order = layers(results, experiment)
    data = {
        cell: (
            curves(results, experiment, *cell).iloc[[0, -1]],
            _null(results, experiment, *cell),
        )
        for cell in measured(results, experiment)
    }
    low = min(
        value
        for values, null in data.values()
        for value in (values.min().min(), null_band(null)["low"].min())
        if pd.notna(value)
    )
    left = remaining(results, experiment)
    colours = page_colours(2)
    legend = "".join(
        legend_entry(
            f"iteration {left.index[i]}: {percent(left.iloc[i])} of the weights left",
            line_swatch(colours[colour]),
        )
        for i, colour in ((0, FIRST), (-1, LAST))
    )
    legend += legend_entry("null of the last iteration, \u00b1 2 sd", NULL_SWATCH)
    grid = {
        f"<b>{reshape}</b>: {about}": [(metric, reshape) for metric in SHOWN]
        for reshape, about in RESHAPES.items()
    }
    return Grid(
        f"reshapes-{experiment}",
        {_title(*cell): _panel(_title(*cell), *lines, order, low) for cell, lines in data.items()},
        {_title(*cell): _label(*cell, *lines) for cell, lines in data.items()},
        legend + kinds_legend(order, colours),
        colours,
        {heading: tuple(_title(*cell) for cell in cells) for heading, cells in grid.items()},
        {
            _title(*cell): UNDEFINED.get(cell, ABSENT)
            for cells in grid.values()
            for cell in cells
            if cell not in data
        },
    )


def _title(metric: str, reshape: str) -> str:
    return f"{METRICS[metric]}, {reshape}"


def _null(results: Results, experiment: str, metric: str, reshape: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            name: curves(results, experiment, metric, reshape, f"null_{name}").iloc[-1]
            for name in ("mean", "sd")
        }
    )


def _panel(
    title: str,
    values: pd.DataFrame,
    null: pd.DataFrame,
    order: list[tuple[str, str]],
    low: float,
) -> Figure:
    with mpl.rc_context(RC | SMALL):
        figure = Figure(figsize=(WIDTH, HEIGHT))
        axes = figure.add_axes((0.15, 0.14, 0.83, 0.71))
        axes.set_axisbelow(True)
        axes.set_title(title)
        tint_kinds(axes, order)
        draw_null(axes, null)
        for colour, (iteration, row) in zip((FIRST, LAST), values.iterrows(), strict=True):
            axes.plot(range(len(order)), row, color=colour, label=str(iteration))
        similarity_axis(axes, low)
        # Nineteen names don't fit here: the ends say which way to read, the colours the rest.
        ends = (0, len(order) - 1)
        axes.set_xticks(ends, [order[i][0] for i in ends])
        for tick, i, side in zip(axes.get_xticklabels(), ends, ("left", "right"), strict=True):
            tick.set(color=KIND_COLOURS.get(order[i][1], INK), horizontalalignment=side)
    return figure


def _label(metric: str, reshape: str, values: pd.DataFrame, null: pd.DataFrame) -> str:
    last = values.iloc[-1]
    text = (
        f"{METRICS[metric]} where {RESHAPES[reshape]}. After the last iteration "
        f"{rounded(last.iloc[0])} at {last.index[0]}, lowest with {rounded(last.min())} at "
        f"{_lowest(last)}, "
        f"{rounded(last.iloc[-1])} at {last.index[-1]}."
    )
    if null["mean"].notna().any():
        text += f" Mean of the null: {null['mean'].mean():.2f}."
    return text


def _lowest(values: pd.Series) -> str:
    return values.idxmin() if values.notna().any() else "-"


def summary(results: Results, experiment: str) -> pd.DataFrame:
    """Each metric on each reshape in the hidden layers, after the last iteration.

    Returns:
        Index (metric, reshape); columns `mean` and `null` over the hidden layers, `first` (value
        of the first layer), `lowest` and `where`, `depth` of the "U" (first minus lowest),
        `layers` (how many have a value).
    """
    names = hidden(results, experiment)
    rows = {}
    for metric, reshape in measured(results, experiment):
        last = curves(results, experiment, metric, reshape).iloc[-1][names]
        rows[metric, reshape] = {
            "mean": last.mean(),
            "null": _null(results, experiment, metric, reshape)["mean"][names].mean(),
            "first": last.iloc[0],
            "lowest": last.min(),
            "where": _lowest(last),
            "depth": last.iloc[0] - last.min(),
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
                cells = (rounded(row[name]) for name in ("mean", "null", "first", "lowest"))
                paper = " (the paper's)" if PAPER_RESHAPE[metric] == reshape else ""
                rows.append(
                    (
                        _title(metric, reshape) + paper,
                        *cells,
                        row["where"],
                        rounded(row.depth),
                        str(row.layers),
                    )
                )
    numbers = ("Mean", "Null", "First layer", "Lowest")
    header = ("Metric and reshape", *numbers, "Where", "Depth", "Layers")
    return Table(header, rows, numeric=(*numbers, "Depth", "Layers"), nothing=ABSENT)


@dataclass(frozen=True)
class Contrast:
    """How far CKA and SVCCA are apart, after the last iteration.

    Attributes:
        paper: mean of CKA minus mean of SVCCA over the hidden layers, each on the paper's reshape.
        shared: the same with both on channels.
        svcca_depth: first layer minus lowest, SVCCA on channels.
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
        f"SVCCA falls by {rounded(found.svcca_depth)} from the first layer to the lowest; CKA "
        f"falls by {rounded(found.flat_depth)} on whole images, and by "
        f"{rounded(found.channels_depth)} on channels."
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

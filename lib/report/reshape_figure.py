"""Small multiples: each metric on each reshape, layer by layer."""

from __future__ import annotations

import pandas as pd

from .format import percent
from .grid import Grid, small_layer_panel
from .layerwise import (
    NULL_SWATCH,
    SHOWN,
    kinds_legend,
    layers,
    null_band,
    remaining,
    rounded,
)
from .names import METRICS
from .panels import legend_entry, line_swatch
from .reshapes import (
    ABSENT,
    RESHAPES,
    UNDEFINED,
    curves,
    measured,
    null_of,
    title_of,
    where_lowest,
)
from .results import Results
from .style import FIRST, LAST, page_colours


def figure(results: Results, experiment: str) -> Grid:
    """A small panel for each metric on each reshape: first and last iteration, and the null.

    All panels share one vertical scale. A metric that is not there leaves its place to the reason.
    """
    order = layers(results, experiment)
    data = {
        cell: (
            curves(results, experiment, *cell).iloc[[0, -1]],
            null_of(results, experiment, *cell),
        )
        for cell in measured(results, experiment)
    }
    low = min(
        value
        for values, null in data.values()
        for value in (values.min().min(), null_band(null)["low"].min())
        if pd.notna(value)
    )
    titles = {cell: title_of(*cell) for cell in data}
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
        {
            titles[cell]: small_layer_panel(titles[cell], order, values, [FIRST, LAST], low, null)
            for cell, (values, null) in data.items()
        },
        {titles[cell]: _label(*cell, *lines) for cell, lines in data.items()},
        legend + kinds_legend(order, colours),
        colours,
        {heading: tuple(title_of(*cell) for cell in cells) for heading, cells in grid.items()},
        {
            title_of(*cell): UNDEFINED.get(cell, ABSENT)
            for cells in grid.values()
            for cell in cells
            if cell not in data
        },
    )


def _label(metric: str, reshape: str, values: pd.DataFrame, null: pd.DataFrame) -> str:
    last = values.iloc[-1]
    text = (
        f"{METRICS[metric]} where {RESHAPES[reshape]}. After the last iteration "
        f"{rounded(last.iloc[0])} at {last.index[0]}, lowest with {rounded(last.min())} at "
        f"{where_lowest(last)}, "
        f"{rounded(last.iloc[-1])} at {last.index[-1]}."
    )
    if null["mean"].notna().any():
        text += f" Mean of the null: {null['mean'].mean():.2f}."
    return text

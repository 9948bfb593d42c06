"""Small multiples: panels in rows with headings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import matplotlib as mpl
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from .layerwise import draw_null, tint_kinds
from .panels import GRID, Panels, inline_svg
from .style import INK, KIND_COLOURS, RC, similarity_axis

SMALL = {"font.size": 8, "axes.titlesize": 8.5, "lines.linewidth": 1.3}
WIDTH, HEIGHT = 2.2, 1.75
"""Inches of a small panel: four side by side on a page, two on a phone."""


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


def small_layer_panel(
    title: str,
    order: list[tuple[str, str]],
    lines: pd.DataFrame,
    colours: list[str],
    low: float,
    null: pd.DataFrame | None = None,
) -> Figure:
    """A small panel of similarities over the layers.

    Args:
        title: above it.
        order: (layer, kind) in forward order.
        lines: a row for each line, labelled with its index; columns the layers.
        colours: of the lines.
        low: the lowest value of all panels that share the scale.
        null: `mean` and `sd` of each layer, drawn as a band; None for no band.
    """
    with mpl.rc_context(RC | SMALL):
        figure = Figure(figsize=(WIDTH, HEIGHT))
        axes = figure.add_axes((0.15, 0.14, 0.83, 0.71))
        axes.set_axisbelow(True)
        axes.set_title(title)
        tint_kinds(axes, order)
        if null is not None:
            draw_null(axes, null)
        for colour, (label, row) in zip(colours, lines.iterrows(), strict=True):
            axes.plot(range(len(order)), row, color=colour, label=str(label))
        similarity_axis(axes, low)
        _name_the_ends(axes, order)
    return figure


def _name_the_ends(axes: Axes, order: list[tuple[str, str]]) -> None:
    """Nineteen names don't fit here: the ends say which way to read, the colours the rest."""
    ends = (0, len(order) - 1)
    axes.set_xticks(ends, [order[i][0] for i in ends])
    for tick, i, side in zip(axes.get_xticklabels(), ends, ("left", "right"), strict=True):
        tick.set(color=KIND_COLOURS.get(order[i][1], INK), horizontalalignment=side)

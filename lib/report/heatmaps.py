"""Heatmaps of layers against layers: where a metric finds the corresponding one."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from .grid import Grid
from .identification import CLOSE, hidden, matrices, measured
from .layerwise import SHOWN, rounded
from .names import count
from .panels import box_swatch, legend_entry
from .reshapes import RESHAPES
from .results import Results
from .style import iteration_colours, page_colours
from .validity import NOT_MEASURED, PAPER_CELLS, title

LEVELS = 20
"""Steps of the colours from similarity 0 to 1."""

DOT = "fill:var(--pst-color-background, #fff);stroke:currentColor;stroke-width:{}"
DOT_SWATCH = (
    '<svg viewBox="0 0 12 12" width="12" height="12" aria-hidden="true">'
    f'<circle cx="6" cy="6" r="4" style="{DOT.format(1.4)}"></circle></svg>'
)


@dataclass(frozen=True)
class Heatmap:
    """A matrix of similarities as squares, with a dot on the highest of each row.

    Attributes:
        title: stands above it.
        values: (rows, columns), 0 to 1; NaN leaves a hole.
        first, last: names at the ends of both axes.
    """

    title: str
    values: np.ndarray
    first: str
    last: str

    @property
    def best(self) -> list[tuple[int, int]]:
        """(row, column) of the highest value of each row; ties have none."""
        found = []
        for i, row in enumerate(self.values):
            if np.isfinite(row).any():
                top = np.flatnonzero(row >= np.nanmax(row) - CLOSE)
                found += [(i, int(top[0]))] * (len(top) == 1)
        return found

    def svg(self, label: str, colours: Mapping[str, str]) -> str:
        """As SVG: one path for each colour.

        Args:
            label: what the picture shows, for those who do not see it.
            colours: colour of a level -> colour on the page.
        """
        size = len(self.values)
        levels = np.full(self.values.shape, -1)
        known = np.isfinite(self.values)
        levels[known] = np.clip(self.values[known] * LEVELS, 0, LEVELS - 1).astype(int)
        paths = []
        for level, colour in enumerate(iteration_colours(LEVELS)):
            squares = "".join(f"M{x} {y}h1v1h-1z" for y, x in np.argwhere(levels == level))
            if squares:
                paths.append(f'<path d="{squares}" style="fill:{colours[colour]}"></path>')
        dots = "".join(f'<circle cx="{x}.5" cy="{y}.5" r=".27"></circle>' for y, x in self.best)
        return (
            f'<svg viewBox="0 0 {size} {size}" role="img" aria-label="{html.escape(label)}" '
            'style="width:100%;height:auto;outline:1px solid currentColor" '
            f'shape-rendering="crispEdges">{"".join(paths)}'
            f'<g shape-rendering="auto" style="{DOT.format(0.1)}">{dots}</g></svg>'
        )


@dataclass(frozen=True, repr=False)
class Heatmaps(Grid):
    """Heatmaps in rows with headings; `figures` holds them by network and title."""

    def _repr_html_(self) -> str:
        return super()._repr_html_() if self.figures else f"<p>{NOT_MEASURED}</p>"

    def __repr__(self) -> str:
        return super().__repr__() or NOT_MEASURED

    def _cell(self, title: str) -> str:
        if title in self.reasons:
            return super()._cell(title)
        heatmap = self.figures[title]
        ends = f"<span>{heatmap.first}</span><span>{heatmap.last}</span>"
        return (
            f'<div style="font-size:.78rem;padding:0 .2rem"><b>{heatmap.title}</b>'
            f"{heatmap.svg(self.labels[title], self.colours)}"
            f'<div style="display:flex;justify-content:space-between">{ends}</div></div>'
        )


def figure(results: Results) -> Heatmaps:
    """For each network a heatmap of each of the paper's metrics on the paper's reshape, and on gap.

    Rows are the layers of one network, columns those of another, both in forward order; the mean
    over the pairs of networks. A network that was not measured has no rows; without any, a
    sentence.
    """
    grid, figures, labels, reasons = {}, {}, {}, {}
    for experiment in measured(results):
        network = results.network(experiment)
        for about, cells in (
            ("as in the paper: CCA on channels, CKA and NBS on whole images", PAPER_CELLS),
            (f"gap: {RESHAPES['gap']}", [(metric, "gap") for metric in SHOWN]),
        ):
            names = {cell: f"{network}, {title(*cell)}" for cell in cells}
            grid[f"<b>{network}</b>, {about}"] = tuple(names.values())
            for cell, name in names.items():
                pairs = matrices(results, experiment, *cell)
                if not any(frame.notna().any(axis=None) for frame in pairs.values()):
                    reasons[name] = NOT_MEASURED
                    continue
                figures[name] = _mean(title(*cell), pairs.values(), hidden(results, experiment))
                labels[name] = _label(name, figures[name], len(pairs))
    colours = page_colours(LEVELS)
    scale = [colours[colour] for colour in iteration_colours(LEVELS)]
    legend = legend_entry("similarity from 0 to 1", box_swatch(scale)) + legend_entry(
        "the most similar layer of the other network", DOT_SWATCH
    )
    return Heatmaps("identification", figures, labels, legend, colours, grid, reasons)


def _mean(name: str, pairs: Iterable[pd.DataFrame], layers: list[str]) -> Heatmap:
    values = pd.concat(list(pairs)).groupby(level=-1).mean().reindex(layers).to_numpy()
    return Heatmap(name, values, layers[0], layers[-1])


def _label(name: str, heatmap: Heatmap, pairs: int) -> str:
    values = heatmap.values
    off = values.copy()
    np.fill_diagonal(off, np.nan)
    same, others = (
        rounded(part[np.isfinite(part)].mean()) if np.isfinite(part).any() else "-"
        for part in (np.diag(values), off)
    )
    right = sum(row == column for row, column in heatmap.best)
    return (
        f"{name}: similarity of {count(len(values), 'hidden layer')} of one "
        f"network with those of another, mean over {count(pairs, 'pair')}. Corresponding layers "
        f"have {same} on average, others {others}. For {right} of {len(values)} layers the "
        "corresponding one is the most similar."
    )

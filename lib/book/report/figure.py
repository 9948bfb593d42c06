"""Figures of the book: panels drawn with plain matplotlib, shown as part of the page.

    remaining = values.remaining(study, "vgg16_bn")
    figure = LayerFigure("layers-vgg16_bn", values.layers(study, "vgg16_bn"))
    for metric in ("svcca", "cka"):
        axes = figure.panel(METRICS[metric])
        figure.draw_iterations(axes, values.curves(study, "vgg16_bn", metric), remaining)
        figure.draw_null(axes, values.null(study, "vgg16_bn", metric))
    figure

What is drawn with a `label` is named where it is, or has an entry in the legend. Text takes the
page's font, and the colours of `style` follow the page's dark mode.
"""

import html
import math
from collections.abc import Sequence

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from .alternative_text import alternative_text
from .direct_labels import name_line
from .format import percent
from .names import KINDS
from .panels import GRID, inline_svg
from .style import (
    HEIGHT,
    INK,
    KIND_COLOURS,
    NETWORK_LINES,
    RC,
    WIDTH,
    iteration_colours,
    page_colours,
    similarity_axis,
)
from .swatches import box_swatch, legend_entry, swatch_of

INDEPENDENT = NETWORK_LINES["independent"]
AS_LONG_LINE = NETWORK_LINES["trained_as_long"]
NULL_LINE = NETWORK_LINES["null"]
"""Lines that belong to no iteration, on every page: networks of other seeds, networks trained as
long but never pruned, and the null."""

_SMALL = {"font.size": 10.5, "axes.titlesize": 10.5, "lines.linewidth": 1.3}
_SMALL_SIZE = (2.2, 1.75)
"""Inches of a small panel: four side by side on a page, two on a phone."""
_LEFT, _SMALL_LEFT = 0.13, 0.15
"""Margins of panels, as fractions of their width, that hold the numbers of an axis."""

_MOST_NAMES = 20
"""Names of at most so many layers can be read side by side."""

ABSENT = "Not measured in this study."
"""Shown in place of a figure without panels."""

LAST_ITERATION = "after the last iteration"


class PanelFigure:
    """A figure of panels, side by side where there is room; a notebook displays it as it is.

    Args:
        name: prefix of the ids inside, different for each figure of a page.
        small: panels in rows of four, or of two on a phone, instead of two or three.
        shared: whether all panels share one vertical axis, that of similarities.
        iterations: how many colours from pale to strong the panels use, if any.
    """

    def __init__(
        self, name: str, *, small: bool = False, shared: bool = False, iterations: int = 0
    ):
        self.name, self.small, self.shared = name, small, shared
        self.iterations, self.colours = iterations, page_colours(iterations)
        self._panels: list[tuple[str, Axes | str]] = []
        self._headings: dict[int, str] = {}
        self._keys: dict[str, str] = {}
        self._kinds: dict[str, str] = {}
        self._named: set[str] = set()

    def panel(
        self, title: str, *, left: float | None = None, bottom: float = 0.16, height: float = 1
    ) -> Axes:
        """Add a panel in the house style, and return its empty axes.

        Args:
            left: margin as a fraction of the width, by default enough for numbers.
            bottom: margin as a fraction of the usual height; that of a small panel is fixed.
            height: as a multiple of the usual one; that of a small one is fixed.
        """
        if self.small:
            left = _SMALL_LEFT if left is None else left
            size, box = _SMALL_SIZE, (left, 0.14, 0.98 - left, 0.71)
        else:
            left = _LEFT if left is None else left
            size = (WIDTH, height * HEIGHT)
            box = (left, bottom / height, 0.98 - left, (height - 0.09 - bottom) / height)
        # fixed margins: panels align, and no layout depends on a font that a reader lacks
        with mpl.rc_context(RC | (_SMALL if self.small else {})):
            axes = Figure(figsize=size).add_axes(box)
            axes.set_axisbelow(True)
            axes.set_title(title, parse_math=False)
        self._panels.append((title, axes))
        return axes

    def absent(self, title: str, reason: str) -> None:
        """Leave the place of a panel empty, and say why there."""
        self._panels.append((title, reason))

    def row(self, heading: str, about: str = "") -> None:
        """Start a new row of panels below this heading, in bold, and what follows it."""
        text = f"<b>{html.escape(heading)}</b>{html.escape(about)}"
        self._headings[len(self._panels)] = text

    def key(self, label: str, swatch: str) -> None:
        """Add a legend entry that belongs to no single line; `swatches` makes them."""
        self._keys[label] = swatch

    def _repr_html_(self) -> str:
        if not self._panels:
            return f"<p>{ABSENT}</p>"
        if self.shared:
            drawn = [axes for _, axes in self._panels if isinstance(axes, Axes)]
            low = min(map(_lowest, drawn), default=0.0)
            for axes in drawn:
                similarity_axis(axes, low)
        self._name_lines()
        legend = self._legend()
        parts = [f'<div class="panel-legend">{legend}</div>'] if legend else []
        cells: list[str] = []
        for i, (title, content) in enumerate(self._panels):
            if i in self._headings:
                parts += _in_pairs(cells) if self.small else cells
                cells = []
                parts.append(
                    f'<div style="grid-column:1/-1;font-size:.82rem">{self._headings[i]}</div>'
                )
            cells.append(self._cell(i, title, content))
        parts += _in_pairs(cells) if self.small else cells
        return f'<div class="panels" style="{GRID}">{"".join(parts)}</div>'

    def __repr__(self) -> str:
        shown = [alternative_text(t, c) for t, c in self._panels if isinstance(c, Axes)]
        return " ".join(shown) or ABSENT

    def _cell(self, i: int, title: str, content: Axes | str) -> str:
        if isinstance(content, str):
            text = f"<b>{html.escape(title)}</b><br>{html.escape(content)}"
            return f'<div style="font-size:.78rem;padding:0 .6rem">{text}</div>'
        svg = inline_svg(
            content.figure, f"{self.name}-{i}", alternative_text(title, content), self.colours
        )
        return f"<div>{svg}</div>"

    def _name_lines(self) -> None:
        """Name each line once, in the first panel that has room; the others keep the legend."""
        for _, axes in self._panels:
            if isinstance(axes, Axes):
                for handle, label in zip(*axes.get_legend_handles_labels(), strict=True):
                    known = label in self._named or label in self._keys
                    if isinstance(handle, Line2D) and not known and name_line(axes, handle):
                        self._named.add(label)

    def _legend(self) -> str:
        swatches: dict[str, str] = {}
        for _, axes in self._panels:
            if isinstance(axes, Axes):
                handles, labels = axes.get_legend_handles_labels()
                for handle, label in zip(handles, labels, strict=True):
                    if label not in self._named:
                        swatches.setdefault(label, swatch_of(handle, self._on_page))
        # a key with the label of a line takes that line's place; all other keys come first
        keys_alone = {k: s for k, s in self._keys.items() if k not in swatches}
        swatches = keys_alone | swatches | self._keys | self._kinds
        return "".join(legend_entry(label, swatch) for label, swatch in swatches.items())

    def _on_page(self, colour: object) -> str:
        return self.colours.get(to_hex(colour), to_hex(colour))


class LayerFigure(PanelFigure):
    """Panels with the layers on the horizontal axis, coloured by kind, on one vertical scale.

    Args:
        name, options: as for `PanelFigure`; by default 20 iterations and a shared axis.
        order: [(layer, kind)] in forward order.
    """

    def __init__(self, name: str, order: Sequence[tuple[str, str]], **options: object):
        super().__init__(name, **{"iterations": 20, "shared": True} | options)
        self.order = list(order)

    def panel(self, title: str, *, order: Sequence[tuple[str, str]] = ()) -> Axes:
        """Add a panel, and return its empty axes.

        Args:
            order: its layers, if they are not those of the figure.
        """
        axes = super().panel(title, left=None if self.small else 0.1, bottom=0.23)
        order = list(order) or self.order
        for i, (_, kind) in enumerate(order):
            if KIND_COLOURS[kind] != INK:
                axes.axvspan(i - 0.5, i + 0.5, color=KIND_COLOURS[kind], alpha=0.12, linewidth=0)
                self._kinds[KINDS[kind]] = box_swatch([self.colours[KIND_COLOURS[kind]]])
        axes.set_xlim(-0.5, len(order) - 0.5)
        last = len(order) - 1
        named = range(last, -1, -math.ceil(len(order) / _MOST_NAMES))[::-1]
        looks = [{"rotation": 90, "fontsize": 9.5}] * len(named)
        if self.small:
            # the names do not fit: the ends say which way to read, the colours say the rest
            named, looks = (0, last), [{"ha": "left"}, {"ha": "right"}]
        axes.set_xticks(named, [order[i][0] for i in named])
        for tick, i, look in zip(axes.get_xticklabels(), named, looks, strict=True):
            tick.set(color=KIND_COLOURS[order[i][1]], parse_math=False, **look)
        return axes

    def draw_iterations(self, axes: Axes, values: pd.DataFrame, remaining: pd.Series) -> None:
        """One line for each iteration, from pale to strong.

        Args:
            values: a row for each iteration, a column for each layer.
            remaining: fraction of the weights left at each iteration, for the legend.
        """
        colours = iteration_colours(self.iterations)
        for colour, (iteration, line) in zip(colours, values.iterrows(), strict=True):
            # the underscore keeps a line out of the legend; the alternative text has the last one
            label = "_iteration" if iteration != values.index[-1] else f"_{LAST_ITERATION}"
            axes.plot(range(len(line)), line, color=colour, linewidth=1.2, label=label)
        left = " to ".join(percent(remaining.iloc[end]) for end in (0, -1))
        label = f"iteration {values.index[0]} to {values.index[-1]}: {left} of the weights left"
        self.key(label, box_swatch([self.colours[colour] for colour in colours]))

    def draw_null(
        self, axes: Axes, null: pd.DataFrame, label: str = "null of the last iteration, \u00b1 2 sd"
    ) -> None:
        """The null as a thin dashed line, two standard deviations either side in a pale band.

        Args:
            null: index layer; columns `mean` and `sd`. Nothing is drawn where it is unknown.
        """
        if null["mean"].isna().all():
            return
        x, spread = range(len(null)), 2 * null["sd"].fillna(0)
        if null["sd"].notna().any():
            low = (null["mean"] - spread).clip(lower=0)
            axes.fill_between(
                x, low, null["mean"] + spread, color=INK, alpha=0.12, linewidth=0, label="_band"
            )
        axes.plot(x, null["mean"], label=label, **NULL_LINE)

    def draw(self, axes: Axes, values: pd.Series, label: str, **style: object) -> None:
        """One labelled line over the layers; nothing where all values are NaN."""
        if values.notna().any():
            axes.plot(range(len(values)), values, label=label, **style)


def _lowest(axes: Axes) -> float:
    """The lowest value of any line of the panel, or of the band around one; 1 without any."""
    heights = [line.get_ydata() for line in axes.get_lines()]
    heights += [path.vertices[:, 1] for band in axes.collections for path in band.get_paths()]
    defined = [number for line in heights for number in np.asarray(line, dtype=float)]
    return min(filter(math.isfinite, defined), default=1.0)


def _in_pairs(cells: list[str]) -> list[str]:
    """Keep small panels together in pairs, so that a phone shows two in a row and a page four."""
    return [
        '<div style="display:grid;grid-template-columns:1fr 1fr;gap:.5rem">'
        f"{''.join(cells[i : i + 2])}</div>"
        for i in range(0, len(cells), 2)
    ]

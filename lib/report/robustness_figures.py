"""Small multiples of the readings: one panel for each metric, one line for each setting."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from matplotlib.figure import Figure

from .grid import small_layer_panel
from .layerwise import kinds_legend
from .names import count
from .panels import Panels, inline_svg, legend_entry, line_swatch
from .robustness_axes import AXES
from .robustness_readings import Reading, Readings
from .style import iteration_colours, page_colours

ABSENT = "Not measured in this study."

CELLS = "display:grid;gap:.5rem;grid-template-columns:repeat(auto-fill,minmax(min(150px,45%),1fr))"
"""Four panels side by side on a page, two on a phone; all of one size, however many they are."""


@dataclass(frozen=True, repr=False)
class Multiples(Panels):
    """Small panels in rows with headings; a sentence instead where there are none.

    Attributes:
        rows: heading -> titles of its panels, or none.
    """

    rows: Mapping[str, tuple[str, ...]]

    def _repr_html_(self) -> str:
        if not self.figures:
            return f"<p>{ABSENT}</p>"
        parts = [f'<div class="panel-legend">{self.legend}</div>']
        for heading, titles in self.rows.items():
            parts.append(f'<div style="font-size:.82rem"><b>{heading}</b></div>')
            cells = "".join(self._cell(title) for title in titles)
            parts.append(f'<div style="{CELLS}">{cells}</div>' if cells else f"<p>{ABSENT}</p>")
        return f'<div class="panels" style="display:grid;gap:.75rem">{"".join(parts)}</div>'

    def _cell(self, title: str) -> str:
        name = f"{self.name}-{list(self.figures).index(title)}"
        svg = inline_svg(self.figures[title], name, self.labels[title], self.colours)
        return f"<div>{svg}</div>"

    def __repr__(self) -> str:
        return super().__repr__() or ABSENT


def figure(readings: Readings, axis: str) -> Multiples:
    """A row for each network, in it a panel for each metric; lines from light to dark.

    All panels of an axis share one vertical scale.
    """
    found, results = readings.of(axis), readings.results
    settings = _settings(found)
    colours = page_colours(len(settings))
    lines = dict(zip(settings, iteration_colours(len(settings)), strict=True)) if settings else {}
    low = min((each.values.min(axis=None) for each in found), default=0.0)
    bases = {each.base for each in found}
    legend = "".join(
        legend_entry(
            AXES[axis].say(setting) + (" (base)" if setting in bases else ""),
            line_swatch(colours[colour]),
        )
        for setting, colour in lines.items()
    )
    orders = list(dict.fromkeys(layer for each in found for layer in each.order))
    networks = {name: results.network(name) for name in results.experiments}
    return Multiples(
        f"robustness-{axis}",
        {each.name: _panel(each, lines, low) for each in found},
        {each.name: _label(each) for each in found},
        legend + kinds_legend(orders, colours),
        colours,
        {
            network: tuple(each.name for each in found if each.experiment == experiment)
            for experiment, network in networks.items()
        },
    )


def _settings(found: list[Reading]) -> list[str]:
    """All settings in order; each reading has some of them."""
    names = {name for each in found for name in each.values.index}
    return sorted(names, key=AXES[found[0].axis].place) if found else []


def _panel(reading: Reading, lines: Mapping[str, str], low: float) -> Figure:
    colours = [lines[setting] for setting in reading.values.index]
    # Debiased CKA may lie a little below 0: a tenth less keeps it inside.
    low = low if low >= 0 else low - 0.1
    return small_layer_panel(reading.title, reading.order, reading.values, colours, low)


def _label(reading: Reading) -> str:
    say = AXES[reading.axis].say
    setting, layer, change = reading.largest
    base = reading.values.loc[reading.base]
    return (
        f"{reading.name}, {len(base)} layers, {count(len(reading.values), 'setting')} from "
        f"{say(reading.values.index[0])} to {say(reading.values.index[-1])}. The base, "
        f"{say(reading.base)}, has {base[layer]:.2f} at {layer}; there {say(setting)} has "
        f"{base[layer] + change:.2f}, the largest change."
    )

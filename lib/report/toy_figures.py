"""The figures of the chapter on the metrics: synthetic data, what theory says, what is measured."""

from __future__ import annotations

import math

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ..metrics import cka, mean_cca, nbs
from . import toys
from .names import METRICS
from .panels import Panels, legend_entry, line_swatch
from .style import INK, KIND_COLOURS, METRIC_STYLES, page_colours, panel

COLUMNS = 16
SHARED = range(0, COLUMNS + 1, 2)
ANGLES = range(0, 91, 10)
"""Degrees."""

MEASURED = {"mean_cca": mean_cca, "cka": cka, "nbs": nbs}
# Mean CCA is SVCCA where all directions have the same variance, and has its colour. Three points
# often share one place: they are open or small enough to be seen there together.
LOOKS = {
    "mean_cca": {"color": METRIC_STYLES["svcca"]["color"], "marker": "o", "markersize": 7.5},
    "cka": {"color": METRIC_STYLES["cka"]["color"], "marker": "^", "markersize": 5},
    "nbs": {"color": METRIC_STYLES["nbs"]["color"], "marker": "D", "markersize": 3},
}
SWATCHES = {
    "mean_cca": '<circle cx="13" cy="6" r="4.5" style="fill:none;stroke:{};stroke-width:1.4"/>',
    "cka": '<path d="M13 1.5 17.5 10h-9Z" style="fill:{}"/>',
    "nbs": '<path d="M13 2.5 16.5 6 13 9.5 9.5 6Z" style="fill:{}"/>',
}

DEAD_COLUMNS = 64
DEAD = range(0, 49, 8)
DEAD_ROWS = 2000
NOISE_COSINE = 0.8
AWARE, BLIND = KIND_COLOURS["conv_res"], KIND_COLOURS["pool"]


def overlap_points() -> dict[str, list[float]]:
    """Metrics of two representations of 16 columns, of which 0, 2, … 16 are the same."""
    pairs = [toys.overlapping(shared, COLUMNS) for shared in SHARED]
    return {name: [metric(*pair) for pair in pairs] for name, metric in MEASURED.items()}


def angle_points() -> dict[str, list[float]]:
    """Metrics of a representation and its mixture with noise, at 0, 10, … 90 degrees."""
    pairs = [toys.at_angle(math.radians(angle), COLUMNS) for angle in ANGLES]
    return {name: [metric(*pair) for pair in pairs] for name, metric in MEASURED.items()}


def known_answers() -> Panels:
    """Block overlap and angle: points over the lines of theory."""
    overlaps, angles = overlap_points(), angle_points()
    degrees = np.linspace(0, 90, 91)
    cosine = np.cos(np.radians(degrees))

    left, axes = panel("Some columns in common")
    axes.plot([0, COLUMNS], [0, 1], color=INK, linewidth=0.9)
    _points(axes, SHARED, overlaps)
    axes.set_xlabel(f"columns in common, of {COLUMNS}")
    axes.set_xticks(SHARED[::2])

    right, axes = panel("The same signal and noise")
    axes.plot(degrees, cosine, color=INK, linewidth=0.9)
    axes.plot(degrees, cosine**2, color=INK, linewidth=0.9, linestyle=(0, (4, 2)))
    axes.text(55, 0.62, "cos θ", ha="left", color=INK)
    axes.text(38, 0.42, "cos² θ", ha="right", color=INK)
    _points(axes, ANGLES, angles)
    axes.set_xlabel("angle θ between signal and mixture")
    axes.set_xticks(range(0, 91, 30), [f"{angle}°" for angle in range(0, 91, 30)])

    middle, third = COLUMNS // 2, 60
    at_middle = _said(overlaps, list(SHARED).index(middle))
    at_third = _said(angles, list(ANGLES).index(third))
    colours = page_colours()
    legend = "".join(
        legend_entry(METRICS[name], _marker(name, colours[look["color"]]))
        for name, look in LOOKS.items()
    ) + legend_entry("theory", line_swatch("currentColor"))
    return Panels(
        "known-answers",
        {"Some columns in common": left, "The same signal and noise": right},
        {
            "Some columns in common": (
                f"Mean CCA, CKA and NBS against the number of columns in common: all lie on the "
                f"straight line from 0 to 1. With {middle} of {COLUMNS}: {at_middle}."
            ),
            "The same signal and noise": (
                f"Mean CCA and NBS follow the cosine of the angle, CKA its square, which is lower. "
                f"At {third} degrees: {at_third}."
            ),
        },
        legend,
        colours,
    )


def dead_points(angle: float) -> dict[str, list[float]]:
    """Mean CCA of x with a rotated mixture of which 0, 8, … 48 of 64 columns are dead.

    Returns:
        `aware` of the rank, as `lib.metrics`; `blind`, with a direction for every column.
    """
    x, mixture = toys.at_angle(angle, DEAD_COLUMNS, DEAD_ROWS)
    turned = mixture @ toys.rotation(DEAD_COLUMNS)
    pruned = [toys.with_dead(turned, dead) for dead in DEAD]
    return {
        "aware": [mean_cca(x, y) for y in pruned],
        "blind": [toys.rank_blind_cca(x, y) for y in pruned],
    }


def dead_channels() -> Panels:
    """Mean CCA against dead columns, counted by rank and by columns."""
    titles = {"Nothing but a rotation": 0.0, "A rotation and noise": math.acos(NOISE_COSINE)}
    figures, labels = {}, {}
    for title, angle in titles.items():
        points = dead_points(angle)
        figures[title] = _dead_panel(title, points, math.cos(angle))
        labels[title] = (
            f"{title}: mean CCA against the number of dead columns, 0 to {DEAD[-1]} of "
            f"{DEAD_COLUMNS}. Aware of the rank it stays: {points['aware'][0]:.2f} at first, "
            f"{points['aware'][-1]:.2f} at last. Blind to the rank it falls to "
            f"{points['blind'][-1]:.2f}."
        )
    colours = page_colours()
    legend = legend_entry(
        "aware of the rank (lib.metrics)",
        line_swatch(colours[AWARE], marker=_dot(colours[AWARE])),
    ) + legend_entry(
        "blind to the rank",
        line_swatch(colours[BLIND], dashes="5 3", marker=_square(colours[BLIND])),
    )
    return Panels("dead-channels", figures, labels, legend, colours)


def _dead_panel(title: str, points: dict[str, list[float]], truth: float) -> Figure:
    figure, axes = panel(title)
    axes.axhline(truth, color=INK, linewidth=0.9, alpha=0.6)
    axes.plot(DEAD, points["aware"], color=AWARE, marker="o", markersize=4)
    axes.plot(DEAD, points["blind"], color=BLIND, marker="s", markersize=4, linestyle="--")
    axes.set_ylim(0, 1.05)
    axes.set_xlabel(f"dead columns, of {DEAD_COLUMNS}")
    axes.set_xticks(DEAD[::2])
    return figure


def _points(axes: Axes, places: range, values: dict[str, list[float]]) -> None:
    for name, look in LOOKS.items():
        fill = {"markerfacecolor": "none", "markeredgewidth": 1.3} if name == "mean_cca" else {}
        axes.plot(places, values[name], linestyle="", **look, **fill)
    axes.set_ylim(-0.02, 1.05)


def _said(values: dict[str, list[float]], place: int) -> str:
    return ", ".join(f"{METRICS[name]} {values[name][place]:.2f}" for name in values)


def _marker(name: str, colour: str) -> str:
    return (
        '<svg viewBox="0 0 26 12" width="26" height="12" aria-hidden="true">'
        f"{SWATCHES[name].format(colour)}</svg>"
    )


def _dot(colour: str) -> str:
    return f'<circle cx="13" cy="6" r="3.5" style="fill:{colour}"/>'


def _square(colour: str) -> str:
    return f'<rect x="9.5" y="2.5" width="7" height="7" style="fill:{colour}"/>'

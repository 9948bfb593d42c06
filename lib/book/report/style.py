"""One look for all figures: colour-blind safe, on light and dark pages, at phone width."""

import math

from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, to_hex

INK = "#24292f"
FIRST_COLOUR, LAST_COLOUR = "#4a9d8d", "#182a66"
"""The ends of the scale of iterations: pale for the first, strong for the last."""

VISIBLE = 0.05
"""A difference in similarity that a reader of the figures would see."""

KIND_COLOURS = {
    "conv": INK,
    "conv_res": "#0067a5",
    "pool": "#a8480c",
    "add": "#6b3fa0",
    "fc": "#7a5c00",
    "out": "#1a7044",
}

METRIC_STYLES = {
    "svcca": {"color": "#0072b2", "marker": "o", "linestyle": "-"},
    "pwcca": {"color": "#3390cc", "marker": "s", "linestyle": "--"},
    "cka": {"color": "#d55e00", "marker": "^", "linestyle": "-"},
    "nbs": {"color": "#b87d00", "marker": "D", "linestyle": "--"},
    "cosine": {"color": "#009e73", "marker": "v", "linestyle": "-"},
}
"""Okabe and Ito's colours, two of them darkened; markers and dashes make the same distinctions."""

OTHER_INKS = ("#a8326f", "#6e7781")
"""For what is neither a metric nor a kind of network or layer, so that theirs stay theirs."""

NETWORK_LINES = {
    "complete": {"color": INK, "linestyle": "-", "linewidth": 0.8},
    "pruned": {"color": LAST_COLOUR, "linestyle": "-", "linewidth": 2},
    "trained_as_long": {
        "color": METRIC_STYLES["cosine"]["color"],
        "linestyle": "--",
        "linewidth": 1.4,
    },
    "random_masks": {"color": KIND_COLOURS["fc"], "linestyle": "-.", "linewidth": 1.4},
    "independent": {"color": INK, "linestyle": ":", "linewidth": 1.4},
    "untrained": {"color": KIND_COLOURS["add"], "linestyle": (0, (6, 1.5, 1, 1.5, 1, 1.5))},
    "null": {"color": INK, "linestyle": "--", "linewidth": 1},
}
"""How each kind of network is drawn on every page, where a line is one of them: in
grey, dashes and widths make the same distinctions. The null is what shuffled images
give."""

NETWORK_MARKS = {
    kind: {"color": NETWORK_LINES[kind]["color"], "marker": marker, "linestyle": "None"}
    for kind, marker in zip(NETWORK_LINES, "oDs^ov|", strict=True)
}
NETWORK_MARKS["independent"]["markerfacecolor"] = "none"
"""The same where a network is one mark."""

RC = {
    "font.family": "sans-serif",
    "font.size": 9.5,
    "axes.titlesize": 10,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "axes.titlecolor": INK,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "grid.color": INK,
    "grid.alpha": 0.15,
    "grid.linewidth": 0.6,
    "axes.linewidth": 0.8,
    "lines.linewidth": 1.4,
    "svg.fonttype": "none",
    "svg.hashsalt": "panel",
}

WIDTH, HEIGHT = 3.9, 3.1
"""Inches of one panel: on a phone it fills the column, and its text is 10 px high or more."""


def iteration_colours(iterations: int) -> list[str]:
    """A colour for each iteration, from `FIRST_COLOUR`, pale, evenly to `LAST_COLOUR`, strong."""
    scale = LinearSegmentedColormap.from_list("iterations", (FIRST_COLOUR, LAST_COLOUR), iterations)
    return [to_hex(scale(i)) for i in range(iterations)]


def page_colours(iterations: int = 0) -> dict[str, str]:
    """Each colour of a figure and the CSS that lets a page's dark mode replace it."""
    colours = {INK: "currentColor", LAST_COLOUR: f"var(--last, {LAST_COLOUR})"}
    for kind, colour in KIND_COLOURS.items():
        if colour != INK:
            colours[colour] = f"var(--kind-{kind}, {colour})"
    for metric, style in METRIC_STYLES.items():
        colours[style["color"]] = f"var(--metric-{metric}, {style['color']})"
    for i, colour in enumerate(OTHER_INKS, start=1):
        colours[colour] = f"var(--other-{i}, {colour})"
    for i, colour in enumerate(iteration_colours(iterations) if iterations else ()):
        share = 100 * i / (iterations - 1) if iterations > 1 else 100
        last = f"var(--last, {LAST_COLOUR}) {share:.4g}%"
        colours[colour] = f"color-mix(in srgb, {last}, var(--first, {FIRST_COLOUR}))"
    return colours


def similarity_axis(axes: Axes, lowest: float) -> None:
    """A vertical axis from the tenth below the lowest similarity to a little above 1."""
    bottom = min(math.floor(10 * lowest), 9) / 10
    axes.set_ylim(bottom, 1 + 0.03 * (1 - bottom))
    axes.set_yticks([tick for tick in axes.get_yticks() if bottom <= tick <= 1])


def percent_axis(axes: Axes, lowest: float) -> None:
    """A logarithmic axis of the remaining fraction in percent, 100 % on the left."""
    ticks: tuple[float, ...] = (1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01)
    if lowest > 0.25:
        ticks = (1, 0.8, 0.6, 0.5, 0.4, 0.3)
    elif lowest < 0.005:
        ticks = (1, 0.3, 0.1, 0.03, 0.01, 0.003, 0.001)
    ticks = [tick for tick in ticks if tick >= lowest / 1.05]
    axes.set_xscale("log")
    axes.set_xlim(1.08, lowest / 1.08)
    axes.set_xticks(ticks, [f"{100 * tick:g} %" for tick in ticks])
    axes.minorticks_off()
    axes.set_xlabel("weights remaining")

"""Figures of the contrast: its parts as bars, and as symbols with intervals."""

from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes

from ...book.report.dot_plot import draw_intervals
from ...book.report.figure import PanelFigure
from ...book.report.format import number, percent
from ...book.report.style import INK, METRIC_STYLES, NETWORK_LINES, OTHER_INKS
from .analysis import CAUSES, SHARES
from .shown import HEADS

BARS = [*SHARES, "trained", "siblings"]
"""The bars below that of the contrast itself, from top to bottom."""

_OPEN = "none"
BAR_COLOURS = {
    **dict.fromkeys(CAUSES, OTHER_INKS[1]),
    "metric": OTHER_INKS[0],
    "trained": NETWORK_LINES["trained_as_long"]["color"],
    "siblings": _OPEN,
}
"""As elsewhere in the book, training alone is green, and strangers are open."""


def taken_apart(parts: pd.DataFrame) -> PanelFigure:
    """A panel of bars for each network of which all parts were measured.

    Args:
        parts: as `analysis.mean_parts` returns it.
    """
    figure = PanelFigure("contrast-parts")
    for (_, network), measured in parts.iterrows():
        if all(measured[part].n for part in BARS):
            draw_bars(figure.panel(network, left=0.3), measured)
        else:
            figure.absent(network, "A null, a control or a matrix was not measured.")
    return figure


def draw_additions(added: pd.DataFrame) -> PanelFigure:
    """How far pruning moves each metric beside training alone, and what it adds on one matrix.

    Args:
        added: as `shown.additions` returns it.
    """
    figure = PanelFigure("moves")
    if added.empty:
        return figure
    axes = figure.panel("Pruned minus trained as long", left=0.26)
    square = {"color": INK, "marker": "s"}
    looks = (METRIC_STYLES["svcca"], METRIC_STYLES["cka"], square)
    draw_intervals(axes, added, dict(zip(added, looks, strict=True)))
    axes.set_xlabel("difference")
    return figure


def draw_bars(axes: Axes, parts: pd.Series) -> None:
    """The contrast, its shares, each of which begins where the one above ended, and the controls.

    Args:
        parts: a row of `analysis.mean_parts`.
    """
    mean = parts.map(lambda measured: measured.mean).astype(float)
    high = parts.map(lambda measured: measured.high).astype(float)
    whole = mean["contrast"]
    is_share = [part in SHARES for part in BARS]
    unit = pd.Series(1.0, BARS).where(is_share, whole)
    share = mean[BARS] / unit
    half = (high - mean)[BARS] / unit
    causes = list(CAUSES)
    left = pd.Series(0.0, BARS)
    left[causes] = (1 - share[causes].cumsum()).to_numpy()
    ends = (left + share).where(~left.index.isin(causes), left)
    places = range(1, len(BARS) + 1)
    axes.barh(0, 1, color=INK, height=0.6)
    colours = [BAR_COLOURS[part] for part in BARS]
    edges = [INK if colour == _OPEN else colour for colour in colours]
    axes.barh(places, share, left=left, color=colours, edgecolor=edges, linewidth=0.8, height=0.6)
    axes.hlines(places, ends - half, ends + half, color=INK, linewidth=1.2)
    axes.vlines(left[causes], places[:2], places[1:3], color=INK, linewidth=0.6)
    axes.axvline(0, color=INK, linewidth=0.8)
    axes.axhline(len(SHARES) + 0.5, color=INK, linewidth=0.5)
    right = max(1.05, *(ends + half.fillna(0)))
    axes.set_xlim(min(-0.1, *(left - 0.05)), right + 0.32)
    axes.set_xticks([0, 0.5, 1], ["0 %", "50 %", "100 %"])
    axes.set_xlabel("share of the contrast")
    texts = [number(whole)] + [
        percent(share[part], 0) if part in SHARES else number(mean[part]) for part in BARS
    ]
    _name_bars(axes, texts, right)


def _name_bars(axes: Axes, texts: Sequence[str], right: float) -> None:
    """The names of the bars, and their numbers in a column beside them."""
    names = ["Contrast", *(HEADS[part] for part in BARS)]
    for place, text in enumerate(texts):
        axes.text(right + 0.3, place, text, ha="right", va="center", color=INK)
    axes.set_ylim(len(BARS) + 0.5, -0.5)
    axes.set_yticks(range(len(names)), names)
    axes.grid(axis="x")
    axes.grid(visible=False, axis="y")
    described = [f"{name} {text}" for name, text in zip(names, texts, strict=True)]
    axes.set_label(f"{', '.join(described)}.")

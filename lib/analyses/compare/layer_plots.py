"""The layers of two networks as pictures."""

from ...book.report.figure import PanelFigure
from ...book.report.heatmap import draw_heatmap
from ...book.report.names import METRICS
from ...book.report.style import INK, METRIC_STYLES
from .analysis import LayerTables

MOST_NAMES = 24
LONGEST = 16
"""Names of layers: so many below a panel, and so many characters of each."""

NOTHING = "There is nothing to draw: {reason}."


def counterparts_figure(layers: LayerTables) -> PanelFigure | None:
    """Each layer with its counterpart: a panel for each metric that has a value; None without."""
    figure = PanelFigure("same", shared=True)
    drawn = {m: rows for m, rows in layers.by_metric.items() if rows.value.notna().any()}
    for metric, rows in drawn.items():
        line = rows.reindex(layers.names)
        axes = figure.panel(METRICS[metric], left=0.1, bottom=0.31)
        x = range(len(layers.names))
        spread = 2 * line.null_sd.fillna(0)
        low = (line.null_mean - spread).clip(lower=0)
        high = line.null_mean + spread
        axes.fill_between(x, low, high, color=INK, alpha=0.12, linewidth=0)
        look = {"color": INK, "linestyle": "--", "linewidth": 0.7}
        axes.plot(x, line.null_mean, label="null, ± 2 sd", **look)
        look = {"color": METRIC_STYLES["svcca"]["color"], "marker": "o", "markersize": 3}
        axes.plot(x, line.value, label="A and B", **look)
        step = -(-len(x) // MOST_NAMES)
        names = [_short(name) for name in layers.names[::step]]
        axes.set_xticks(x[::step], names, rotation=90, fontsize=7, parse_math=False)
    return figure if drawn else None


def _short(name: str) -> str:
    return name if len(name) <= LONGEST else f"…{name[1 - LONGEST :]}"


def why_no_counterparts(layers: LayerTables, named: bool) -> str:
    """The reason why `counterparts_figure` draws nothing.

    Args:
        named: whether the layers of each network were named.
    """
    reason = "too few of their modules have the same names"
    if named:
        reason = "LAYERS names those of each"
    if layers.counterparts:
        reason = "no value could be computed"
    return NOTHING.format(reason=reason)


def pairs_figure(layers: LayerTables) -> PanelFigure:
    """CKA of all pairs of layers, those of A from top to bottom."""
    square = layers.square
    figure = PanelFigure("pairs")
    axes = figure.panel("CKA", left=0.25, bottom=0.27)
    draw_heatmap(axes, square, rotation=90, fontsize=5.5, parse_math=False)
    closest = square.dropna(how="all").idxmax(axis=1)
    axes.set_label("; ".join(f"{x} of A: closest to {y}" for x, y in closest.items()))
    return figure

"""The layers of two networks as pictures."""

from ...book.report.figure import PanelFigure
from ...book.report.names import METRICS
from ...book.report.style import METRIC_STYLES
from ...compare.plots import plot_layers, plot_pairs
from .analysis import LayerTables

NOTHING = "There is nothing to draw: {reason}."


def counterparts_figure(layers: LayerTables) -> PanelFigure | None:
    """Each layer with its counterpart: a panel for each metric that has a value; None without."""
    figure = PanelFigure("same", shared=True)
    drawn = {m: rows for m, rows in layers.by_metric.items() if rows.value.notna().any()}
    for metric, rows in drawn.items():
        axes = figure.panel(METRICS[metric], left=0.1, bottom=0.31)
        plot_layers(
            rows.reset_index(), axes, label="A and B", color=METRIC_STYLES["svcca"]["color"]
        )
    return figure if drawn else None


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
    plot_pairs(layers.every, axes, fontsize=5.5)
    closest = square.dropna(how="all").idxmax(axis=1)
    axes.set_label("; ".join(f"{x} of A: closest to {y}" for x, y in closest.items()))
    return figure

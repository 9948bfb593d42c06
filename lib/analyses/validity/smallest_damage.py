"""The smallest damage that each metric detects, drawn beside what it costs."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ...book.report.figure import PanelFigure
from ...book.report.results import Results
from ...book.report.style import INK, OTHER_INKS
from ...metrics import METRICS
from ..damage_sizes import LEVEL
from .detection import (
    DAMAGE_KINDS,
    in_order,
    judged_by_rule,
    most_images,
    networks,
    shown_size,
    titles,
)

_EARLY, _LATE = INK, OTHER_INKS[0]
SHAPES = {"by the time it costs accuracy": (_EARLY, "o"), "later": (_LATE, "D")}


def draw_detection(study: Results) -> PanelFigure:
    """A row for each network, a panel for each kind of damage, with the most images."""
    figure = PanelFigure("detection")
    for network in networks(study):
        figure.row(study.network(network))
        smallest_damage, *_ = judged_by_rule(study, network)
        smallest_damage = smallest_damage.xs(most_images(study, network), level="images")
        for (damage, confounded), table in in_order(smallest_damage):
            title = "The same, confounded" if confounded else DAMAGE_KINDS[damage][0]
            if np.isfinite(table["size"]).any():
                axes = figure.panel(title, left=0.36, bottom=0.27)
                _draw(axes, damage, table, table.cost.median())
            else:
                figure.absent(title, "No metric detects it.")
    return figure


def _draw(axes: Axes, damage: str, table: pd.DataFrame, cost: float) -> None:
    """Dots of the metrics, one above the other; sizes that are infinite lie at the right end."""
    sizes = np.unique(table["size"][np.isfinite(table["size"])].to_numpy())
    largest = max([*sizes, cost if np.isfinite(cost) else 0])
    never = 1.25 * largest if damage == LEVEL else 2 * largest
    cells = [(name, METRICS[name].reshape if name in METRICS else "flat") for name in titles()]
    by_metric = table["size"].groupby(["metric", "reshape"]).agg(["median", "min", "max"])
    by_metric = by_metric.reindex([cell for cell in cells if cell in by_metric.index]).dropna()
    _draw_rows(axes, by_metric, cost, never)
    if np.isfinite(cost):
        axes.axvline(cost, color=INK, linestyle=":", label="costs a point of accuracy")
    if damage == LEVEL:
        ticks = [tick for tick in (1, 5, 10, 15, 20) if tick <= max(sizes)]
    else:
        axes.set_xscale("log", base=2)
        ticks = list(sizes)
    ticks += [never] if np.isinf(by_metric["max"]).any() else []
    names = [shown_size(np.inf if tick == never else tick) for tick in ticks]
    axes.set_xticks(ticks, names, rotation=60)
    axes.minorticks_off()
    axes.set_xlabel(DAMAGE_KINDS[damage][1])
    medians = [
        f"{titles()[name]} {shown_size(size)}" for (name, _), size in by_metric["median"].items()
    ]
    axes.set_label(
        f"Smallest detected: {', '.join(medians)}. Smallest that costs a point: {shown_size(cost)}."
    )


def _draw_rows(axes: Axes, by_metric: pd.DataFrame, cost: float, never: float) -> None:
    """A row for each metric; an open mark at `never` where its median is infinite."""
    ends = by_metric.replace(np.inf, never)
    rows = np.arange(len(ends))[::-1]
    in_time = (by_metric["median"] <= cost).to_numpy()
    undetected = np.isinf(by_metric["median"].to_numpy())
    for label, (colour, marker) in SHAPES.items():
        which = in_time == (colour == _EARLY)
        look = {"color": colour, "linestyle": "", "markersize": 4, "marker": marker}
        axes.hlines(rows[which], ends["min"][which], ends["max"][which], color=colour, lw=1.2)
        axes.plot(ends["median"][which], rows[which], label=label, **look)
        gone = which & undetected
        look |= {"markerfacecolor": "white", "label": f"_{label}"}
        axes.plot(ends["median"][gone], rows[gone], **look)
    axes.set_yticks(rows, [titles()[metric] for metric, _ in ends.index], fontsize=9)
    axes.set_ylim(-0.6, len(ends) - 0.4)

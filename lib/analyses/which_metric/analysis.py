"""A ruler for each metric: what shuffled images, strangers and relatives score on it."""

import pandas as pd
from matplotlib.axes import Axes

from ...book.claims import estimate
from ...book.claims.vocabulary import mean
from ...book.findings import Decided, compared
from ...book.report import values
from ...book.report.names import METRICS
from ...book.report.results import Results
from ...book.report.statistics import Interval
from ...book.report.style import INK, NETWORK_MARKS

ON_THE_RULER = ("svcca", "mean_cca", "pwcca", "cka", "nbs")
"""Metrics of hidden layers; `cosine` compares outputs alone."""

MARKS = {
    "null": "shuffled images",
    "untrained": "never trained",
    "independent": "strangers",
    "pruned": "pruned to the end",
    "trained_as_long": "trained as long",
}
"""Mark -> who is compared with the complete network. 1 is the network itself."""

STYLES = NETWORK_MARKS | {
    "null": NETWORK_MARKS["null"] | {"markersize": 11, "markeredgewidth": 2},
}
"""A bar for the null is easily missed, so it is long."""


def marks(study: Results) -> pd.DataFrame:
    """What each kind of network scores on each metric: the ruler.

    Returns:
        Index (network, metric), columns `MARKS`: means over the hidden layers, then
        over the runs; NaN where it was not measured. Pruned networks are those with the
        fewest weights.
    """
    rows = {
        (network, metric): _marks_of(study, network, metric)
        for network in study.experiments
        for metric in ON_THE_RULER
        if not values.rows(study, network, metric).empty
    }
    return pd.DataFrame.from_dict(rows, orient="index", columns=list(MARKS))


def _marks_of(study: Results, network: str, metric: str) -> dict[str, float]:
    by_layer = {
        name: values.control(study, network, name, metric)
        for name in ("untrained", "independent", "trained_as_long")
    }
    by_layer["null"] = values.null(study, network, metric)["mean"]
    by_layer["pruned"] = values.curves(study, network, metric).iloc[-1]
    hidden = values.hidden(study, network)
    return {name: float(of_layers[hidden].mean()) for name, of_layers in by_layer.items()}


def position_of(value: float, ruler: pd.DataFrame) -> pd.Series:
    """Where a value stands between shuffled images (0), strangers (1) and identity (2).

    It is below 0 where shuffled images score more than the value.

    Args:
        value: of a metric.
        ruler: as `marks` returns it.
    """
    from_null = (value - ruler.null) / (ruler.independent - ruler.null)
    to_identity = 1 + (value - ruler.independent) / (1 - ruler.independent)
    return from_null.where(value <= ruler.independent, to_identity)


def positions_table(value: float, ruler: pd.DataFrame, study: Results) -> pd.DataFrame:
    """`position_of` one value: a row for each metric, a column for each network."""
    table = position_of(value, ruler).unstack(level=0)
    table = table.reindex(index=[name for name in ON_THE_RULER if name in table.index])
    table = table[[name for name in study.experiments if name in table]]
    table.index = pd.Index([METRICS[name] for name in table.index], name="Metric")
    return table.rename(columns=study.network)


def strangers_beside(value: float, study: Results) -> list[Decided]:
    """Whether independently trained networks score more or less than a value, by each metric."""
    decided = []
    for network in study.experiments:
        for metric in ON_THE_RULER:
            pairs = f"{network}_independent"
            strangers = estimate(mean(pairs, metric).numbers, study)
            decided.append(
                compared(
                    f"ruler-{network.replace('_', '-')}-{metric.replace('_', '-')}",
                    f"mean {METRICS[metric]} of independently trained {study.network(network)}, "
                    f"beside {value:g}",
                    strangers,
                    _side(strangers, value),
                )
            )
    return decided


def _side(strangers: Interval, value: float) -> str:
    if pd.isna(strangers.low):
        return "not measured"
    if strangers.low > value:
        return "above"
    return "below" if strangers.high < value else "undecided"


def shown_marks(ruler: pd.DataFrame, study: Results) -> pd.DataFrame:
    """`marks` with the names that the text uses."""
    names = [(study.network(network), METRICS[metric]) for network, metric in ruler.index]
    index = pd.MultiIndex.from_tuples(names, names=["Network", "Metric"])
    return ruler.set_axis(index).rename(columns=MARKS)


def draw_ruler(axes: Axes, ruler: pd.DataFrame) -> None:
    """A row for each metric, a symbol for each kind of network, from 0 to 1.

    Args:
        axes: a panel.
        ruler: the rows of one network, index metric.
    """
    rows = range(len(ruler))
    axes.hlines(rows, 0, 1, color=INK, linewidth=0.6, alpha=0.5)
    for name, words in MARKS.items():
        axes.plot(ruler[name], rows, label=words, **STYLES[name])
    axes.set_yticks(rows, [METRICS[metric] for metric in ruler.index])
    axes.set_ylim(len(ruler) - 0.5, -0.5)
    axes.set_xlim(-0.02, 1.02)
    axes.grid(visible=False, axis="y")

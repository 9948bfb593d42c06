"""Where gradual and one-shot pruning end: what the chapter on ICANN 2020 shows."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from ..chapters.icann2020.claims import NETWORKS, RADIUS, WAYS, millibits, per_neuron
from .layerwise import rounded
from .names import percent
from .panels import Panels, legend_entry, line_swatch
from .results import Results
from .style import INK, METRIC_STYLES, page_colours, panel
from .tables import Table

COMPLETE = "complete"
STYLES = dict(zip((COMPLETE, *WAYS), ("cosine", "svcca", "cka", "nbs"), strict=True))
"""How a network came about -> whose colour, marker and dashes it takes."""

WORDS = {COMPLETE: "complete network", **{way: f"pruned {words}" for way, words in WAYS.items()}}


def _measured(results: Results, network: str) -> list[str]:
    """The ways whose networks are among the results, the complete one first."""
    known = results.provenance["experiments"]
    ways = [way for way in WAYS if f"{network}{way}" in known]
    return [COMPLETE, *ways] if "" in ways else ways


def _rows(table: pd.DataFrame, network: str, way: str) -> pd.DataFrame:
    """The rows of one kind of network: complete, or the most pruned of a way."""
    experiment = network if way == COMPLETE else f"{network}{way}"
    rows = table[table.experiment == experiment]
    if way == COMPLETE:
        rows = rows[rows.iteration == 0]
        return rows[rows.prune_seed == rows.prune_seed.min()]  # asked once in each run, and equal
    return rows[rows.iteration == rows.iteration.max()]


def overview(results: Results) -> Table:
    """Accuracy and sharpness of each kind of network, mean over the runs."""
    rows = []
    for network, name in NETWORKS.items():
        for way in _measured(results, network):
            landscape = _rows(results.landscape, network, way)
            eigenvalues = landscape[(landscape.quantity == "eigenvalue") & (landscape.number == 0)]
            traces = landscape[landscape.quantity == "trace"]
            still = landscape[(landscape.quantity == "loss") & (landscape.radius == 0)]
            up = landscape[
                (landscape.quantity == "increase") & np.isclose(landscape.radius, RADIUS)
            ]
            accuracy = _accuracy(results, network, way)
            rows.append(
                (
                    f"{name}, {WORDS[way]}",
                    percent(accuracy.accuracy.mean(), 1),
                    percent(accuracy.remaining.mean()),
                    rounded(still.value.mean()),
                    _spread(eigenvalues.value, 1),
                    _spread(traces.value, 0),
                    _spread(up.value, 3),
                )
            )
    more = ("Accuracy", "Left", "Loss", "Eigenvalue", "Trace", "Increase")
    return Table(("Network", *more), rows, numeric=more, nothing="Not measured here.")


def neurons(results: Results) -> Table:
    """PSP-entropy of each kind of network beside its null, mean over neurons and runs."""
    rows = []
    for network, name in NETWORKS.items():
        for way in _measured(results, network):
            found = _rows(results.potentials, network, way)
            rows.append(
                (
                    f"{name}, {WORDS[way]}",
                    _spread(per_neuron(found, found.entropy), 3),
                    _spread(per_neuron(found, found.mixed), 3),
                    _spread(per_neuron(found, millibits(found)), 1),
                )
            )
    more = ("PSP-entropy, bits", "Null, bits", "Information, millibits")
    return Table(("Network", *more), rows, numeric=more, nothing="Not measured here.")


def _accuracy(results: Results, network: str, way: str) -> pd.DataFrame:
    rows = results.accuracies(network if way == COMPLETE else f"{network}{way}")
    return rows[rows.iteration == (0 if way == COMPLETE else rows.iteration.max())]


def _spread(values: pd.Series, digits: int = 2) -> str:
    if len(values) < 2:
        return rounded(values.mean(), digits)
    return f"{rounded(values.mean(), digits)} \u00b1 {rounded(values.std(), digits)}"


def along(results: Results) -> Panels:
    """Mean loss along random filter-normalised directions, a panel for each network."""
    data = {}
    for network, name in NETWORKS.items():
        lines = {}
        for way in _measured(results, network):
            rows = _rows(results.landscape, network, way)
            lines[way] = rows[rows.quantity == "loss"].groupby("radius").value.mean()
        data[name] = lines
    return _figure("landscape", data, "distance, relative to each filter", "training loss")


def entropies(results: Results) -> Panels:
    """PSP-entropy of each layer of ReLUs, mean over neurons and classes."""
    data = _over_layers(results, lambda rows: rows.entropy)
    return _figure("entropies", data, "layer of ReLUs", "PSP-entropy, bits")


def information(results: Results) -> Panels:
    """What the sign of a neuron says about the class, in each layer of ReLUs, mean over neurons."""
    data = _over_layers(results, millibits)
    return _figure("information", data, "layer of ReLUs", "information, millibits")


def _over_layers(
    results: Results, of_rows: Callable[[pd.DataFrame], pd.Series]
) -> dict[str, dict[str, pd.Series]]:
    """{network: {way: mean over the runs, index depth}}."""
    data = {}
    for network, name in NETWORKS.items():
        lines = {}
        for way in _measured(results, network):
            rows = _rows(results.potentials, network, way).sort_values("depth")
            lines[way] = of_rows(rows).groupby(rows.depth).mean()
        data[name] = lines
    return data


def _figure(name: str, data: Mapping[str, Mapping[str, pd.Series]], x: str, y: str) -> Panels:
    figures = {title: _panel(title, lines, x, y) for title, lines in data.items() if lines}
    labels = {title: _label(title, data[title], x, y) for title in figures}
    colours = page_colours()
    ways = dict.fromkeys(way for lines in data.values() for way in lines)
    legend = "".join(legend_entry(WORDS[way], _swatch(way, colours)) for way in ways)
    return Panels(name, figures, labels, legend, colours)


def _swatch(way: str, colours: Mapping[str, str]) -> str:
    style = METRIC_STYLES[STYLES[way]]
    dashes = "5 3" if style["linestyle"] == "--" else ""
    return line_swatch(colours[style["color"]], dashes=dashes)


def _panel(title: str, lines: Mapping[str, pd.Series], x: str, y: str) -> Figure:
    figure, axes = panel(title, left=0.17)
    for way, values in lines.items():
        style = METRIC_STYLES[STYLES[way]]
        axes.plot(values.index, values, markersize=4, label=WORDS[way], **style)
    axes.set_xlabel(x)
    axes.set_ylabel(y)
    axes.axhline(0, color=INK, linewidth=0.5, alpha=0.4)
    return figure


def _label(title: str, lines: Mapping[str, pd.Series], x: str, y: str) -> str:
    parts = [
        f"{WORDS[way]} from {values.min():.3f} to {values.max():.3f}"
        for way, values in lines.items()
        if len(values)
    ]
    return f"{title}: {y} over {x}. " + "; ".join(parts) + "."

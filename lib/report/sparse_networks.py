"""Pruned, re-initialised and randomly sparse networks: what the chapter on WACV 2020 shows."""

from __future__ import annotations

import pandas as pd

from ..chapters.wacv2020.claims import HALF, NETWORKS, WAYS
from ..claims.vocabulary import KEY
from .layerwise import hidden, layer_panel, layers, rounded, signed
from .names import METRICS, percent
from .panels import Panels, legend_entry, line_swatch
from .results import Results
from .runs import over_runs
from .style import METRIC_STYLES, page_colours, similarity_axis
from .tables import Table

STYLES = dict(zip(WAYS, ("svcca", "cka", "nbs", "cosine"), strict=True))
"""How a network came about -> whose colour and dashes it takes."""

SHOWN = ("svcca", "pwcca", "cka", "nbs")


def experiment_of(network: str, way: str) -> str:
    """The experiment of a network that came about in one of `WAYS`."""
    return f"{network}_{way}" if way else network


def measured(results: Results, network: str) -> list[str]:
    """The ways whose networks are among the results."""
    known = results.provenance["experiments"]
    return [way for way in WAYS if experiment_of(network, way) in known]


def curve(
    results: Results, network: str, way: str, metric: str, column: str = "value"
) -> pd.Series:
    """A metric over the layers, mean over the runs, with half of the iterations' weights left.

    Of independent networks, which lose nothing, the one comparison that there is.

    Args:
        results: the chapter's results.
        network: a key of `NETWORKS`.
        way: a key of `WAYS`.
        metric: as it is called in the results.
        column: "value", or "null_mean" for what mismatched images give.
    """
    rows = results.similarities(experiment_of(network, way))
    rows = rows[rows.metric == metric]
    times = rows.groupby("iteration").remaining.mean()
    if way != "independent":
        rows = rows[rows.iteration.isin(HALF.pick(times))]
    means = over_runs(rows, ["layer"], column)["mean"]
    return means.reindex([name for name, _ in layers(results, network)])


def figure(results: Results) -> Panels:
    """SVCCA over the layers, a panel for each network, a line for each way to get there."""
    data = {
        NETWORKS[network]: {
            way: curve(results, network, way, "svcca") for way in measured(results, network)
        }
        for network in NETWORKS
        if network in results.provenance["experiments"]
    }
    orders = {NETWORKS[n]: layers(results, n) for n in NETWORKS if NETWORKS[n] in data}
    low = min(values.min() for lines in data.values() for values in lines.values())
    figures, labels = {}, {}
    for name, lines in data.items():
        figure, axes = layer_panel(name, orders[name])
        for way, values in lines.items():
            style = METRIC_STYLES[STYLES[way]]
            axes.plot(
                range(len(values)),
                values,
                color=style["color"],
                linestyle=style["linestyle"],
                label=WAYS[way],
            )
        similarity_axis(axes, low)
        figures[name] = figure
        means = "; ".join(f"{WAYS[way]} {rounded(v.mean())}" for way, v in lines.items())
        labels[name] = f"{name}: SVCCA with the complete network, mean over the layers: {means}."
    colours = page_colours()
    ways = dict.fromkeys(way for lines in data.values() for way in lines)
    legend = "".join(legend_entry(WAYS[way], _swatch(way, colours)) for way in ways)
    return Panels("sparse-networks", figures, labels, legend, colours)


def _swatch(way: str, colours: dict[str, str]) -> str:
    style = METRIC_STYLES[STYLES[way]]
    dashes = "5 3" if style["linestyle"] == "--" else ""
    return line_swatch(colours[style["color"]], dashes=dashes)


def overview(results: Results) -> Table:
    """Accuracy at both levels, and each metric in the hidden layers at the first of them."""
    rows = []
    for network, name in NETWORKS.items():
        for way in measured(results, network):
            names = hidden(results, network)
            means = (curve(results, network, way, metric)[names].mean() for metric in SHOWN)
            rows.append(
                (f"{name}, {WAYS[way]}", *_accuracies(results, network, way), *map(rounded, means))
            )
    metrics = [METRICS[metric] for metric in SHOWN]
    header = ("Network", "Left", "Accuracy", "In the end", *metrics)
    return Table(header, rows, numeric=header[1:], nothing="Not measured here.")


def _accuracies(results: Results, network: str, way: str) -> tuple[str, str, str]:
    rows = results.accuracies(experiment_of(network, way))
    pruned = rows[rows.iteration > 0]
    if pruned.empty:
        return "100 %", percent(rows.accuracy.mean(), 1), "-"
    left = pruned.groupby("iteration").remaining.mean()
    at = {
        "half": pruned[pruned.iteration.isin(HALF.pick(left))],
        "end": pruned[pruned.iteration == left.index[-1]],
    }
    return (
        percent(at["half"].remaining.mean()),
        percent(at["half"].accuracy.mean(), 1),
        percent(at["end"].accuracy.mean(), 1),
    )


def beyond_chance(results: Results) -> Table:
    """SVCCA and CKA in the hidden layers, their nulls, and what is left beyond these."""
    metrics = ("svcca", "cka")
    rows = []
    for network, name in NETWORKS.items():
        names = hidden(results, network) if measured(results, network) else []
        for way in measured(results, network):
            cells = []
            for metric in metrics:
                value, chance = (
                    curve(results, network, way, metric, column)[names]
                    for column in ("value", "null_mean")
                )
                beyond = ((value - chance) / (1 - chance)).clip(lower=0)
                cells += [rounded(part.mean()) for part in (value, chance, beyond)]
            rows.append((f"{name}, {WAYS[way]}", *cells))
    header = ("Network",)
    for metric in metrics:
        header += (METRICS[metric], f"{METRICS[metric]}: null", f"{METRICS[metric]}: beyond")
    return Table(header, rows, numeric=header[1:], nothing="Not measured here.")


def finding(results: Results) -> str:
    """What the structure is worth: accuracy of its re-initialised networks beside random ones."""
    lines = []
    for network, name in NETWORKS.items():
        if not {"masks_again", "random_at_init"} <= set(measured(results, network)):
            lines.append(f"- {name}: not measured here.")
            continue
        again, random = (
            _per_run(results, experiment_of(network, way))
            for way in ("masks_again", "random_at_init")
        )
        better = 100 * (again - random).dropna()
        spread = f" \u00b1 {rounded(better.std(), 1)}" if len(better) > 1 else ""
        lines.append(
            f"- {name}: the structure that pruning found is better than a random one by "
            f"{signed(better.mean(), 1)}{spread} points of accuracy, with new random values in "
            "both."
        )
    return "\n".join(lines)


def _per_run(results: Results, experiment: str) -> pd.Series:
    rows = results.accuracies(experiment)
    rows = rows[rows.iteration > 0]
    left = rows.groupby("iteration").remaining.mean()
    at = rows[rows.iteration.isin(HALF.pick(left))]
    return at.set_index(KEY).accuracy.astype(float)

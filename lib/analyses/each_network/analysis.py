"""One network, layer by layer: pruned at equal accuracy and at the end, beside its controls."""

from __future__ import annotations

from itertools import pairwise

import pandas as pd

from ...book.claims import equal, estimate
from ...book.claims.engine import POINTS
from ...book.claims.quantity import named
from ...book.claims.vocabulary import CLEAR, PAPER_METRICS, alike, of_layer
from ...book.findings import Decided, compared
from ...book.report import values
from ...book.report.format import number, percent
from ...book.report.names import METRICS
from ...book.report.results import Results
from ...book.report.statistics import CORRELATION, Interval
from ...table_schemas import DENSITY

DISAGREEING = ("svcca", "cka")
"""The metrics that disagree most."""


def key(network: str, *parts: str) -> str:
    """`vgg16-bn-layers-svcca`: the key of a comparison of this network."""
    return "-".join([network, *parts]).replace("_", "-")


def iteration_shown(study: Results, network: str) -> int:
    """The iteration to look at: the last one of equal accuracy, or the first if there is none."""
    return equal.last_as_accurate(study, network) or 1


def control_at(study: Results, network: str, control: str, iteration: int) -> pd.DataFrame:
    """A control that is trained again, at one iteration, over the layers.

    Returns:
        Index layer, columns the metrics; NaN where it was not measured.
    """
    name = f"{network}_{control}"
    layers = [layer for layer, _ in values.layers(study, network)]
    if name not in study.variants:
        return pd.DataFrame(index=layers, columns=PAPER_METRICS, dtype=float)
    curves = {metric: values.curves(study, name, metric) for metric in PAPER_METRICS}
    rows = {metric: lines.reindex(index=[iteration]).iloc[0] for metric, lines in curves.items()}
    return pd.DataFrame(rows).reindex(layers)


def accuracy_table(study: Results, network: str) -> pd.DataFrame:
    """Accuracy of complete and pruned networks where they are compared and at the end, as texts."""
    curve = values.accuracy(study, network)
    equal_there = equal.last_as_accurate(study, network) > 0
    compared = "At equal accuracy" if equal_there else "After the first pruning"
    places = {compared: iteration_shown(study, network), "At the end": curve.index.max()}
    rows = {
        words: {
            "Weights left": percent(curve.remaining[iteration]),
            "Complete": percent(curve["mean"][0], 1),
            "Pruned": percent(curve["mean"][iteration], 1),
        }
        for words, iteration in places.items()
    }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("Where")


def decided_accuracy(study: Results, network: str) -> Decided:
    """Whether pruned networks are as accurate, or more, at the level that is looked at."""
    iteration = iteration_shown(study, network)
    lost = equal.accuracy_lost(study, network)[iteration]
    gain = Interval(-100 * lost.mean, -100 * lost.high, -100 * lost.low, lost.n)
    verdict = "as accurate" if equal.as_accurate(lost) else "lower"
    if gain.low > 100 * equal.WORSE:
        verdict = "higher"
    about = f"accuracy of {study.network(network)} after iteration {iteration}, minus complete"
    return compared(key(network, "accuracy"), about, gain, verdict, POINTS)


def lowest_layers(study: Results, network: str) -> pd.DataFrame:
    """The hidden layer that each metric finds least similar at the end, beside what it is set by.

    Returns:
        A row for each metric: its first and last value and its lowest, `Where` that is,
        and the null and the independent networks there.
    """
    rows = {}
    for metric in PAPER_METRICS:
        final = values.curves(study, network, metric).iloc[-1]
        layer = final[values.hidden(study, network)].idxmin()
        rows[METRICS[metric]] = {
            "First layer": final.iloc[0],
            "Lowest": final[layer],
            "Where": layer,
            "Null there": values.null(study, network, metric)["mean"][layer],
            "Independent there": values.control(study, network, "independent", metric)[layer],
            "Output": final.iloc[-1],
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("Metric")


def decided_order(study: Results, network: str) -> list[Decided]:
    """Where SVCCA and CKA are lowest, and whether they order the layers alike."""
    table, hidden = lowest_layers(study, network), values.hidden(study, network)
    lowest = []
    for metric in DISAGREEING:
        row = table.loc[METRICS[metric]]
        half = "first half" if hidden.index(row.Where) < len(hidden) / 2 else "second half"
        about = f"the half of the hidden layers in which {METRICS[metric]} is lowest at the end"
        measured = f"{number(row.Lowest)} at {row.Where}"
        lowest.append(Decided(key(network, "lowest", metric), about, measured, half))
    order = estimate(alike(network, *DISAGREEING).numbers, study, limits=CORRELATION)
    verdict = "not measured" if pd.isna(order.low) else "undecided"
    if order.low > CLEAR:
        verdict = "holds"
    if order.high < CLEAR:
        verdict = "does not hold"
    about = f"rank correlation of SVCCA and CKA over the layers is above {CLEAR}"
    return [*lowest, compared(key(network, "same-order"), about, order, verdict)]


def shortcuts(study: Results, network: str) -> pd.DataFrame:
    """The sum of each residual block minus the convolution before it, after the last iteration.

    Returns:
        Index (sum, convolution), columns `DISAGREEING`; cells are an `Interval`. No rows
        without blocks.
    """
    order = values.layers(study, network)
    rows = {}
    for (before, _), (layer, kind) in pairwise(order):
        if kind == "add":
            rows[layer, before] = {
                metric: estimate(
                    (
                        of_layer(network, metric, named(layer, layer))
                        - of_layer(network, metric, named(before, before))
                    ).numbers,
                    study,
                )
                for metric in DISAGREEING
            }
    return pd.DataFrame.from_dict(rows, orient="index", columns=DISAGREEING)


def shown_shortcuts(differences: pd.DataFrame) -> pd.DataFrame:
    """`shortcuts` as texts, with the names of the layers."""
    table = differences.map(lambda difference: difference.text(sign=True)).rename(columns=METRICS)
    table.index = [f"{layer} minus {before}" for layer, before in differences.index]
    return table.rename_axis("Layers")


def decided_shortcuts(differences: pd.DataFrame, network: str) -> list[Decided]:
    """Whether the sum of a residual block is more similar than the convolution before it.

    Args:
        differences: as `shortcuts` returns it.
    """
    return [
        compared(
            key(network, "shortcut", str(block), metric),
            f"{METRICS[metric]} of {layer}, minus that of {before}",
            row[metric],
            row[metric].side,
        )
        for block, ((layer, before), row) in enumerate(differences.iterrows(), start=1)
        for metric in DISAGREEING
    ]


def weights_left(study: Results, network: str) -> pd.DataFrame:
    """The share of the weights that is left in each layer, mean over the runs.

    Returns:
        Index iteration, columns the layers in forward order; empty where it was not
        measured.
    """
    weights = study.of(network, DENSITY)
    weights = weights[weights.iteration > 0]
    layer = weights.parameter.str.removesuffix(".weight").str.removesuffix(".conv")
    left = weights.assign(layer=layer, left=weights.survivors / weights.weights)
    left = left.groupby(["iteration", "layer"]).left.mean().unstack()
    return left[[name for name, _ in values.layers(study, network) if name in left]]


def layer_numbers(study: Results, network: str) -> pd.DataFrame:
    """Each layer after the first and the last iteration, its null, and independent networks.

    Returns:
        Columns (metric, "first" | "last" | "null" | "indep"); those that were measured.
    """
    columns = {}
    for metric in PAPER_METRICS:
        lines, name = values.curves(study, network, metric), METRICS[metric]
        columns[name, "first"] = lines.iloc[0]
        columns[name, "last"] = lines.iloc[-1]
        columns[name, "null"] = values.null(study, network, metric)["mean"]
        columns[name, "indep"] = values.control(study, network, "independent", metric)
    return pd.DataFrame(columns).dropna(axis="columns", how="all")

"""Pruned networks beside training alone and beside other networks, on average and by layer."""

import pandas as pd

from ...book.claims import by_layer, equal
from ...book.claims.by_layer import CLOSER, FURTHER, NEITHER
from ...book.claims.vocabulary import PAPER_METRICS
from ...book.findings import Decided, compared
from ...book.report import values
from ...book.report.format import number
from ...book.report.names import METRICS
from ...book.report.results import Results, cached_per_results
from ..validity.descent import nearer_to_own
from ..validity.tables import DESCENT
from .analysis import DISAGREEING, key

STRANGERS = "strangers"
"""Complete networks of other seeds, to which the same pruned network is compared."""

STOOD_BESIDE = {
    "trained_as_long": "trained as long",
    "independent": "trained independently",
    STRANGERS: "complete networks of other seeds",
}
"""What pruned networks are set beside -> its words."""

BOTH_WAYS = "both ways"
"""Some layers are closer and others are further away."""


def beside_controls(study: Results, network: str, iteration: int) -> pd.DataFrame:
    """Means over the hidden layers by each metric, and differences from two controls, as texts."""
    last = values.remaining(study, network).index[-1]
    hidden = values.hidden(study, network)
    rows = {}
    for metric in PAPER_METRICS:
        pruned = equal.similarity(study, network, metric, iteration)
        rows[METRICS[metric]] = {"Pruned": pruned.text()}
        for control, words in (
            ("trained_as_long", "trained as long"),
            ("independent", "independent"),
        ):
            beyond = equal.similarity(study, network, metric, iteration, minus=control)
            rows[METRICS[metric]][f"Minus {words}"] = beyond.text(sign=True)
        end = values.curves(study, network, metric).loc[last, hidden].mean()
        rows[METRICS[metric]]["Pruned, at the end"] = number(end)
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("Metric")


def decided_means(study: Results, network: str, iteration: int) -> list[Decided]:
    """Whether pruned networks are closer to the complete one than controls, by the means."""
    comparisons = []
    for metric in DISAGREEING:
        for control in ("trained_as_long", "independent"):
            beyond = equal.similarity(study, network, metric, iteration, minus=control)
            verdict = equal.verdict(beyond, equal.margin(study, network, metric))
            about = f"{METRICS[metric]} of pruned networks, minus {STOOD_BESIDE[control]}"
            comparisons.append(
                compared(key(network, "mean", control, metric), about, beyond, verdict)
            )
    return comparisons


@cached_per_results
def layer_differences(
    study: Results, network: str, metric: str, iteration: int, control: str
) -> pd.DataFrame:
    """How much closer pruned networks are than a control, by layer, in each complete network.

    Args:
        control: one of `STOOD_BESIDE`.

    Returns:
        Index train_seed, columns the hidden layers; no rows where it was not measured.
    """
    if control != STRANGERS:
        return by_layer.beside(study, network, metric, iteration, control)
    if study.of(network, DESCENT).empty:
        return pd.DataFrame(columns=values.hidden(study, network), dtype=float)
    return nearer_to_own(study, network, metric, iteration)


def way(counts: pd.Series) -> str:
    """Which way the layers go: a verdict.

    Args:
        counts: of layers, as `by_layer.counts` returns them.
    """
    if not counts.sum():
        return "not measured"
    if counts[CLOSER] and counts[FURTHER]:
        return BOTH_WAYS
    if counts[CLOSER]:
        return CLOSER
    return FURTHER if counts[FURTHER] else NEITHER


def layer_counts(study: Results, network: str, iteration: int) -> pd.DataFrame:
    """How many layers are closer than in each control, how many are further, how many neither.

    Returns:
        Index (control, metric); the counts, and the lowest and highest mean difference.
        No rows where nothing was measured.
    """
    rows = {}
    for control in STOOD_BESIDE:
        for metric in DISAGREEING:
            apart = layer_differences(study, network, metric, iteration, control)
            if len(apart) > 1:
                judged = by_layer.judged(apart)
                ends = {"Lowest": judged["mean"].min(), "Highest": judged["mean"].max()}
                rows[control, metric] = dict(by_layer.count_layers(judged)) | ends
    columns = [*by_layer.COUNTED, "Lowest", "Highest"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns)


def decided_layers(counts: pd.DataFrame, network: str) -> list[Decided]:
    """Which way the layers go beside each control.

    Args:
        counts: as `layer_counts` returns it.
    """
    verdicts = []
    for control in STOOD_BESIDE:
        for metric in DISAGREEING:
            words = STOOD_BESIDE[control]
            about = f"layers of pruned networks beside {words}, by {METRICS[metric]}"
            row = pd.Series(0, index=by_layer.COUNTED)
            if (control, metric) in counts.index:
                row = counts.loc[(control, metric), list(by_layer.COUNTED)].astype(int)
            measured = ", ".join(f"{many} {which}" for which, many in row.items())
            verdicts.append(
                Decided(key(network, "layers", control, metric), about, measured, way(row))
            )
    return verdicts


def shown_counts(counts: pd.DataFrame) -> pd.DataFrame:
    """`layer_counts` with its names as a reader knows them."""
    table = counts.rename(columns=str.capitalize)
    names = [(STOOD_BESIDE[control], METRICS[metric]) for control, metric in counts.index]
    table.index = pd.MultiIndex.from_tuples(names, names=["Beside", "Metric"])
    return table.astype({which.capitalize(): int for which in by_layer.COUNTED})

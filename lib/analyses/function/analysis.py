"""Which layers can be pruned and which images flip: what the tables say, and how it is shown."""

from collections.abc import Iterable, Mapping
from contextlib import suppress

import pandas as pd

from ...book.claims.quantity import Missing, require_experiment
from ...book.claims.runs import estimate
from ...book.findings import Decided
from ...book.report.format import number, percent
from ...book.report.names import METRICS
from ...book.report.results import Results, cached_per_results
from ...book.report.statistics import Interval, rank_correlation
from ...book.report.values import NETWORK
from ..equal_accuracy import TRAINED_AS_LONG, iteration_compared
from ..frames import frame_of
from .tables import (
    CLEAN,
    CORRUPTED,
    FLIPS,
    LAST_DRIFT,
    LAST_HIDDEN,
    MARGIN,
    MIDDLE_DRIFT,
    ONE_LAYER,
    OWN_LAYER,
)

SIMILARITIES = ("svcca", "pwcca", "cka", "nbs")
"""Metrics that rank layers. Procrustes, a rising function of NBS, would rank them as NBS does."""

PREDICTORS = {"norm": "Share of the norm", "length": "Norm removed", "curvature": "Curvature"}
"""What ranks layers without representations -> its title."""

PREDICTOR_TITLES = {metric: METRICS[metric] for metric in SIMILARITIES} | PREDICTORS

PLACES = {OWN_LAYER: "of the pruned layer", LAST_HIDDEN: "of the last hidden layer"}

SIMPLE = ""
"""The place of a predictor without representations."""

SHOWN_BY_SHARE = {
    "Curvature": ("curvature", SIMPLE),
    "Norm removed": ("length", SIMPLE),
    "CKA, pruned layer": ("cka", OWN_LAYER),
    "SVCCA, pruned layer": ("svcca", OWN_LAYER),
    "CKA, last hidden layer": ("cka", LAST_HIDDEN),
    "SVCCA, last hidden layer": ("svcca", LAST_HIDDEN),
}

CLEAR_SIGN = 0.1
"""A rank correlation further from 0 than this has a sign."""

SHOWN_CONDITIONS = (*CLEAN, *CORRUPTED)


@cached_per_results
def layer_ranking_by_share(
    results: Results, network: str, predictor: str, place: str = SIMPLE
) -> pd.Series:
    """How well a predictor ranks the layers by the accuracy that pruning each alone costs.

    Args:
        predictor: one of `PREDICTORS`; or a metric, whose distance from 1 is taken.
        place: of a metric, one of `PLACES`.

    Returns:
        Spearman's rank correlation over the layers; index train_seed, share removed.

    Raises:
        Missing: no layer was pruned alone.
    """
    require_experiment(results, network)
    rows = results.of(network, ONE_LAYER)
    rows = rows[rows.share > 0]
    chosen = rows[(rows.metric == predictor) & (rows.place == place)]
    if chosen.empty:
        raise Missing(f"no layer of {network} was pruned alone")
    key = [NETWORK, "share", "parameter"]
    accuracy = rows[rows.metric == "accuracy"].set_index(key).value
    sign = -1 if place else 1
    layers = pd.DataFrame({"lost": -accuracy, "predicted": sign * chosen.set_index(key).value})
    return layers.groupby(level=[NETWORK, "share"]).apply(
        lambda group: rank_correlation(group.lost, group.predicted)
    )


@cached_per_results
def layer_ranking(results: Results, network: str, predictor: str, place: str = SIMPLE) -> pd.Series:
    """The mean of `layer_ranking_by_share` over the shares; index train_seed.

    Returns:
        NaN if a share has none.
    """
    shares = layer_ranking_by_share(results, network, predictor, place)
    return shares.groupby(level=NETWORK).mean(skipna=False)


def rankings(study: Results, network: str) -> dict[str, pd.DataFrame]:
    """The mean of `layer_ranking` and its interval: {place: a row for each of `PREDICTOR_TITLES`}.

    Returns:
        Columns `mean`, `low`, `high`; NaN where a predictor does not have that place.
    """
    predictors = dict.fromkeys(PLACES, SIMILARITIES) | {SIMPLE: tuple(PREDICTORS)}
    return {
        place: _intervals(
            {name: estimate(layer_ranking, study, network, name, place) for name in names}
        ).reindex(list(PREDICTOR_TITLES))
        for place, names in predictors.items()
    }


def _intervals(estimates: Mapping[object, Interval]) -> pd.DataFrame:
    """A row for each key, in columns `mean`, `low`, `high`."""
    rows = {key: (each.mean, each.low, each.high) for key, each in estimates.items()}
    return pd.DataFrame.from_dict(rows, orient="index", columns=["mean", "low", "high"])


def means_by_share(study: Results, network: str) -> pd.DataFrame:
    """`layer_ranking_by_share` of the predictors in `SHOWN_BY_SHARE`, means over complete networks.

    Returns:
        Index the share removed; no column for a predictor that was not measured.
    """
    means = {}
    for head, (predictor, place) in SHOWN_BY_SHARE.items():
        with suppress(Missing):
            each = layer_ranking_by_share(study, network, predictor, place)
            means[head] = each.groupby(level="share").mean()
    return pd.DataFrame(means).rename_axis("Share removed")


def table_by_share(study: Results, networks: Iterable[str]) -> pd.DataFrame:
    """`means_by_share` of several networks: rows (network, share removed)."""
    rows = {}
    for network in networks:
        for share, row in means_by_share(study, network).iterrows():
            rows[study.network(network), percent(share, 0)] = row.to_dict()
    return frame_of(rows, "Network", "Share removed")


def sign_by_share(study: Results, network: str, title: str) -> Decided:
    """Whether the share removed decides if a predictor ranks the layers rightly or wrongly."""
    means = means_by_share(study, network)
    turned = list(means.columns[(means.max() > CLEAR_SIGN) & (means.min() < -CLEAR_SIGN)])
    verdict = "changes" if turned else "keeps"
    return Decided(
        f"function-sign-{network.replace('_', '-')}",
        f"Sign of the predictors' rank correlations in {title} over the shares removed",
        ", ".join(turned) or "the same for all",
        verdict if len(means) else "not measured",
    )


def flip_statistic(
    results: Results, network: str, quantity: str, of: str, conditions: tuple[str, ...] = CLEAN
) -> pd.Series:
    """A number of the pruned networks at the iteration compared, mean over conditions.

    Args:
        quantity, of, conditions: as in the table `FLIPS`.

    Returns:
        Index train_seed.

    Raises:
        Missing: nothing was measured.
    """
    require_experiment(results, network)
    rows = results.of(network, FLIPS)
    rows = rows[rows.iteration == iteration_compared(results, network, FLIPS)]
    rows = rows[(rows.quantity == quantity) & (rows.of == of) & rows.condition.isin(conditions)]
    if rows.empty:
        raise Missing(f"no flips of {network} were measured")
    return rows.groupby(NETWORK).value.mean()


def flip_percent(study: Results, network: str, condition: str = "clean") -> Interval:
    """The share of all images that flip, in percent, with its interval."""
    return _percent(study, network, "flipped", "all", condition)


def _percent(study: Results, network: str, quantity: str, of: str, condition: str) -> Interval:
    return estimate(lambda: 100 * flip_statistic(study, network, quantity, of, (condition,)))


def aucs(study: Results, network: str) -> dict[str, pd.DataFrame]:
    """{signal: a row for each condition} with the mean of its AUC and the interval.

    Returns:
        Columns `mean`, `low`, `high`.
    """
    return {
        signal: _intervals(
            {
                condition: estimate(flip_statistic, study, network, "auc", signal, (condition,))
                for condition in SHOWN_CONDITIONS
            }
        )
        for signal in (MARGIN, MIDDLE_DRIFT, LAST_DRIFT)
    }


def table_of_flips(study: Results, networks: Iterable[str]) -> pd.DataFrame:
    """Accuracies and shares of images that flip, in percent, as texts: rows (network, images)."""
    rows = {}
    for network in networks:
        for condition in SHOWN_CONDITIONS:
            row = _accuracies(study, network, condition)
            row["Flipped, pruned"] = flip_percent(study, network, condition).text(1)
            control = flip_percent(study, network + TRAINED_AS_LONG, condition)
            row["Flipped, trained as long"] = control.text(1)
            rows[study.network(network), condition] = row
    return frame_of(rows, "Network", "Images")


def _accuracies(study: Results, network: str, condition: str) -> dict[str, str]:
    """Accuracy of the complete network, the pruned one, and one trained as long."""
    columns = {
        "Complete": (network, "complete"),
        "Pruned": (network, "pruned"),
        "Trained as long": (network + TRAINED_AS_LONG, "pruned"),
    }
    return {
        head: number(_percent(study, name, "accuracy", of, condition).mean, 1)
        for head, (name, of) in columns.items()
    }


def table_by_class(study: Results, networks: Iterable[str]) -> pd.DataFrame:
    """The share of clean images that flip in pruned networks, in percent: rows (network, class)."""
    rows = {}
    for network in networks:
        table = study.of(network, FLIPS)
        table = table[(table.quantity == "flipped") & (table.condition == "clean")]
        for name in table.of[table.of != "all"].unique():
            flipped = _percent(study, network, "flipped", name, "clean").mean
            rows[study.network(network), name] = {"Flipped": flipped}
    return frame_of(rows, "Network", "Class")

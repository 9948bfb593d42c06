"""Ways to prune: their accuracy, their similarity, and what training alone does, in numbers."""

from contextlib import suppress

import numpy as np
import pandas as pd

from ...book.claims.equal import last_as_accurate
from ...book.claims.gains import gain
from ...book.claims.quantity import ALWAYS, HIDDEN, Iterations, Missing, nearest, require_experiment
from ...book.claims.runs import runs_of, series
from ...book.claims.vocabulary import mean
from ...book.report import values
from ...book.report.results import Results, cached_per_results
from ...book.report.statistics import rank_correlation
from .ways import BASE, LEVELS, NEVER_PRUNED, experiment_name

WAYS = {
    BASE: "learning-rate rewinding",
    "fine_tune": "fine-tuning",
    "weight_rewind": "weight rewinding",
    "late_reset": "late resetting",
    "one_shot": "one-shot pruning",
    "accelerated": "accelerated pruning",
    "gradual": "pruning a fifth at a time",
    "local": "pruning each layer alike",
    "filters": "filter pruning",
    "random": "random pruning",
}
"""How the networks are pruned and trained again: the paper's way, half of the weights
at a time, and what changes in it."""

QUICKER = ("one_shot", "accelerated")
"""They train less than learning-rate rewinding, and so may move less."""

OF_CKA_ALONE = ("filters",)
"""SVCCA is a mean over the smaller rank, and so rises where few channels are left."""

ORDERED = [way for way in WAYS if way not in OF_CKA_ALONE]
"""The ways whose order is compared."""

EXTREMES = ("fine_tune", "random")
"""The two ways that lie furthest apart."""

FEWEST_WAYS = 7
"""Of fewer ways no order is compared."""

WAY_METRICS = ("svcca", "cka")
"""The metrics of this chapter."""


def iteration_of(results: Results, level: str) -> Iterations:
    """The iteration that leaves about the share of a level, or as little as the base ever has."""
    share = max(LEVELS[level], values.remaining(results, experiment_name(BASE, level)).min())
    return nearest(share, f", {level} in pruning")


@cached_per_results
def gained(results: Results, way: str, level: str) -> pd.Series:
    """Test accuracy minus that of the complete network, in points; index train_seed."""
    return gain(experiment_name(way, level), iteration_of(results, level)).numbers(results)


@cached_per_results
def similarity_at(results: Results, way: str, level: str, metric: str) -> pd.Series:
    """Mean similarity of the hidden layers to those of the complete network; index train_seed."""
    quantity = mean(experiment_name(way, level), metric, HIDDEN, iteration_of(results, level))
    return quantity.numbers(results)


def keeps_accuracy(results: Results, way: str, level: str) -> bool:
    """Whether its networks are shown to be as accurate as the complete ones, as in the main study.

    Raises:
        Missing: no iteration of this way leaves as much.
    """
    name = experiment_name(way, level)
    require_experiment(results, name)
    [iteration] = iteration_of(results, level).pick(values.remaining(results, name))
    return iteration <= last_as_accurate(results, name)


def fair_level(results: Results, way: str) -> str:
    """The last level at which this way and the base are both shown to keep the accuracy.

    Raises:
        Missing: there is none.
    """
    for level in reversed(LEVELS):
        with suppress(Missing):
            if all(keeps_accuracy(results, each, level) for each in (BASE, way)):
                return level
    raise Missing("no level at which both are shown to be as accurate as the complete network")


def beside_rewinding(results: Results, way: str, metric: str, level: str = "") -> pd.Series:
    """Similarity after a way minus that after learning-rate rewinding; index train_seed.

    Args:
        level: of the comparison; `fair_level` if it is empty.
    """
    level = level or fair_level(results, way)
    return similarity_at(results, way, level, metric) - similarity_at(results, BASE, level, metric)


def epochs_trained(results: Results, name: str) -> pd.Series:
    """How many epochs of training lie behind the networks of each iteration, the first left out."""
    rows = results.of(name, "performance")
    return rows[rows.iteration > 0].groupby("iteration").epochs.first().cumsum()


def layers_beyond_training(
    results: Results, way: str, level: str, metric: str
) -> dict[tuple[int, int], pd.Series]:
    """{run: a number for each hidden layer}: similarity after a way minus training alone.

    Training alone is that of the same complete network without pruning, for as many
    epochs; between two of its iterations the similarity is interpolated.

    Raises:
        Missing: the way does not get so far, or nothing was trained without pruning.
    """
    name = experiment_name(way, level)
    runs = runs_of(results, name, metric)
    without_pruning = runs_of(results, NEVER_PRUNED, metric)
    then = iteration_of(results, level)
    [iteration] = then.pick(values.remaining(results, name))
    behind = epochs_trained(results, name)[iteration]
    trained = epochs_trained(results, NEVER_PRUNED)
    beyond = {}
    for run in runs.keys() & without_pruning.keys():
        curves = without_pruning[run].part(HIDDEN, ALWAYS)
        training = curves.apply(
            lambda curve: np.interp(behind, trained[curve.index], curve, right=np.nan)
        )
        beyond[run] = runs[run].part(HIDDEN, then).iloc[0] - training
    return beyond


def departure(results: Results, way: str, level: str) -> pd.Series:
    """Mean of `layers_beyond_training` over hidden layers, by SVCCA; index train_seed and run."""
    by_run = layers_beyond_training(results, way, level, "svcca")
    return series({run: layers.mean(skipna=False) for run, layers in by_run.items()})


@cached_per_results
def ranking_of_ways(results: Results, level: str, *columns: str) -> pd.DataFrame:
    """What every way has at a level, of the ways that reach it in all complete networks.

    Args:
        columns: metrics, and "gain" for the gain in accuracy.

    Returns:
        Index (train_seed, way).

    Raises:
        Missing: fewer than `FEWEST_WAYS` ways reach it.
    """
    networks = set(results.of(experiment_name(BASE, level), "performance").train_seed)
    by_way = {}
    for way in ORDERED:
        with suppress(Missing):
            table = pd.DataFrame(
                {column: _column(results, way, level, column) for column in columns}
            ).dropna()
            if networks <= set(table.index):
                by_way[way] = table
    if len(by_way) < FEWEST_WAYS:
        raise Missing(f"fewer than {FEWEST_WAYS} ways get so far in every network")
    return pd.concat(by_way, names=["way"]).swaplevel().sort_index()


def _column(results: Results, way: str, level: str, column: str) -> pd.Series:
    if column == "gain":
        return gained(results, way, level)
    return similarity_at(results, way, level, column)


def rank_correlations(
    results: Results, level: str, first: str, second: str, without: tuple[str, ...] = ()
) -> pd.Series:
    """Rank correlation of two columns of `ranking_of_ways` over the ways; index train_seed."""
    table = ranking_of_ways(results, level, first, second)
    table = table.drop(list(without), level="way", errors="ignore")
    return table.groupby(level="train_seed").apply(
        lambda rows: rank_correlation(rows[first], rows[second])
    )

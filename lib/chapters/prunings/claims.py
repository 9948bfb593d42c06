"""What we expect of other ways to prune, as rules; they were written before any of their runs."""

import pandas as pd

from ...claims.engine import Claim, Missing, Quantity, Rule, declare
from ...claims.equal import WORSE
from ...claims.vocabulary import CLEAR, HIDDEN, Times, gain, mean, nearest, runs_of, series
from ...report import values
from ...report.names import METRICS
from ...report.results import Results
from ...report.statistics import rank_correlation
from ...report.style import VISIBLE
from .experiments import BASE, LEVELS, experiment
from .tables import OVERLAP

PAGE = "prunings"

WAYS = {
    "": "learning-rate rewinding",
    "fine_tune": "fine-tuning",
    "weight_rewind": "weight rewinding",
    "late_reset": "late resetting",
    "one_shot": "one-shot pruning",
    "accelerated": "accelerated pruning",
    "local": "pruning each layer alike",
    "filters_l1": "filter pruning",
    "random": "random pruning",
}
"""How the networks are pruned and trained again; the first way is the paper's."""

NEARER = ("fine_tune", "one_shot", "accelerated")
"""They train less than learning-rate rewinding, or at a low rate, and so may move less."""

FURTHER = ("weight_rewind", "late_reset", "local", "filters_l1", "random")
"""They give up the trained values, or the weights that matter most."""


def at(results: Results, level: str) -> Times:
    """The iteration that leaves as much as the paper's way has left at a level, or nearly so."""
    left = values.remaining(results, BASE)
    target = left[min(LEVELS[level], left.index.max())]

    return nearest(target, f", {level} in pruning")


def gained(results: Results, way: str, level: str) -> pd.Series:
    """Test accuracy minus that of the complete network, in points, for each complete network."""
    return gain(experiment(way, level), at(results, level)).numbers(results)


def similarity(results: Results, way: str, level: str, metric: str) -> pd.Series:
    """Mean similarity of the hidden layers to those of each complete network."""
    quantity = mean(experiment(way, level), metric, HIDDEN, at(results, level))
    return quantity.numbers(results)


def fair_level(results: Results, way: str) -> str:
    """The last level at which this way and the paper's keep the accuracy, as means of networks.

    Raises:
        Missing: there is none.
    """
    for level in reversed(LEVELS):
        try:
            gains = [gained(results, each, level).mean() for each in ("", way)]
        except Missing:
            continue
        if min(gains) >= -100 * WORSE:
            return level
    raise Missing("no level at which both are as accurate as the complete network")


def _beyond_rewinding(way: str, metric: str) -> Quantity:
    def measure(results: Results) -> pd.Series:
        level = fair_level(results, way)
        found, base = (similarity(results, each, level, metric) for each in (way, ""))
        return found - base

    words = (
        f"mean {METRICS[metric]} of the hidden layers after {WAYS[way]}, minus that after "
        f"{WAYS['']}, with as few weights left as keep the accuracy of both"
    )
    return Quantity(words, measure)


def _same_layers(way: str) -> Quantity:
    """Rank correlation over the hidden layers with the paper's way."""

    def measure(results: Results) -> pd.Series:
        found, then = {}, at(results, "midway")
        runs = [runs_of(results, experiment(each, "midway"), "svcca") for each in (way, "")]
        for key in runs[0].keys() & runs[1].keys():
            curves = [of_way[key].part(HIDDEN, then).iloc[0] for of_way in runs]
            found[key] = rank_correlation(*curves)
        return series(found)

    words = f"rank correlation of SVCCA after {WAYS[way]} and after {WAYS['']} over the layers"
    return Quantity(words, measure)


def ranking(results: Results, level: str, *metrics: str) -> pd.DataFrame:
    """Similarity by some metrics, and the gain in accuracy, of every way that reaches a level.

    Returns:
        Index (train_seed, way), columns the metrics and "gain".

    Raises:
        Missing: fewer than five ways reach it.
    """
    found = {}
    for way in WAYS:
        try:
            columns = {metric: similarity(results, way, level, metric) for metric in metrics}
            found[way] = pd.DataFrame(columns | {"gain": gained(results, way, level)})
        except Missing:
            continue
    if len(found) < 5:
        raise Missing("fewer than five ways that get so far")
    return pd.concat(found, names=["way"]).swaplevel().sort_index()


def _same_ranking(level: str, one: str, other: str) -> Quantity:
    def measure(results: Results) -> pd.Series:
        metrics = [name for name in (one, other) if name != "gain"]
        networks = ranking(results, level, *metrics).dropna().groupby(level="train_seed")
        return networks.apply(lambda ways: rank_correlation(ways[one], ways[other]))

    names = METRICS | {"gain": "the gain in accuracy"}
    words = f"rank correlation of {names[one]} and {names[other]} over the ways to prune"
    return Quantity(f"{words}, {level} in pruning", measure)


def _alike(way: str) -> Quantity:
    """How much more the masks have in common with the paper's than chance gives."""

    def measure(results: Results) -> pd.Series:
        rows = results.of(BASE, OVERLAP)
        rows = rows[(rows.level == "midway") & (rows.way == "") & (rows.other_way == way)]
        if rows.empty:
            raise Missing(f"no masks of {WAYS[way]}")
        return (rows.jaccard - rows.by_chance).set_axis(rows.train_seed)

    return Quantity(
        f"Jaccard index of the masks of {WAYS[way]} and of {WAYS['']}, minus that of random masks "
        "as dense in each layer",
        measure,
    )


def _nearness(ways: tuple[str, ...], words: str, **bound: float) -> dict[str, tuple]:
    return {
        f"{PAGE}-{way.replace('_', '-')}-{metric}": (
            f"By {METRICS[metric]}, {WAYS[way]} leaves a network {words} its complete one than "
            f"{WAYS['']} does, as long as both keep the accuracy.",
            Rule(_beyond_rewinding(way, metric), **bound),
        )
        for way in ways
        for metric in ("svcca", "cka")
    }


CLAIMS: tuple[Claim, ...] = (
    *declare(
        "At equal accuracy",
        PAGE,
        _nearness(NEARER, "nearer to", above=0) | _nearness(FURTHER, "further from", below=0),
    ),
    *declare(
        "Layers",
        PAGE,
        {
            f"{PAGE}-layers-{way.replace('_', '-')}": (
                f"Midway in {WAYS[way]} the same layers have changed most as in {WAYS['']}.",
                Rule(_same_layers(way), above=CLEAR),
            )
            for way in list(WAYS)[1:]
        },
    ),
    *declare(
        "Ranking",
        PAGE,
        {
            f"{PAGE}-ranking-{level}": (
                f"{level.capitalize()} in pruning, SVCCA and CKA order the ways to prune alike.",
                Rule(_same_ranking(level, "svcca", "cka"), above=CLEAR),
            )
            for level in LEVELS
        }
        | {
            f"{PAGE}-accuracy-{level}-{metric}": (
                f"{level.capitalize()} in pruning, ways that keep more accuracy keep more of the "
                f"representation by {METRICS[metric]}.",
                Rule(_same_ranking(level, "gain", metric), above=CLEAR),
            )
            for level in ("midway", "late")
            for metric in ("svcca", "cka")
        },
    ),
    *declare(
        "Masks",
        PAGE,
        {
            f"{PAGE}-masks-{way.replace('_', '-')}": (
                f"Midway in pruning, {WAYS[way]} keeps more of the same weights as {WAYS['']} than "
                "chance would.",
                Rule(_alike(way), above=VISIBLE),
            )
            for way in list(WAYS)[1:]
            if way != "random"
        },
    ),
)

"""The claims on ways to prune, as rules; the page says what was known when they were written."""

import pandas as pd

from ...book.claims.engine import Claim, Rule, declare
from ...book.claims.quantity import as_quantity
from ...book.claims.vocabulary import CLEAR
from ...book.report.names import METRICS
from ...book.report.results import Results
from ...book.report.statistics import CORRELATION
from .measures import (
    OF_CKA_ALONE,
    QUICKER,
    WAY_METRICS,
    WAYS,
    beside_rewinding,
    departure,
    fair_level,
    rank_correlations,
)
from .ways import BASE, LATER_LEVELS, LEVELS

PAGE = "prunings"

FURTHER_WAYS = ("gradual", "late_reset", "local", "filters", "random")
"""They train for longer, or give up the trained values or the weights that matter most."""

EXPECTED = {"fine_tune": True, "weight_rewind": False}
"""Way -> whether it is nearer. Published runs of this network all but decide these: the
base with shorter re-trainings is nearer, its masks on new values are further away."""


_AT_EQUAL_ACCURACY = "with as few weights left as keep the accuracy of both"


@as_quantity(
    f"mean {{metric}} of the hidden layers after {{way}}, minus that after {WAYS[BASE]}, "
    + _AT_EQUAL_ACCURACY,
    way=WAYS,
)
def _beside_rewinding(results: Results, way: str, metric: str) -> pd.Series:
    return beside_rewinding(results, way, metric)


@as_quantity(
    "mean SVCCA of the hidden layers after {way}, minus that after as many epochs without pruning, "
    f"minus the same difference for {WAYS[BASE]}, {_AT_EQUAL_ACCURACY}",
    way=WAYS,
)
def _departure_beside_rewinding(results: Results, way: str) -> pd.Series:
    level = fair_level(results, way)
    return departure(results, way, level) - departure(results, BASE, level)


_RANKED = METRICS | {"gain": "the gain in accuracy"}

_same_ranking = as_quantity(
    "rank correlation of {first} and {second} over the ways to prune, {level} in pruning",
    CORRELATION,
    first=_RANKED,
    second=_RANKED,
)(rank_correlations)


def _key(*parts: str) -> str:
    return "-".join((PAGE, *parts)).replace("_", "-")


def _nearness(way: str, metric: str, nearer: bool) -> dict[str, tuple]:
    side = "nearer to" if nearer else "further from"
    bound = {"above": 0} if nearer else {"below": 0}
    return {
        _key(way, metric): (
            f"By {METRICS[metric]}, {WAYS[way]} leaves a network {side} its complete one than "
            f"{WAYS[BASE]} does, where both keep the accuracy.",
            Rule(_beside_rewinding(way, metric), **bound),
        )
    }


AT_EQUAL_ACCURACY = declare(
    "At equal accuracy",
    PAGE,
    *(
        _nearness(way, metric, way in QUICKER)
        for way in (*QUICKER, *FURTHER_WAYS)
        for metric in WAY_METRICS
        if metric == "cka" or way not in OF_CKA_ALONE
    ),
)

BEYOND_TRAINING = declare(
    "Beyond training",
    PAGE,
    {
        _key("beyond", way): (
            f"By SVCCA, {WAYS[way]} changes a network more than {WAYS[BASE]} does, once what as "
            "many epochs change without pruning is taken off.",
            Rule(_departure_beside_rewinding(way), below=0),
        )
        for way in QUICKER
    },
)

METRICS_ALIKE = {
    _key("ranking", level): (
        f"{level.capitalize()} in pruning, SVCCA and CKA order these ways to prune alike.",
        Rule(_same_ranking(level, *WAY_METRICS), above=CLEAR),
    )
    for level in LEVELS
}

ACCURACY_ALIKE = {
    _key("accuracy", level, metric): (
        f"{level.capitalize()} in pruning, those of these ways that keep more accuracy keep "
        f"more of the representation by {METRICS[metric]}.",
        Rule(_same_ranking(level, "gain", metric), above=CLEAR),
    )
    for level in LATER_LEVELS
    for metric in WAY_METRICS
}

CLAIMS: tuple[Claim, ...] = (
    *AT_EQUAL_ACCURACY,
    *BEYOND_TRAINING,
    *declare("Ranking", PAGE, METRICS_ALIKE | ACCURACY_ALIKE),
)

CHECKS: tuple[Claim, ...] = declare(
    "Expected",
    PAGE,
    *(_nearness(way, metric, nearer) for way, nearer in EXPECTED.items() for metric in WAY_METRICS),
)
"""What was known all but decides these, so they are not counted."""

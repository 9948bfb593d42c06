"""The claims on pruning before training, as rules."""

import pandas as pd

from ...book.claims.engine import POINTS, Claim, Rule, declare
from ...book.claims.gains import gain, gains_of
from ...book.claims.quantity import Missing, as_quantity, nearest, require_experiment
from ...book.report.results import Results
from ...book.report.values import RUN_COLUMNS
from ...table_schemas import TableSchema
from .analysis import FEW, SCORE_EXPERIMENTS
from .tables import COLLAPSE

PAGE = "at_init"

LEARNED = 2.0
"""How many points above the most frequent class's share of the test images show that a
network has learned something. An accuracy near 20 % on 6,001 images has a standard
error of 0.5 points, so this is four standard errors; a network that always answers with
the most frequent class is at 0."""


def _pruned(results: Results, experiment: str, table: str | TableSchema) -> pd.DataFrame:
    """The rows of a table on pruned networks, index train_seed, run_seed and iteration.

    Raises:
        Missing: there are none.
    """
    require_experiment(results, experiment)
    rows = results.of(experiment, table)
    rows = rows[rows.iteration > 0]
    if rows.empty:
        raise Missing(f"{experiment} has no rows in the table {getattr(table, 'name', table)!r}")
    return rows.astype({"run_seed": int}).set_index([*RUN_COLUMNS, "iteration"])


def _left_when(remaining: pd.Series, lost: pd.Series) -> pd.Series:
    """The highest fraction of the weights left at which something is lost; 0 if it never is.

    Args:
        remaining: that of each network, index as of `_pruned`.
        lost: whether it is lost there.
    """
    return remaining.reindex(lost.index).where(lost, 0.0).groupby(level=RUN_COLUMNS).max()


@as_quantity("largest fraction of the weights left that empties a layer")
def _emptied(results: Results, experiment: str) -> pd.Series:
    networks = _pruned(results, experiment, "performance")
    return _left_when(networks.remaining, networks.collapsed.fillna("") != "")


@as_quantity("largest fraction of the weights left at which no path leads through the network")
def _cut(results: Results, experiment: str) -> pd.Series:
    remaining = _pruned(results, experiment, "performance").remaining
    return _left_when(remaining, _pruned(results, experiment, COLLAPSE).paths == 0)


@as_quantity("test accuracy, minus the most frequent class's share of the test images")
def _learned(results: Results, experiment: str) -> pd.Series:
    """How much better than always the most frequent class, after the last iteration, in points."""
    gains_of(results, experiment)
    accuracy = _pruned(results, experiment, "performance").accuracy
    above = accuracy - _pruned(results, experiment, COLLAPSE).majority
    last = above.index.get_level_values("iteration").max()
    return 100 * above.xs(last, level="iteration")


_SYNFLOW, _MAGNITUDE, _RANDOM = SCORE_EXPERIMENTS.values()
_FEW = nearest(FEW, " with 1 % of the weights left")


def _synflow_beside(score: str, words: str) -> Rule:
    """SynFlow gains more accuracy than another score, where few weights are left."""
    difference = gain(_SYNFLOW, _FEW).of("with SynFlow") - gain(score, _FEW).of(words)
    return Rule(difference, above=0, unit=POINTS)


CLAIMS: tuple[Claim, ...] = declare(
    "SynFlow, abstract",
    PAGE,
    {
        f"{PAGE}-synflow-avoids": (
            "SynFlow empties no layer, down to one weight in a thousand.",
            Rule(_emptied(_SYNFLOW), below=0.0005),
        ),
        f"{PAGE}-synflow-flow": (
            "SynFlow leaves paths from the input to the output, down to one weight in a thousand.",
            Rule(_cut(_SYNFLOW), below=0.0005),
        ),
        f"{PAGE}-synflow-learns": (
            "What SynFlow leaves can still be trained.",
            Rule(_learned(_SYNFLOW), above=LEARNED, unit=POINTS),
        ),
    },
) + declare(
    "SynFlow, ours",
    PAGE,
    {
        f"{PAGE}-magnitude-collapses": (
            "Pruning by magnitude in one step, before training, empties a layer.",
            Rule(_emptied(_MAGNITUDE), above=0.0005),
        ),
        f"{PAGE}-magnitude-does-not": (
            "What magnitude leaves can no longer be trained.",
            Rule(_learned(_MAGNITUDE), below=LEARNED, unit=POINTS),
        ),
        f"{PAGE}-synflow-magnitude": (
            "With one weight in a hundred left, SynFlow is better than magnitude.",
            _synflow_beside(_MAGNITUDE, "by magnitude"),
        ),
        f"{PAGE}-synflow-random": (
            "With one weight in a hundred left, SynFlow is better than chance.",
            _synflow_beside(_RANDOM, "at random"),
        ),
    },
)

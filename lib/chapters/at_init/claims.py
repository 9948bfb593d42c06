"""The claims on pruning before training, as rules.

Tanaka, Kunin, Yamins and Ganguli (2020), "Pruning neural networks without any data by iteratively
conserving synaptic flow"; and, on linear regions, Cai et al. (2023), "Getting away with more
network pruning: from sparsity to geometry and linear regions". The abstracts of both stand beside
that of WACV 2020.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from ...claims.engine import Claim, Missing, declare
from ...claims.vocabulary import END, POINTS, Term, Times, accuracies_of, gain, rule, series
from ...report.results import Results

PAGE = "at_init"

SCORES = {"synflow": "SynFlow", "magnitude": "magnitude", "random": "random"}
EXPERIMENTS = {score: f"vgg_svhn_{score}_to_collapse" for score in SCORES}

CHANCE = 20.0
"""Accuracy in percent below which we say that a network has learned nothing: twice that of
guessing among ten classes."""


NEAR = 0.2
"""How far the logarithm of a level may be off: an iteration between two others is nobody's."""


def _collapsed(experiment: str) -> Term:
    """The highest fraction of the weights left at which nothing of some layer is."""

    def measure(results: Results) -> pd.Series:
        accuracies_of(results, experiment)
        rows = results.accuracies(experiment)
        rows = rows[rows.iteration > 0]
        lost = rows[rows.collapsed.fillna("") != ""]
        keys = {(int(r.train_seed), int(r.prune_seed)) for r in rows.itertuples()}
        left = lost.groupby(["train_seed", "prune_seed"]).remaining.max()
        return series({key: float(left.get(key, 0.0)) for key in keys})

    return Term("the largest fraction of the weights left that empties a layer", measure)


def _accuracy(experiment: str, times: Times = END) -> Term:
    """Test accuracy in percent."""

    def measure(results: Results) -> pd.Series:
        gains = accuracies_of(results, experiment)
        rows = results.accuracies(experiment)
        complete = 100 * rows[rows.iteration == 0].set_index("train_seed").accuracy
        return series(
            {
                key: float(complete[key[0]] + frame.gain[times.pick(frame.remaining)].mean())
                for key, frame in gains.items()
            }
        )

    return Term(f"the test accuracy{times.words}", measure)


def _at(level: float) -> Times:
    def pick(remaining: pd.Series) -> list[int]:
        off = (np.log(remaining / level)).abs()
        if off.min() > NEAR:
            raise Missing(f"no iteration with {level:g} of the weights left")
        return [int(off.idxmin())]

    return Times(f" with {100 * level:g} % of the weights left", pick)


_SYNFLOW, _MAGNITUDE, _RANDOM = EXPERIMENTS.values()
_FEW = _at(0.01)

CLAIMS: tuple[Claim, ...] = declare(
    "SynFlow, abstract",
    "",
    PAGE,
    {
        f"{PAGE}-synflow-avoids": (
            "SynFlow empties no layer, down to one weight in a thousand.",
            rule(_collapsed(_SYNFLOW), below=0.0005),
        ),
        f"{PAGE}-magnitude-collapses": (
            "Pruning by magnitude at once, before training, empties a layer.",
            rule(_collapsed(_MAGNITUDE), above=0.0005),
        ),
        f"{PAGE}-synflow-learns": (
            "What SynFlow leaves can still be trained.",
            rule(_accuracy(_SYNFLOW), above=CHANCE, unit="percent"),
        ),
        f"{PAGE}-magnitude-does-not": (
            "What magnitude leaves can no longer be trained.",
            rule(_accuracy(_MAGNITUDE), below=CHANCE, unit="percent"),
        ),
        f"{PAGE}-synflow-magnitude": (
            "With one weight in a hundred, SynFlow is better than magnitude.",
            rule(
                gain(_SYNFLOW, _FEW).of("with SynFlow") - gain(_MAGNITUDE, _FEW).of("by magnitude"),
                above=0,
                unit=POINTS,
            ),
        ),
        f"{PAGE}-synflow-random": (
            "With one weight in a hundred, SynFlow is better than chance.",
            rule(
                gain(_SYNFLOW, _FEW).of("with SynFlow") - gain(_RANDOM, _FEW).of("at random"),
                above=0,
                unit=POINTS,
            ),
        ),
    },
)

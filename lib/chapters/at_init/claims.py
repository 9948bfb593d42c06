"""The claims on pruning before training, as rules.

Tanaka, Kunin, Yamins and Ganguli (2020), "Pruning neural networks without any data by iteratively
conserving synaptic flow"; and, on linear regions, Cai et al. (2023), "Getting away with more
network pruning: from sparsity to geometry and linear regions". The abstracts of both stand beside
that of WACV 2020.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from ...claims.engine import Claim, Missing, Quantity, Rule, declare
from ...claims.vocabulary import POINTS, Times, gain, gains_of, series
from ...report.results import Results
from ...report.values import RUN

PAGE = "at_init"

SCORES = {"synflow": "SynFlow", "magnitude": "magnitude", "random": "random"}
EXPERIMENTS = {score: f"vgg_svhn_{score}_to_collapse" for score in SCORES}

CHANCE = 20.0
"""Accuracy in percent below which we say that a network has learned nothing: twice that of
guessing among ten classes."""

NEAR = 0.2
"""How far the logarithm of a level may be off; an iteration further away has no such level."""


def _collapsed(experiment: str) -> Quantity:
    """The highest fraction of the weights left at which nothing of some layer is."""

    def measure(results: Results) -> pd.Series:
        runs = gains_of(results, experiment)
        rows = results.of(experiment, "performance")
        lost = rows[(rows.iteration > 0) & (rows.collapsed.fillna("") != "")]
        left = lost.groupby(RUN).remaining.max()
        return series({run: float(left.get(run, 0.0)) for run in runs})

    return Quantity("largest fraction of the weights left that empties a layer", measure)


def _accuracy(experiment: str) -> Quantity:
    """Test accuracy in percent after the last iteration."""

    def measure(results: Results) -> pd.Series:
        gains_of(results, experiment)
        rows = results.of(experiment, "performance")
        last = rows[rows.iteration == rows.iteration.max()]
        return 100 * last.groupby(RUN).accuracy.mean()

    return Quantity("test accuracy", measure)


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
            Rule(_collapsed(_SYNFLOW), below=0.0005),
        ),
        f"{PAGE}-magnitude-collapses": (
            "Pruning by magnitude at once, before training, empties a layer.",
            Rule(_collapsed(_MAGNITUDE), above=0.0005),
        ),
        f"{PAGE}-synflow-learns": (
            "What SynFlow leaves can still be trained.",
            Rule(_accuracy(_SYNFLOW), above=CHANCE, unit="percent"),
        ),
        f"{PAGE}-magnitude-does-not": (
            "What magnitude leaves can no longer be trained.",
            Rule(_accuracy(_MAGNITUDE), below=CHANCE, unit="percent"),
        ),
        f"{PAGE}-synflow-magnitude": (
            "With one weight in a hundred, SynFlow is better than magnitude.",
            Rule(
                gain(_SYNFLOW, _FEW).of("with SynFlow") - gain(_MAGNITUDE, _FEW).of("by magnitude"),
                above=0,
                unit=POINTS,
            ),
        ),
        f"{PAGE}-synflow-random": (
            "With one weight in a hundred, SynFlow is better than chance.",
            Rule(
                gain(_SYNFLOW, _FEW).of("with SynFlow") - gain(_RANDOM, _FEW).of("at random"),
                above=0,
                unit=POINTS,
            ),
        ),
    },
)

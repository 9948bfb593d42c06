"""Made-up minima in which the claims of ICANN 2020 hold, and others in which one does not."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from lib.analyses.icann2020.claims import SHOWN_TITLES
from lib.analyses.icann2020.tables import LANDSCAPE, POTENTIALS
from lib.book.report.results import Results

from ...book.claims.worlds import World, curve

GRADUAL = {"gain": 1.0, "eigenvalue": 50.0, "increase": 0.3, "entropy": 0.8, "mixed": 0.85}
AT_ONCE = {"gain": -2.0, "eigenvalue": 10.0, "increase": 0.1, "entropy": 0.6, "mixed": 0.8}
LONG = {"gain": -1.0, "eigenvalue": 20.0, "increase": 0.2, "entropy": 0.7, "mixed": 0.82}
COMPLETE = {"eigenvalue": 5.0, "increase": 0.05, "entropy": 0.5, "mixed": 0.75}

PAPERS_MINIMA = {
    f"{network}{suffix}": level
    for network in SHOWN_TITLES
    for suffix, level in (("", GRADUAL), ("_one_shot", AT_ONCE), ("_one_shot_long", LONG))
}
"""experiment -> what is measured in its most pruned networks."""

LAYERS = (("small", 10, 1.2), ("large", 90, 1.0))
"""(name, neurons, entropy and null relative to the level)."""


def minima(
    pruned: Mapping[str, Mapping[str, float]] = PAPERS_MINIMA,
    complete: Mapping[str, float] = COMPLETE,
    networks: int = 3,
) -> Results:
    """The tables of such a world; networks differ a little."""
    gains = {name: lambda left, by=level["gain"]: by for name, level in pruned.items()}
    curves = {(name, "svcca", ""): curve(out=0.5) for name in pruned}
    landscape, potentials = [], []
    for name, level in pruned.items():
        for seed in range(networks):
            for iteration, has in ((0, complete), (12, level)):
                where = {"experiment": name, "train_seed": seed, "run_seed": 0}
                where["iteration"] = iteration
                landscape += [where | row for row in _landscape(has, 1 + 0.001 * seed)]
                potentials += [where | row for row in _potentials(has, 1e-4 * seed)]
    results = World(curves, gains).results(networks)
    results = results.having(LANDSCAPE, pd.DataFrame(landscape))
    return results.having(POTENTIALS, pd.DataFrame(potentials))


def _landscape(level: Mapping[str, float], scale: float) -> list[dict]:
    rows = [("eigenvalue", 0.0, level["eigenvalue"]), ("trace", 0.0, 30 * level["eigenvalue"])]
    rows += [("increase", r, level["increase"] * r / 0.1) for r in (0.05, 0.1, 0.2, 0.4)]
    return [
        {"quantity": q, "number": 0, "radius": r, "value": v * scale, "error": 0.1}
        for q, r, v in rows
    ]


def _potentials(level: Mapping[str, float], noise: float) -> list[dict]:
    return [
        {
            "layer": name,
            "depth": depth,
            "neurons": neurons,
            "silent": 0,
            "entropy": level["entropy"] * times + noise,
            "mixed": level["mixed"] * times,
        }
        for depth, (name, neurons, times) in enumerate(LAYERS)
    ]

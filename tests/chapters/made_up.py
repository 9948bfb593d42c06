"""A made-up results folder of a chapter: its real networks and experiments, invented numbers."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd

from lib.models import build_model, recorded_layers
from lib.study import load_profile
from lib.study.chapters import CHAPTERS
from lib.study.experiment import Experiment
from lib.study.variants import VARIANTS

from ..report.made_up import _performance, _similarities, provenance, save_similarities

ITERATIONS = 4

ASKED = {"icann2020": ("landscape", "potentials"), "at_init": ("regions", "collapse")}
"""chapter -> the tables of what it asks of kept networks."""


def write_chapter(folder: Path, chapter: str, *, runs: int = 3) -> Path:
    """The tables that a chapter asks for.

    Args:
        folder: made if it does not exist.
        chapter: a key of `CHAPTERS`.
        runs: of each experiment, from one complete network.
    """
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(0)
    profile = load_profile("tiny")
    experiments = {name: profile.experiment(name) for name in CHAPTERS[chapter]}
    similarity, performance = [], []
    tables: dict[str, list[dict]] = {name: [] for name in ASKED.get(chapter, ())}
    for name, experiment in experiments.items():
        layers = recorded_layers(build_model(experiment.model, width=0.1))
        run = {"experiment": name, "train_seed": 0}
        performance.append(_performance(run, None, 0, 0.96) | {"collapsed": ""})
        for seed in range(runs):
            for iteration, left in _levels(experiment):
                level = {"remaining": left, "collapsed": "conv" if left < 0.01 else ""}
                rows = _similarities(run, seed, max(iteration, 1), layers, rng)
                similarity += [row | {"iteration": iteration, "remaining": left} for row in rows]
                if iteration:
                    accuracy = 0.96 - 0.02 * iteration + rng.normal(0, 0.004)
                    performance.append(_performance(run, seed, iteration, accuracy) | level)
                for analysis, found in tables.items():
                    where = run | {"prune_seed": seed, "iteration": iteration}
                    found += [where | row for row in _asked(analysis, iteration, rng)]
            for analysis, found in tables.items():
                where = run | {"prune_seed": seed, "iteration": 0}
                found += [where | row for row in _asked(analysis, 0, rng)]
    save_similarities(folder, pd.DataFrame(similarity))
    frame = pd.DataFrame(performance).astype({"prune_seed": "Int64"})
    frame.to_parquet(folder / "performance.parquet")
    for analysis, rows in tables.items():
        pd.DataFrame(rows).to_parquet(folder / f"{analysis}.parquet")
    said = provenance(ITERATIONS, runs)
    one = said["experiments"]["vgg16_bn"]
    said["experiments"] = {
        name: one | {"base": VARIANTS[name].base if name in VARIANTS else name, "model": e.model}
        for name, e in experiments.items()
    }
    job = {"device": "made up", "revision": "0" * 40, "versions": {"torch": "2.0"}}
    jobs = [job | {"experiment": name} for name in experiments]
    text = json.dumps(said | {"chapter": chapter, "jobs": jobs})
    (folder / "provenance.json").write_text(text, encoding="utf-8")
    return folder


def _levels(experiment: Experiment) -> list[tuple[int, float]]:
    if experiment.against != "pruned":
        return [(0, 1.0)]
    if levels := experiment.pruning.levels:
        return list(enumerate(levels, start=1))
    return [(i, 0.8**i) for i in range(1, ITERATIONS + 1)]


def _asked(analysis: str, iteration: int, rng: np.random.Generator) -> list[dict]:
    if analysis == "potentials":
        return [
            {
                "layer": f"relu{depth}",
                "depth": depth,
                "neurons": 10,
                "silent": 1,
                "entropy": 0.4 + 0.05 * iteration + 0.01 * depth + rng.normal(0, 0.001),
                "mixed": 0.5 + 0.04 * iteration + 0.01 * depth,
            }
            for depth in range(3)
        ]
    if analysis == "regions":
        return [
            {
                "segment": i,
                "share": 0.5,
                "regions": 900.0 / (iteration + 1) + 10 * i,
                "regions_error": 30.0,
                "pieces": 800.0 / (iteration + 1) ** 2 + 10 * i,
                "pieces_error": 30.0,
                "points": 999,
                "exact": i == 0,
            }
            for i in range(2)
        ]
    if analysis == "collapse":
        cut = iteration > 3
        return [
            {
                "paths": 0.0 if cut else 1e9 / 10**iteration,
                "constant": cut,
                "predicted": 1 if cut else 10,
                "majority": 0.2,
            }
        ]
    row = {"number": 0, "radius": 0.0, "error": 0.1}
    found = [row | {"quantity": "trace", "value": 50 + 10 * iteration + rng.normal(0, 0.1)}]
    for number in range(2):
        value = (10 + iteration) / (number + 1)
        found.append(row | {"quantity": "eigenvalue", "number": number, "value": value})
    for radius in (-0.1, 0.0, 0.1):
        value = 0.2 + (1 + iteration) * radius**2
        found.append(row | {"quantity": "loss", "radius": radius, "value": value})
    up = {"quantity": "increase", "radius": 0.1, "value": 0.01 * (1 + iteration)}
    return [*found, row | up]

"""A made-up results folder: real networks and layers, invented numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from lib.integrity import load_json, seal
from lib.models import build_model, recorded_layers

MAIN_NETWORKS = {name: name for name in ("vgg16_bn", "vgg_svhn", "resnet_fast")}
RESHAPE = {"mean_cca": "channels", "svcca": "channels", "pwcca": "channels"}

SEEDS_OF_RUNS = {"prune_seed": "Int64", "other_seed": "Int64"}

COLUMNS = ("name", "value", "paper", "source", "why")
HYPERPARAMETERS = (
    ("recipe.optimiser.trust", "0.01", "0.01", "ours", ""),
    ("epochs", 4, 160, "paper, section 4.2", "to finish in minutes on two cores"),
    ("pruned fraction", 0.2, 0.2, "paper, section 4", ""),
)


def write_results(
    folder: Path,
    *,
    iterations: int = 5,
    prune_seeds: int = 2,
    networks: Mapping[str, str] = MAIN_NETWORKS,
    chapter: str = "",
) -> Path:
    """Write a folder for each experiment, with its tables and `provenance.json`, into a folder.

    Args:
        folder: made if it does not exist.
        iterations, prune_seeds: how many.
        networks: experiment -> its architecture.
        chapter: whose study it is; empty for the main one.
    """
    runs = [(0, seed) for seed in range(prune_seeds)]
    rng = np.random.default_rng(0)
    similarity, performance = [], []
    for network, model in networks.items():
        layers = recorded_layers(build_model(model, width=0.05))
        for train_seed in dict(runs):
            run = {"experiment": network, "train_seed": train_seed}
            performance.append(_performance(run, None, 0, 0.96 - 0.02 * train_seed))
        for train_seed, seed in runs:
            run = {"experiment": network, "train_seed": train_seed}
            for iteration in range(1, iterations + 1):
                accuracy = 0.96 - 0.01 * iteration + rng.normal(0, 0.004)
                performance.append(_performance(run, seed, iteration, accuracy))
                similarity += _similarities(run, seed, iteration, layers, rng)
    about = provenance(iterations, prune_seeds, networks)
    for name, part in parts_of(about | ({"chapter": chapter} if chapter else {})).items():
        (folder / name).mkdir(parents=True, exist_ok=True)
        seal(folder / name, part)
    save_rows(folder, "similarity", pd.DataFrame(similarity).astype(SEEDS_OF_RUNS))
    save_rows(folder, "performance", pd.DataFrame(performance).astype(SEEDS_OF_RUNS))
    return folder


def _seeds_of_run(experiment: str, seed: int | None) -> dict[str, int | None]:
    """The seed of a run in its column: that of the other network where nothing is pruned."""
    pruned = not experiment.endswith(("_independent", "_untrained"))
    return {"prune_seed": seed if pruned else None, "other_seed": None if pruned else seed}


def parts_of(study: dict) -> dict[str, dict]:
    """The provenance of each experiment in that of a study."""
    return {
        name: study
        | {"place": place, "experiments": {name: setting}}
        | {"jobs": [job for job in study["jobs"] if job["experiment"] == name]}
        | {"missing": [job for job in study["missing"] if job.startswith(f"{name}, ")]}
        for place, (name, setting) in enumerate(study["experiments"].items())
    }


def edited(folder: Path, change: Callable[[dict], object] = dict) -> Path:
    """The same results, as if what a test has edited, also in each provenance, were written so."""
    for part in sorted(path.parent for path in folder.glob("*/provenance.json")):
        content = load_json(part / "provenance.json")
        change(content)
        seal(part, content)
    return folder


def save_rows(folder: Path, table: str, rows: pd.DataFrame) -> None:
    """A table as a study writes it: a file for each experiment."""
    for name, part in rows.groupby("experiment"):
        part.to_parquet(folder / name / f"{table}.parquet", index=False)
    edited(folder)


def _performance(run: dict, seed: int | None, iteration: int, accuracy: float) -> dict:
    return {
        **run,
        **_seeds_of_run(run["experiment"], seed),
        "iteration": iteration,
        "remaining": 0.8**iteration,
        "remaining_all": 0.02 + 0.98 * 0.8**iteration,
        "accuracy": accuracy,
        "loss": 1 - accuracy,
        "train_loss": 0.01,
        "epochs": 2,
        "seconds": 1.5,
        "collapsed": "",
    }


def _similarities(run: dict, seed: int, iteration: int, layers: list, rng) -> list[dict]:
    rows = []
    for depth, (layer, kind) in enumerate(layers):
        bowl = np.sin(np.pi * depth / (len(layers) - 1))
        metrics = ["mean_cca", "svcca", "pwcca", "cka", "nbs"] + ["cosine"] * (kind == "out")
        for metric in metrics:
            depth_of_bowl = 0.12 if metric in RESHAPE else 0.04
            value = 0.97 - depth_of_bowl * bowl * iteration**0.8 + rng.normal(0, 0.005)
            rows.append(
                {
                    **run,
                    **_seeds_of_run(run["experiment"], seed),
                    "iteration": iteration,
                    "remaining": 0.8**iteration,
                    "layer": layer,
                    "kind": kind,
                    "depth": depth,
                    "metric": metric,
                    "reshape": RESHAPE.get(metric, "flat"),
                    "value": float(np.clip(value, 0, 1)),
                    "null_mean": 0.05 if metric in RESHAPE else 0.3,
                    "null_sd": np.nan if metric == "cka" else 0.01,
                    "p_value": 0.01,
                    "null_max": 0.3,
                    "rank_x": 8,
                    "rank_y": 7,
                    "dead_x": 0,
                    "dead_y": 1,
                    "pr_x": 3.5,
                    "pr_y": 3.1,
                    "id_x": 5.5,
                    "id_y": 5.1,
                }
            )
    return rows


def provenance(
    iterations: int,
    prune_seeds: int,
    networks: Mapping[str, str] = MAIN_NETWORKS,
) -> dict:
    """As a study writes it."""
    runs = [(0, seed) for seed in range(prune_seeds)]
    found = {name: _settings(name, model, iterations, runs) for name, model in networks.items()}
    return {
        "profile": "smoke",
        "scaled_down": True,
        "experiments": found,
        "jobs": [
            {
                "experiment": network,
                "train_seed": train_seed,
                "prune_seed": seed,
                "seconds": 12.5,
                "memory": 1536,
                "device": "cpu",
                "revision": "0" * 40,
                "versions": {"torch": "2.15.0"},
            }
            for network in networks
            for train_seed, seed in (*((train_seed, None) for train_seed in dict(runs)), *runs)
        ],
        "missing": [],
    }


def _settings(name: str, model: str, iterations: int, runs: list[tuple[int, int]]) -> dict:
    return {
        "base": name,
        "against": "pruned",
        "model": model,
        "width": 0.125,
        "dataset": "digits",
        "dataset_description": "1,797 scanned handwritten digits of 8x8 pixels, enlarged.",
        "dataset_sha256": "0" * 64,
        "train_images": 1437,
        "test_images": 360,
        "probe_images": 360,
        "probe_split": "test",
        "epochs": 4,
        "batch_size": 64,
        "optimiser": "SGD, Nesterov momentum 0.9, weight decay 0.0001",
        "schedule": "0.1, a tenth of it after epoch 2",
        "augmentation": "none",
        "iterations": iterations,
        "fraction": 0.2,
        "permutations": 2,
        "train_seeds": sorted({train_seed for train_seed, _ in runs}),
        "prune_seeds": sorted({seed for _, seed in runs}),
        "runs": [list(run) for run in runs],
        "dtype": "float32",
        "hyperparameters": [dict(zip(COLUMNS, row, strict=True)) for row in HYPERPARAMETERS],
    }

"""A made-up results folder: what a study says of itself, and a table of invented accuracies."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import pandas as pd

from lib.integrity import load_json, seal

CHAPTER = "prunings"
NETWORKS = ("vgg16_bn", "vgg_svhn", "resnet_fast")
PRUNE_SEEDS = (0, 1)


def write_results(
    folder: Path, *, networks: Iterable[str] = NETWORKS, chapter: str = CHAPTER
) -> Path:
    """Write a folder for each network, with its table and `provenance.json`, into a folder.

    Args:
        folder: made if it does not exist.
        networks: their names, which are also those of their architectures.
        chapter: whose study it is.
    """
    for place, network in enumerate(networks):
        (folder / network).mkdir(parents=True)
        rows = [
            {"experiment": network, "train_seed": 0, "prune_seed": seed, "other_seed": None}
            | {"accuracy": 0.9 + place / 100, "loss": 0.1, "train_loss": 0.01}
            for seed in (None, *PRUNE_SEEDS)
        ]
        rows = pd.DataFrame(rows).astype({"prune_seed": "Int64", "other_seed": "Int64"})
        rows.to_parquet(folder / network / "performance.parquet", index=False)
        seal(folder / network, provenance(network, place) | {"chapter": chapter})
    return folder


def edited(folder: Path, change: Callable[[dict], object] = dict) -> Path:
    """The same results, as if what a test has edited, also in each provenance, were written so."""
    for part in sorted(path.parent for path in folder.glob("*/provenance.json")):
        content = load_json(part / "provenance.json")
        change(content)
        seal(part, content)
    return folder


def provenance(network: str, place: int = 0) -> dict:
    """As a study writes it for one experiment."""
    job = {"experiment": network, "train_seed": 0, "revision": "0" * 40}
    return {
        "profile": "smoke",
        "place": place,
        "experiments": {
            network: {
                "base": network,
                "against": "pruned",
                "model": network,
                "width": 0.125,
                "dataset": "digits",
                "dataset_sha256": "0" * 64,
                "train_images": 1437,
                "iterations": 7,
                "runs": [[0, seed] for seed in PRUNE_SEEDS],
                "hyperparameters": [{"name": "recipe.epochs", "value": "4", "paper": "160"}],
            }
        },
        "jobs": [job | {"prune_seed": seed} for seed in (None, *PRUNE_SEEDS)],
        "missing": [],
    }


def nested(inner, outer):
    """Whether every weight that survives in one mask survives in the other too."""
    return inner.jaccard(outer) == inner.survivors / outer.survivors

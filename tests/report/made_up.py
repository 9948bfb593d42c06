"""A made-up results folder: real networks and layers, invented numbers."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd

from lib.models import build_model, recorded_layers

NETWORKS = ("vgg16_bn", "vgg_svhn", "resnet_fast")
RESHAPE = {"mean_cca": "channels", "svcca": "channels", "pwcca": "channels"}


def write_results(folder: Path, *, iterations: int = 5, prune_seeds: int = 2) -> Path:
    """Write `similarity.parquet`, `performance.parquet` and `provenance.json` into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(0)
    similarity, performance = [], []
    for network in NETWORKS:
        layers = recorded_layers(build_model(network, width=0.05))
        run = {"experiment": network, "train_seed": 0}
        performance.append(_performance(run, None, 0, 0.96))
        for seed in range(prune_seeds):
            for iteration in range(1, iterations + 1):
                accuracy = 0.96 - 0.01 * iteration + rng.normal(0, 0.004)
                performance.append(_performance(run, seed, iteration, accuracy))
                similarity += _similarities(run, seed, iteration, layers, rng)
    pd.DataFrame(similarity).to_parquet(folder / "similarity.parquet")
    performance = pd.DataFrame(performance).astype({"prune_seed": "Int64"})
    performance.to_parquet(folder / "performance.parquet")
    text = json.dumps(provenance(iterations, prune_seeds), indent=1)
    (folder / "provenance.json").write_text(text, encoding="utf-8")
    return folder


def _performance(run: dict, seed: int | None, iteration: int, accuracy: float) -> dict:
    return {
        **run,
        "prune_seed": seed,
        "iteration": iteration,
        "remaining": 0.8**iteration,
        "remaining_all": 0.02 + 0.98 * 0.8**iteration,
        "accuracy": accuracy,
        "loss": 1 - accuracy,
        "train_loss": 0.01,
        "epochs": 2,
        "seconds": 1.5,
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
                    "prune_seed": seed,
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


def provenance(iterations: int, prune_seeds: int) -> dict:
    """As a study writes it."""
    return {
        "profile": "smoke",
        "scaled_down": True,
        "experiments": {
            network: {
                "base": network,
                "model": network,
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
                "train_seeds": [0],
                "prune_seeds": list(range(prune_seeds)),
                "dtype": "float32",
                "hyperparameters": [
                    {
                        "name": "epochs",
                        "value": 4,
                        "paper": 160,
                        "source": "paper, section 4.2",
                        "why": "to finish in minutes on two cores",
                    },
                    {
                        "name": "pruned fraction",
                        "value": 0.2,
                        "paper": 0.2,
                        "source": "paper, section 4",
                        "why": "",
                    },
                ],
            }
            for network in NETWORKS
        },
        "jobs": [
            {
                "experiment": network,
                "train_seed": 0,
                "prune_seed": seed,
                "seconds": 12.5,
                "device": "cpu",
                "revision": "0000000",
                "versions": {"torch": "2.15.0"},
            }
            for network in NETWORKS
            for seed in (None, *range(prune_seeds))
        ],
    }

"""Merge the jobs' tables into one results folder.

Usage: python -m lib.study.collect PROFILE [FOLDER]
"""

from __future__ import annotations

import argparse
import sys

import pandas as pd

from .files import save_json, save_table
from .study import Study
from .tables import PERFORMANCE, SIMILARITY


def collect(study: Study) -> None:
    """Write `similarity.parquet`, `performance.parquet` and `provenance.json` of a whole study.

    Each table is sorted by its key columns, so that the result does not depend on the order in
    which the jobs ended. `provenance.json` is written last.

    Raises:
        FileNotFoundError: a job is not done; the message lists all of them.
        ValueError: the jobs of an experiment saw different data. Nothing is written then.
    """
    jobs = list(study.jobs())
    missing = [str(job) for job in jobs if not study.is_done(job)]
    if missing:
        raise FileNotFoundError(
            f"{len(missing)} of {len(jobs)} jobs of {study.profile.name} are not done: "
            + "; ".join(missing)
        )
    provenance = _provenance(study)
    folders = [study.job_folder(job) for job in jobs]
    runs = [study.job_folder(job) for job in jobs if job.is_run]
    similarity = pd.concat([pd.read_parquet(f / "similarity.parquet") for f in runs])
    performance = pd.concat([pd.read_parquet(f / "performance.parquet") for f in folders])
    keys = ["experiment", "train_seed", "prune_seed", "iteration"]
    similarity = similarity.sort_values([*keys, "depth", "metric", "reshape"], ignore_index=True)
    performance = performance.sort_values(keys, ignore_index=True, na_position="first")
    save_table(study.results / "similarity.parquet", similarity[list(SIMILARITY)])
    save_table(study.results / "performance.parquet", performance[list(PERFORMANCE)])
    save_json(study.results / "provenance.json", provenance)


def _provenance(study: Study) -> dict:
    jobs = [study.read_provenance(job) for job in study.jobs()]
    experiments = {}
    for name, e in study.profile.experiments.items():
        own = [job for job in jobs if job["experiment"] == name]
        for fact in ("dataset_sha256", "train_images", "test_images"):
            values = {job[fact] for job in own}
            if len(values) > 1:
                raise ValueError(f"the jobs of {name} saw different data: {fact} is {values}")
        experiments[name] = {
            "model": e.model,
            "width": e.width,
            "dataset": e.dataset,
            "dataset_description": own[0]["dataset_description"],
            "dataset_sha256": own[0]["dataset_sha256"],
            "train_images": own[0]["train_images"],
            "test_images": own[0]["test_images"],
            "probe_images": e.probe.images,
            "probe_split": e.probe.split,
            "epochs": e.recipe.epochs,
            "batch_size": e.recipe.batch_size,
            "optimiser": str(e.recipe.optimiser),
            "schedule": str(e.recipe.schedule),
            "augmentation": str(e.recipe.augmentation),
            "iterations": e.pruning.iterations,
            "fraction": e.pruning.fraction,
            "permutations": e.permutations,
            "train_seeds": list(e.train_seeds),
            "prune_seeds": list(e.prune_seeds),
            "dtype": e.precision,
            "hyperparameters": study.profile.hyperparameters(name),
        }
    kept = ("experiment", "train_seed", "prune_seed", "seconds", "device", "revision", "versions")
    return {
        "profile": study.profile.name,
        "description": study.profile.description,
        "scaled_down": study.profile.scaled_down,
        "experiments": experiments,
        "jobs": [{key: job[key] for key in kept} for job in jobs],
    }


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m lib.study.collect", description=__doc__)
    parser.add_argument("profile")
    parser.add_argument("folder", nargs="?", help="of the study; _build/PROFILE by default")
    given = parser.parse_args(arguments)
    try:
        collect(Study(given.profile, given.folder))
    except (ValueError, FileNotFoundError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Merge the jobs' tables into one results folder.

Usage: python -m lib.study.collect PROFILE [FOLDER] [--experiments NAME ...]
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import asdict

import pandas as pd

from .files import save_json, save_table
from .references import DIFFERENCES
from .study import Job, Study
from .tables import DENSITY, PERFORMANCE, SIMILARITY, tidy
from .variants import CONTROLS, OTHERS, VARIANTS


def collect(study: Study) -> None:
    """Write the tables of a whole study, and `provenance.json`.

    `similarity.parquet`, `performance.parquet` and `density.parquet` are those of `tables.py`.

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
    runs = [job for job in jobs if job.is_run]
    pruned = [job for job in runs if study.experiment(job.experiment).against == "pruned"]
    keys = ["experiment", "train_seed", "prune_seed", "iteration"]
    numbers = [*_complete(study), *_read(study, runs, "performance")]
    tables = {
        "similarity": (_read(study, runs, "similarity"), SIMILARITY, "depth metric reshape"),
        "performance": (numbers, PERFORMANCE, ""),
        "density": (_read(study, pruned, "density"), DENSITY, "parameter"),
    }
    for name, (parts, columns, more) in tables.items():
        table = pd.concat([part for part in parts if len(part)] or [tidy([], columns)])
        by = [*keys, *more.split()]
        table = table.sort_values(by, ignore_index=True, na_position="first")
        save_table(study.results / f"{name}.parquet", table[list(columns)])
    save_json(study.results / "provenance.json", provenance)


def _read(study: Study, jobs: list[Job], name: str) -> list[pd.DataFrame]:
    return [pd.read_parquet(study.job_folder(job) / f"{name}.parquet") for job in jobs]


def _complete(study: Study) -> Iterator[pd.DataFrame]:
    """The rows of the complete networks, once for each experiment that shares them."""
    for name, experiment in study.experiments.items():
        for train_seed in experiment.train_seeds:
            folder = study.job_folder(study.complete(Job(name, train_seed)))
            yield pd.read_parquet(folder / "performance.parquet").assign(experiment=name)


def _provenance(study: Study) -> dict:
    jobs = list(study.jobs())
    said = {job: study.read_provenance(job) for job in jobs}
    experiments = {}
    for name, e in study.experiments.items():
        mine = [job for job in jobs if job.experiment == name]
        mine += [study.complete(Job(name, train_seed)) for train_seed in e.train_seeds]
        own = [said[job] for job in mine]
        for fact in ("dataset_sha256", "train_images", "test_images"):
            values = {job[fact] for job in own}
            if len(values) > 1:
                raise ValueError(f"the jobs of {name} saw different data: {fact} is {values}")
        variant = VARIANTS.get(name)
        experiments[name] = {
            "base": variant.base if variant else name,
            "about": variant.about if variant else "as in the paper",
            "against": e.against,
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
    seeds = ("experiment", "train_seed", "prune_seed")
    kept = (*seeds, "seconds", "memory", "gpu_memory", "device", "revision", "versions")
    return {
        "profile": study.profile.name,
        "description": study.profile.description,
        "scaled_down": study.profile.scaled_down,
        "experiments": experiments,
        "references": [asdict(difference) for difference in DIFFERENCES],
        "variants": [
            {"name": name, "about": about, "control": name in CONTROLS}
            for name, (about, _) in (CONTROLS | OTHERS).items()
        ],
        "jobs": [{k: said[job][k] for k in kept if k in said[job]} for job in jobs],
    }


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m lib.study.collect", description=__doc__)
    parser.add_argument("profile")
    parser.add_argument("folder", nargs="?", help="of the study; _build/PROFILE by default")
    parser.add_argument("--experiments", nargs="+", help="names; those of the profile by default")
    given = parser.parse_args(arguments)
    try:
        collect(Study(given.profile, given.folder, given.experiments))
    except (ValueError, FileNotFoundError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

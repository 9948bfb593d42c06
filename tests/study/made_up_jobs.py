"""Jobs that only seem to be done: made-up tables in the folders of a study."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import numpy as np

from lib.declared import CATALOGUE
from lib.integrity import digest, load_parts, save_json
from lib.study.experiment import with_values
from lib.study.study import Job, Study
from lib.study.task import save_table
from lib.table_schemas import DENSITY, PERFORMANCE, SIMILARITY, TableSchema

from ..loaded import joined

LAYERS = ("conv1_1", "pool1", "out")
WITHOUT_NETWORKS = sha256(b"[]").hexdigest()
TYPES = {"str": "", "int64": 0, "Int64": None, "float64": np.nan, "bool": False}


def pretend(job: Job, **changes: object) -> None:
    """Write what a job would write, with numbers that depend on the job.

    Args:
        job: the job that is to seem done.
        changes: changes to the provenance.
    """
    folder = job.folder
    folder.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng([job.train_seed, 99 if job.run_seed is None else job.run_seed])
    files = {}
    for table, rows in _tables(job, random):
        rows = table.tidy(_blank(table.columns) | row for row in rows)
        path = save_table(folder / f"{table.name}.parquet", rows)
        files[path.name] = digest(path)
    provenance = {
        **job.facts,
        "dataset_description": "made up",
        "dataset_sha256": "0" * 64,
        "train_images": 96,
        "test_images": 500,
        "seconds": 1.5,
        "memory": 512,
        "device": "cpu",
        "files": files,
        "needs": {str(other): WITHOUT_NETWORKS for other in job.needs},
    }
    save_json(job.marker, provenance | changes)


def _blank(columns: dict[str, str]) -> dict:
    return {name: TYPES[kind] for name, kind in columns.items()}


def _tables(job: Job, random: np.random.Generator) -> list[tuple[TableSchema, list]]:
    key = {"experiment": job.experiment, "train_seed": job.train_seed}
    if job.run_seed is None:
        row = key | {"prune_seed": None, "remaining": 1.0, "accuracy": random.random()}
        return [(PERFORMANCE, [row])]
    run = key | {"prune_seed": job.prune_seed, "other_seed": job.other_seed}
    if job.analysis:
        [table] = (table for table in CATALOGUE.analysis_tables if table.name == job.analysis)
        row = run | {"other_seed": job.run_seed} | dict.fromkeys(table.measured, random.random())
        return [(table, [{name: row[name] for name in table.columns if name in row}])]
    experiment = job.declared_experiment
    pruned = experiment.against == "pruned"
    times = range(1, experiment.pruning.iterations + 1) if pruned else [0]
    layers = [
        {"layer": layer, "depth": depth, "kind": "out" if layer == "out" else "conv"}
        | {"metric": metric, "reshape": reshape}
        for depth, layer in enumerate(LAYERS)
        for metric, reshape in (("svcca", "channels"), ("pwcca", "channels"), ("cka", "flat"))
    ]
    similarity = [
        run
        | {"iteration": time, "remaining": 0.8**time, "value": random.random(), "rank_y": 5}
        | {"null_mean": random.random() / 1000, "id_x": 100 * random.random()}
        | layer
        for time in times
        for layer in layers
    ]
    if not pruned:
        return [(SIMILARITY, similarity), (PERFORMANCE, [])]
    accuracies = [run | {"iteration": time, "accuracy": random.random()} for time in times]
    densities = [run | {"iteration": time, "parameter": "conv1_1.weight"} for time in times]
    return [(SIMILARITY, similarity), (PERFORMANCE, accuracies), (DENSITY, densities)]


def with_seeds(study: Study, **seeds: tuple[int, ...]) -> Study:
    """The study with other `train_seeds` and `prune_seeds` of all its experiments."""
    for name in study.experiments:
        study.experiments[name] = with_values(study.experiment(name), seeds)
    return study


def provenance(folder: Path) -> dict:
    """That of a folder of results."""
    return joined(load_parts(folder))

"""How a study of very many jobs behaves: how long all that takes that is not the jobs themselves.

    python -m benchmarks.many_jobs [--jobs 100 1000 10000] [--phases ...] [--out TABLE.csv]

A study of so many jobs is made up, and so are the tables that they would leave, a few
rows each. Each phase then runs in a fresh process, which has only imported the study.
Measured are processor time, which does not depend on how busy the machine is, time on
the clock, and the most memory that the process had beyond what it began with. The
`ratio` compares the processor time with that for a tenth of the jobs: it is 10 where
time grows in proportion to their number.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from lib.catalogue import PROFILES, declared_study
from lib.commands import collect, plan
from lib.integrity import digest, save_json
from lib.study.declarations import ProfileOverride
from lib.study.job import Job
from lib.study.memory import peak
from lib.study.study import Study
from lib.table_schemas import DENSITY, PERFORMANCE, SIMILARITY

from .table import apart

EXPERIMENTS = ("vgg16_bn", "vgg_svhn", "resnet_fast")
VARIANTS = ("trained_as_long", "random_masks", "one_shot", "weight_rewind")
TRAIN_SEEDS = 5
ITERATIONS = 20
TIME = "processor seconds"
LAYERS = ("conv1_1", "pool1", "out")


def declare(jobs: int) -> str:
    """Register a profile with about so many jobs, and return its name."""
    base = PROFILES["paper"]
    experiments = len(EXPERIMENTS) * (1 + len(VARIANTS))
    prune_seeds = max(round(jobs / experiments / TRAIN_SEEDS), 1)
    seeds = {
        "train_seeds": ProfileOverride(tuple(range(TRAIN_SEEDS)), "many"),
        "prune_seeds": ProfileOverride(tuple(range(prune_seeds)), "many"),
    }
    name = f"many_{jobs}"
    PROFILES[name] = replace(
        base,
        name=name,
        changes=dict.fromkeys(EXPERIMENTS, seeds),
        variants=tuple(f"{e}_{v}" for e in EXPERIMENTS for v in VARIANTS),
    )
    return name


def make_up(study: Study, share: float = 1.0) -> None:
    """Write what the first jobs of a study would leave, a few rows each."""
    jobs = list(study.jobs())
    templates: dict[str, dict[str, pa.Table]] = {}
    for job in jobs[: round(share * len(jobs))]:
        folder = study.job_folder(job)
        folder.mkdir(parents=True)
        for name, table in templates.setdefault(job.kind, _tables(job)).items():
            for seed in ("train_seed", "prune_seed", "other_seed"):
                at = table.schema.get_field_index(seed)
                values = pa.array([getattr(job, seed)] * len(table), table.schema.field(at).type)
                table = table.set_column(at, table.schema.field(at), values)
            pq.write_table(table, folder / f"{name}.parquet")
        files = {path.name: digest(path) for path in folder.glob("*.parquet")}
        needs = {str(needed): study.networks_digest(needed) for needed in study.needs(job)}
        save_json(study.marker(job), _provenance(study, job) | {"files": files, "needs": needs})


def _tables(job: Job) -> dict[str, pa.Table]:
    blank = {"str": "", "int64": 0, "Int64": None, "float64": 0.5}
    if job.is_run:
        rows = [
            {"iteration": i, "layer": layer, "depth": depth, "metric": metric, "reshape": "flat"}
            for i in range(1, ITERATIONS + 1)
            for depth, layer in enumerate(LAYERS)
            for metric in ("svcca", "cka", "nbs")
        ]
        times = [{"iteration": i} for i in range(1, ITERATIONS + 1)]
        tables = [(SIMILARITY, rows), (PERFORMANCE, times), (DENSITY, times)]
    else:
        tables = [(PERFORMANCE, [{}])]
    return {
        table.name: pa.Table.from_pandas(
            table.tidy({c: blank[t] for c, t in table.columns.items()} | row for row in rows),
            preserve_index=False,
        )
        for table, rows in tables
    }


def _provenance(study: Study, job: Job) -> dict:
    experiment = study.experiment(job.experiment)
    return {
        **{"experiment": job.experiment, "train_seed": job.train_seed},
        **{"prune_seed": job.prune_seed, "other_seed": job.other_seed, "analysis": job.analysis},
        **{"seconds": 900.0, "memory": 2500, "device": "x86_64 CPU, 1 threads"},
        **{"dataset_description": "made up", "dataset_sha256": experiment.dataset},
        **{"train_images": 50_000, "test_images": 10_000, "revision": "0" * 40},
    }


def list_jobs(study: Study) -> None:
    """Ask for all jobs, what each needs, and its folder."""
    for job in study.jobs():
        study.needs(job)
        study.job_folder(job)


def tell(study: Study) -> None:
    plan.text(study, gpu=False)


def merge(study: Study) -> None:
    collect.collect(study, partial=True)


def dry_run(study: Study) -> None:
    """Snakemake's graph of all jobs that are not done, by `snakemake --dry-run study`."""
    from snakemake.cli import main as snakemake  # half a second that only this phase needs

    config = [f"profile={study.profile.name}", f"folder={study.folder}"]
    sys.argv = ["snakemake"]
    try:
        snakemake(["study", "--dry-run", "--quiet", "all", "--cores", "1", "--config", *config])
    except SystemExit as end:
        if end.code:
            raise RuntimeError(f"snakemake ended with {end.code}") from None


PHASES: dict[str, tuple[str, Callable[[Study], object], float]] = {
    "jobs": ("list all jobs, their folders, what they need", list_jobs, 1.0),
    "plan": ("the table of `make plan`", tell, 0.0),
    "collect": ("merge the tables of all jobs", merge, 0.5),
    "dry run": ("Snakemake's graph, as a dry run", dry_run, 0.0),
}
"""name -> what it does, how, and the share of the jobs that is done then."""


def measure(phase: str, jobs: int, folder: Path) -> dict:
    """One phase in this process."""
    study, before = declared_study(declare(jobs), folder), peak()
    clock, processor = time.monotonic(), time.process_time()
    with open(os.devnull, "w") as nowhere, redirect_stdout(nowhere), redirect_stderr(nowhere):
        PHASES[phase][1](study)
    return {
        "processor seconds": time.process_time() - processor,
        "seconds": time.monotonic() - clock,
        "MiB": peak() - before,
    }


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.many_jobs", description=__doc__)
    parser.add_argument("--jobs", type=int, nargs="+", default=[100, 1000, 10_000])
    parser.add_argument("--phases", nargs="+", default=list(PHASES), choices=PHASES)
    parser.add_argument("--out", help="write the table as CSV")
    given = parser.parse_args(arguments)
    rows: list[dict] = []
    for jobs in sorted(given.jobs):
        made: dict[float, Path] = {}
        with tempfile.TemporaryDirectory() as scratch:
            for phase in given.phases:
                share = PHASES[phase][2]
                if phase == "jobs":
                    share = 0.0  # it looks at no folder
                if share not in made:
                    made[share] = Path(scratch, str(share))
                    make_up(declared_study(declare(jobs), made[share]), share)
                study = declared_study(declare(jobs), made[share])
                number_of_jobs = sum(1 for _ in study.jobs())
                row = {
                    "phase": phase,
                    "jobs": number_of_jobs,
                    "done": round(share * number_of_jobs),
                }
                row |= apart(measure, phase, jobs, made[share])
                before = [r for r in rows if r["phase"] == phase]
                if before:
                    tenfold = number_of_jobs / before[-1]["jobs"] / 10
                    row["ratio"] = row[TIME] / before[-1][TIME] / tenfold
                rows.append(row)
                print(pd.DataFrame(rows[-1:]).to_string(index=False), flush=True)
    if given.out:
        pd.DataFrame(rows).to_csv(given.out, index=False, float_format="%.4g")
    return 0


if __name__ == "__main__":
    sys.exit(main())

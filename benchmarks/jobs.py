"""What jobs really took, and what a unit of their counted work therefore costs.

    python -m benchmarks.jobs measure STUDY_FOLDER PROFILE [...] --out benchmarks/jobs.csv
    python -m benchmarks.jobs fit --out benchmarks/unit_costs.csv

`measure` reads the folders of finished jobs and adds a row for each to the table. `fit` looks for
the seconds of each unit of `lib.study.work` at which the estimates come closest to the table, in
logarithms, so that a job of seconds counts as much as one of hours; a job that slept for an hour
because its machine did moves nothing. `lib.study.costs` reads what it writes.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.optimize import least_squares, nnls

from lib import ROOT
from lib.study import Job, Study
from lib.study.companions import CHAPTERS
from lib.study.costs import CPU, device_kind, job_work, trained_work
from lib.study.paper import PAPER
from lib.study.room import MEMORY_UNITS, memory_parts
from lib.study.work import QUANTITIES, training, whole

JOBS = ROOT / "benchmarks" / "jobs.csv"
RATE = "bfloat16 images/s"
KEY = ["profile", "experiment", "train_seed", "prune_seed", "analysis", "device"]


def measured(folder: Path, profile: str) -> Iterator[dict]:
    """A row for each finished job of a study's folder, of the main study and of all chapters."""
    seen = set()
    for chapter in ("", *CHAPTERS):
        study = Study(profile, folder, chapter=chapter)
        for job in study.jobs():
            if job in seen or not study.is_done(job):
                continue
            seen.add(job)
            said, where = study.read_provenance(job), study.job_folder(job)
            kept = [*where.glob("networks/*.pt"), *where.glob("*.pt")]
            yield {
                "profile": profile,
                "experiment": job.experiment,
                "train_seed": job.train_seed,
                "prune_seed": job.prune_seed,
                "analysis": job.analysis,
                "device": said["device"],
                "train_images": said["train_images"],
                "test_images": said["test_images"],
                "seconds": said["seconds"],
                "training_seconds": round(_training_seconds(where), 1),
                "memory": said.get("memory"),
                "gpu_memory": said.get("gpu_memory"),
                "networks": len(list(where.glob("networks/*.pt"))),
                "kept_bytes": sum(file.stat().st_size for file in kept),
                "table_bytes": sum(file.stat().st_size for file in where.glob("*.parquet")),
            }


def _training_seconds(where: Path) -> float:
    """What a job's own networks took to train, tests after each epoch included."""
    table = where / "performance.parquet"
    return float(pd.read_parquet(table).seconds.sum()) if table.exists() else 0.0


def load(path: Path = JOBS) -> pd.DataFrame:
    """The table of measured jobs."""
    table = pd.read_csv(path, keep_default_na=False, na_values={"prune_seed": [""]})
    table = table.replace({"memory": "", "gpu_memory": ""}, np.nan)
    numbers = ("memory", "gpu_memory")
    return table.astype({"prune_seed": "Int64", **dict.fromkeys(numbers, float)})


def jobs_of(table: pd.DataFrame) -> Iterator[tuple[Study, Job, tuple[int, int]]]:
    """Study, job and images of each row."""
    studies: dict[str, Study] = {}
    for row in table.itertuples():
        study = studies.setdefault(row.profile, Study(row.profile))
        prune_seed = None if pd.isna(row.prune_seed) else int(row.prune_seed)
        job = Job(row.experiment, int(row.train_seed), prune_seed, row.analysis)
        there = whole(study.experiment(row.experiment), row.train_images, row.test_images)
        yield study, job, there


def observations(table: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Counted work and seconds: of all that trains, and of all the rest of each job.

    Apart, since nothing else would tell what a training takes from what a comparison takes.

    Returns:
        (rows, units) and (rows,).
    """
    works, seconds = [], []
    given = zip(jobs_of(table), table.seconds, table.training_seconds, strict=True)
    for (study, job, there), seconds_in_all, trained in given:
        work, part = job_work(study, job, there), trained_work(study, job, there)
        if trained > 0:
            works += [part, work + part * -1]
            seconds += [trained, max(seconds_in_all - trained, 0.1)]
        else:
            works.append(work)
            seconds.append(seconds_in_all)
    return np.array([[getattr(work, q) for q in QUANTITIES] for work in works]), np.array(seconds)


def timed_trainings() -> tuple[np.ndarray, np.ndarray]:
    """An epoch of each training in `benchmarks/training.csv`, as core-seconds; wide ones too."""
    works, seconds = [], []
    table = pd.read_csv(JOBS.with_name("training.csv")).rename(columns={RATE: "rate"})
    for row in table[table.device == "cpu"].itertuples():
        experiment = replace(PAPER[row.network], width=float(row.width))
        works.append(training(experiment, 1, (50_000, 0)))
        seconds.append(row.threads * 50_000 / row.rate)
    return np.array([[getattr(work, q) for q in QUANTITIES] for work in works]), np.array(seconds)


def fitted(counts: np.ndarray, measured: np.ndarray) -> np.ndarray:
    """Costs of units, none below 0, whose sums come closest to what was measured.

    Jobs of the same work count as one, however many seeds there are.

    Args:
        counts: (rows, units).
        measured: (rows,), above 0.
    """
    counts, same = np.unique(counts, axis=0, return_inverse=True)
    measured = np.array([np.median(measured[same == row]) for row in range(len(counts))])
    scale = counts.max(0)
    used = scale > 0
    counts = counts[:, used] / scale[used]
    # relative misses first: they have one optimum, from which logarithms find theirs
    start, _ = nnls(counts / measured[:, None], np.ones(len(measured)))

    def misses(roots: np.ndarray) -> np.ndarray:
        return np.log((counts @ roots**2 + 1e-9) / measured)

    found = least_squares(misses, np.sqrt(start), loss="soft_l1", f_scale=0.1, max_nfev=5000)
    costs = np.zeros(len(scale))
    costs[used] = found.x**2 / scale[used]
    return costs


def fit(table: pd.DataFrame) -> pd.DataFrame:
    """A row for each kind of device and unit: seconds, or MiB, of one, and from how many jobs."""
    rows = []
    for device, mine in table.groupby(table.device.map(device_kind)):
        counts, seconds = observations(mine)
        jobs = (counts > 0).sum(0)
        if device == CPU:
            more, took = timed_trainings()
            counts, seconds = np.vstack([counts, more]), np.concatenate([seconds, took])
        for name, cost, number in zip(QUANTITIES, fitted(counts, seconds), jobs, strict=True):
            rows.append({"device": device, "unit": name, "cost": cost, "jobs": number})
        parts = np.array([[*memory_parts(study, job).values()] for study, job, _ in jobs_of(mine)])
        for column in ("memory", "gpu_memory"):
            there = mine[column].notna().to_numpy()
            if not there.any():
                continue
            costs = fitted(parts[there], mine[column][there].to_numpy(float))
            for name, cost in zip(MEMORY_UNITS, costs, strict=True):
                unit = f"{column} {name}"
                rows.append({"device": device, "unit": unit, "cost": cost, "jobs": there.sum()})
    return pd.DataFrame(rows)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.jobs", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    measure = commands.add_parser("measure")
    measure.add_argument("given", nargs="+", metavar="STUDY_FOLDER PROFILE")
    measure.add_argument("--out", type=Path, default=JOBS)
    fitting = commands.add_parser("fit")
    fitting.add_argument("--jobs", type=Path, default=JOBS)
    fitting.add_argument("--out", type=Path, help="write the table as CSV")
    given = parser.parse_args(arguments)
    if given.command == "measure":
        if len(given.given) % 2:
            parser.error("give a folder and the profile of its study, as often as you like")
        pairs = zip(given.given[::2], given.given[1::2], strict=True)
        rows = [row for folder, profile in pairs for row in measured(Path(folder), profile)]
        table = pd.DataFrame(rows)
        table["prune_seed"] = table["prune_seed"].astype("Int64")
        if given.out.exists():
            table = pd.concat([load(given.out), table]).drop_duplicates(KEY, keep="last")
        table.to_csv(given.out, index=False)
        print(f"{len(table)} jobs in {given.out}")
        return 0
    units = fit(load(given.jobs))
    print(units.to_string(index=False))
    if given.out:
        units.to_csv(given.out, index=False, float_format="%.4g")
    return 0


if __name__ == "__main__":
    sys.exit(main())

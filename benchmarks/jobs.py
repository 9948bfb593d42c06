"""What jobs really took, and what a unit of their counted work therefore costs.

    python -m benchmarks.jobs measure STUDY_FOLDER PROFILE [...] --out benchmarks/jobs.csv
    python -m benchmarks.jobs fit --out lib/study/costs.csv

`measure` reads the folders of finished jobs and adds a row for each to the table, with the work
that `lib.study.work` counts. `fit` finds the seconds for each unit at which the estimates come
closest to the table. It compares logarithms, so that a job of seconds counts as much as one of
hours, and is robust to jobs whose machine went to sleep. `lib.study.costs` reads what it writes.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.optimize import least_squares, nnls

from lib import ROOT
from lib.study import Study, changed
from lib.study.chapters import CHAPTERS
from lib.study.costs import CPU, device_kind, load_costs, resources
from lib.study.paper import PAPER
from lib.study.work import UNITS, memory_held, training_work, work

JOBS = ROOT / "benchmarks" / "jobs.csv"
RATE = "bfloat16 images/s"
KEY = ["profile", "experiment", "train_seed", "prune_seed", "analysis", "device"]
TRAINING = {f"training {unit}": unit for unit in ("flop", "values", "steps")}
PARTS = ("process", "recorded", "batch")


def measured(folder: Path, profile: str) -> Iterator[dict]:
    """A row for each finished job of a study's folder, of the main study and of all chapters."""
    seen = set()
    for chapter in ("", *CHAPTERS):
        study = Study(profile, folder, chapter=chapter)
        for job in study.jobs():
            if job in seen or not study.is_done(job):
                continue
            seen.add(job)
            provenance = study.read_provenance(job)
            table = study.job_folder(job) / "performance.parquet"
            spent = pd.read_parquet(table).seconds.sum() if table.exists() else 0.0
            experiment = study.experiment(job.experiment)
            images = provenance["train_images"], provenance["test_images"]
            analysis = study.analysis(job) if job.analysis else None
            training = training_work(experiment, job.kind, images)
            yield {
                "profile": profile,
                "experiment": job.experiment,
                "train_seed": job.train_seed,
                "prune_seed": job.prune_seed,
                "analysis": job.analysis,
                "device": provenance["device"],
                "seconds": provenance["seconds"],
                "training_seconds": round(float(spent), 1),
                "memory": provenance.get("memory"),
                "gpu_memory": provenance.get("gpu_memory"),
                **dict.fromkeys(UNITS, 0),
                **work(experiment, job.kind, analysis, images),
                **{column: training[unit] for column, unit in TRAINING.items()},
                **memory_held(experiment, job.kind, analysis),
            }


def load(path: Path = JOBS) -> pd.DataFrame:
    """The table of measured jobs; `kind` is that of the device."""
    table = pd.read_csv(path, dtype={"prune_seed": "Int64", "analysis": str}).fillna(
        {"analysis": ""}
    )
    return table.assign(kind=table.device.map(device_kind))


def estimated(table: pd.DataFrame) -> pd.DataFrame:
    """The table with the `estimate` in seconds, and whether a scheduler would grant `enough`."""
    costs = pd.DataFrame(load_costs())[table.kind].T.to_numpy()
    known = pd.DataFrame(costs, table.index, [*load_costs()[CPU]])
    seconds = (known[[*UNITS]] * table[[*UNITS]]).sum(axis=1)
    memory = sum(known[f"memory {part}"] * table[part] for part in PARTS)
    requests = [resources(*one) for one in zip(seconds, memory, strict=True)]
    enough = [
        took < 60 * asked["runtime"] and not held * 2**20 / 1e6 > asked["mem_mb"]
        for took, held, asked in zip(table.seconds, table.memory, requests, strict=True)
    ]
    return table.assign(estimate=seconds, enough=enough)


def observations(table: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Counted work and seconds: of the training in each job, and of the rest of each job.

    They are kept apart, or the cost of training could not be told from that of comparing.

    Returns:
        (rows, units) and (rows,).
    """
    trains = table.training_seconds > 0
    part = table.loc[trains, ["trainings", *TRAINING]].rename(columns=TRAINING)
    part = part.reindex(columns=[*UNITS], fill_value=0)
    rest = table[[*UNITS]].sub(part, fill_value=0)
    left = (table.seconds - table.training_seconds).where(trains, table.seconds)
    seconds = [table.training_seconds[trains], left.clip(lower=0.1)]
    return np.vstack([part, rest]), np.concatenate(seconds)


def timed_trainings() -> tuple[np.ndarray, np.ndarray]:
    """Counted work and core-seconds of an epoch for each row of `benchmarks/training.csv`."""
    works, seconds = [], []
    table = pd.read_csv(JOBS.with_name("training.csv")).rename(columns={RATE: "rate"})
    for row in table[table.device == "cpu"].itertuples():
        experiment = changed(PAPER[row.network], "width", float(row.width))
        counted = training_work(changed(experiment, "recipe.epochs", 1), "complete", (50_000, 0))
        works.append([counted[unit] for unit in UNITS])
        seconds.append(row.threads * 50_000 / row.rate)
    return np.array(works), np.array(seconds)


def fitted(counts: np.ndarray, measured: np.ndarray) -> np.ndarray:
    """Costs of units, none below 0, whose sums come closest to what was measured.

    Jobs with the same counts are one observation, their median, however many seeds there are.

    Args:
        counts: (rows, units).
        measured: (rows,), above 0.
    """
    counts, same = np.unique(counts, axis=0, return_inverse=True)
    measured = np.array([np.median(measured[same == row]) for row in range(len(counts))])
    scale = counts.max(0)
    used = scale > 0
    counts = counts[:, used] / scale[used]
    # relative errors first: they have one optimum, a good start for the fit of logarithms
    start, _ = nnls(counts / measured[:, None], np.ones(len(measured)))

    def errors(roots: np.ndarray) -> np.ndarray:
        return np.log((counts @ roots**2 + 1e-9) / measured)

    found = least_squares(errors, np.sqrt(start), loss="soft_l1", f_scale=0.1, max_nfev=5000)
    costs = np.full(len(scale), np.nan)
    costs[used] = found.x**2 / scale[used]
    return costs


def fit(table: pd.DataFrame) -> pd.DataFrame:
    """Seconds, or MiB, of each unit, a column for each kind of device.

    A unit that no job on a GPU used gets its cost on a core. On a core, GPU memory is 0.
    """
    columns = {}
    for device, mine in table.groupby("kind"):
        counts, seconds = observations(mine)
        if device == CPU:
            more, took = timed_trainings()
            counts, seconds = np.vstack([counts, more]), np.concatenate([seconds, took])
        costs = dict(zip(UNITS, fitted(counts, seconds), strict=True))
        for column in ("memory", "gpu_memory"):
            there = mine[mine[column].notna()]
            found = (
                fitted(there[[*PARTS]].to_numpy(), there[column].to_numpy()) if len(there) else 0
            )
            names = [f"{column} {part}" for part in PARTS]
            costs |= dict(zip(names, np.broadcast_to(found, len(names)), strict=True))
        columns[device] = costs
    units = pd.DataFrame(columns).rename_axis("unit")
    return units.apply(lambda column: column.fillna(units[CPU]))


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
            parser.error("give pairs of a study's folder and its profile")
        pairs = zip(given.given[::2], given.given[1::2], strict=True)
        rows = [row for folder, profile in pairs for row in measured(Path(folder), profile)]
        table = pd.DataFrame(rows).astype({"prune_seed": "Int64"})
        if given.out.exists():
            known = load(given.out).drop(columns="kind")
            table = pd.concat([known, table]).drop_duplicates(KEY, keep="last")
        table.to_csv(given.out, index=False, float_format="%.6g")
        print(f"{len(table)} jobs in {given.out}")
        return 0
    units = fit(load(given.jobs))
    print(units.to_string())
    if given.out:
        units.to_csv(given.out, float_format="%.4g")
    return 0


if __name__ == "__main__":
    sys.exit(main())

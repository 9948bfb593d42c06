"""Repeat a published run from its seeds, and compare its table with the published one.

Usage: python -m lib.commands.verify RESULTS --experiment vgg_svhn --train-seed 0 \\
           --prune-seed 0 [--iteration 1]

The original is trained, pruned and compared in `_build/verify`; after a stop, the same
command resumes. With an iteration, the run ends there, and its rows alone are compared.
"""

import argparse
import math
from dataclasses import replace
from pathlib import Path

import pandas as pd
from scipy import special

from ..declared import declared_study
from ..did_you_mean import check, lookup
from ..integrity import load_sealed, study_folders
from ..interruption import run_command_line
from ..repository import ROOT
from ..study.experiment import Experiment, with_values
from ..study.prepared_experiment import PreparedExperiment
from ..study.study import Job
from ..study.work import run_job
from ..table_schemas import RUN, SIMILARITY
from ..training import DivergedError

ROUNDING = 2e-6
"""Published similarities have six digits; another processor rounds float64 differently."""

FALSE_ALARMS = 0.01
"""Share of cases in which an equal network of another processor counts as different."""

MOST_OUTSIDE = 0.1
"""The share of rows that may be further apart than that: rows of one run depend on each other."""

FOLDER = ROOT / "_build" / "verify"
KEY = ["iteration", *(name for name in SIMILARITY.key if name not in RUN)]


def recompute(
    results: Path, job: Job, data: str | Path, device: str, iteration: int | None, folder: Path
) -> pd.DataFrame:
    """Repeat a published pruning run in a folder, as far as an iteration, or to its end.

    Args:
        data, device: as for `run_job`, as are the errors.

    Returns:
        Index `KEY`; columns `published` and `recomputed`, similarities, and by how much
        the two may differ, `allowed`.
    """
    check("chapter", results.name, [study.name for study in study_folders(results.parent)])
    part = lookup("experiment", job.experiment, load_sealed(results))
    rows = pd.read_parquet(results / job.experiment / f"{SIMILARITY.name}.parquet")
    if iteration is not None:
        check("iteration", str(iteration), [*map(str, rows.iteration.unique())])
        rows = rows[rows.iteration == iteration]
    allowed = rows.groupby(KEY).value.agg(tolerance).rename("allowed")
    rows = rows[(rows.train_seed == job.train_seed) & (rows.prune_seed == job.prune_seed)]
    if rows.empty:
        raise ValueError(f"{results} has no run ({job})")
    published = rows.set_index(KEY).value.to_frame("published").join(allowed)

    study = declared_study(part["profile"], folder / part["profile"], [job.experiment])
    declared = study.experiment(job.experiment)
    expected = part["experiments"][job.experiment]["dataset_sha256"]
    found = PreparedExperiment.load(declared, data, device).checksum
    if found != expected:
        raise ValueError(
            f"the published numbers come from other data: SHA-256 {expected[:12]}..., but the data "
            f"here have {found[:12]}..."
        )
    # before any job is asked for: it keeps what it takes from the study
    for name, experiment in study.experiments.items() if iteration else ():
        # with levels, the run may need the mask of any iteration of its base
        if experiment == declared or not declared.pruning.levels:
            study.experiments[name] = shortened(experiment, iteration)
    again = replace(job, study=study)
    for each in (*again.needs, again):
        run_job(each, data, device)
    return published.assign(recomputed=again.table(SIMILARITY.name).set_index(KEY).value)


def tolerance(runs: pd.Series) -> float:
    """The largest difference of another run from one of these, exceeded in `FALSE_ALARMS` of cases.

    Student's prediction interval, of the difference of two runs.
    """
    if len(runs) < 2:
        return ROUNDING  # a single run has no spread
    factor = special.stdtrit(len(runs) - 1, 1 - FALSE_ALARMS / 2)
    return max(factor * math.sqrt(2) * runs.std(), ROUNDING)


def shortened(experiment: Experiment, iteration: int) -> Experiment:
    """The experiment without the iterations after this one, if they are not needed."""
    pruning = experiment.pruning
    # where all re-trainings but the last are short, it must not become the last
    last = min(iteration + (pruning.short is not None), pruning.iterations)
    if pruning.levels:
        return with_values(experiment, {"pruning.levels": pruning.levels[:last]})
    return with_values(experiment, {"pruning.iterations": last})


def verdict(rows: pd.DataFrame) -> tuple[pd.DataFrame, bool]:
    """A summary of the rows of `recompute` by metric, and whether they agree."""
    apart = (rows.published - rows.recomputed).abs()
    apart = apart.mask(rows.published.isna() & rows.recomputed.isna(), 0).fillna(math.inf)
    verdicts = pd.DataFrame(
        {"same": apart <= ROUNDING, "apart": apart, "far": apart > rows.allowed}
    )
    table = verdicts.groupby("metric").agg(
        rows=("apart", "size"),
        same_to_six_digits=("same", "sum"),
        further_apart_than_runs=("far", "sum"),
        largest_difference=("apart", "max"),
    )
    return table, verdicts.far.mean() <= MOST_OUTSIDE


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser("python -m lib.commands.verify", description=__doc__)
    parser.add_argument("results", type=Path)
    parser.add_argument("--experiment", required=True)
    for name in ("train-seed", "prune-seed"):
        parser.add_argument(f"--{name}", type=int, required=True)
    parser.add_argument("--iteration", type=int, help="counted from 1; all by default")
    parser.add_argument("--data", default="datasets", help="the data folder")
    parser.add_argument("--device", default="auto")
    given = parser.parse_args(arguments)
    job = Job(given.experiment, given.train_seed, given.prune_seed)
    print(f"{job}, in {FOLDER}", flush=True)
    results = ROOT / given.results
    try:
        rows = recompute(results, job, given.data, given.device, given.iteration, FOLDER)
    except DivergedError as error:
        raise ValueError(error) from error
    table, agree = verdict(rows)
    print(f"{table.to_string()}\n{'they agree' if agree else 'THEY DIFFER'}")
    return 0 if agree else 1


if __name__ == "__main__":
    run_command_line(main)

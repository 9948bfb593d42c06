"""Merge the jobs' tables into one results folder, where they stay small.

Usage: python -m lib.commands.collect [--profile=NAME] [--chapter=NAME] [--experiments=NAMES] ...
"""

import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ..atomic_files import replace_folder, write_atomically
from ..declared import CATALOGUE
from ..integrity import PROVENANCE, DamagedError, seal
from ..interruption import run_command_line
from ..study.study import Job, Study, do_again
from ..study.task import read_checkpoint
from ..table_schemas import SIMILARITY, TABLES, TableSchema
from .settings import command_line, study_of

DATA = ("dataset_description", "dataset_sha256", "train_images", "test_images")
"""Facts that all jobs of an experiment share."""

OF_A_FOLDER = ("files", "needs", "fingerprint")
"""Facts of a job that say nothing outside its folder."""

BITS = 20
"""Significant binary digits of a measured number: its relative error stays below 1e-6."""


Found = tuple[dict[str, Any], dict[str, pd.DataFrame]]
"""What a job left: its provenance, and its rows by the names of their tables."""


def collect(study: Study, partial: bool = False) -> Path:
    """Write a folder for each experiment of a study: its tables and, last, `provenance.json`.

    The tables are those of `lib.table_schemas`. Each is sorted by its key columns, so that the
    result does not depend on the order in which the jobs ended.

    Args:
        partial: whether jobs may be missing; the provenance then names them. An experiment
            has tables if one of its runs has compared an iteration. They have all that
            unfinished runs have compared, and the complete networks that a run compares.

    Returns:
        The folder that was written; after an error, the earlier one is still there.

    Raises:
        FileNotFoundError: jobs are not done; or, in a partial study, nothing is compared yet.
        ValueError: the jobs of an experiment used different data.
        DamagedError: a file of a job is not as the job wrote it, or a job started from a network
            that was trained again since.
    """
    jobs = list(study.jobs())
    # nor is a job done that started from a network which is made again
    missing = [job for job in jobs if not all(each.is_done for each in (job, *job.needs))]
    left = f"{len(missing)} of {len(jobs)} jobs of {study.profile.name} are not done"
    if missing and not partial:
        raise FileNotFoundError(f"{left}: {do_again(*missing)}")
    found = {job: read(job) for job in jobs if job not in missing}
    if others := [job for job in found if found[job][0]["needs"] != job.networks_needed()]:
        raise DamagedError(
            f"{len(others)} jobs started from networks that have been trained again since. "
            f"{do_again(*others)}"
        )
    begun = [job for job in missing if job.is_run and all(each.is_done for each in job.needs)]
    found |= {job: so_far for job in begun if (so_far := compared_so_far(job))}
    if not any(job.is_run for job in found):
        raise FileNotFoundError(f"no run has compared anything yet, so there are no tables: {left}")
    results = destination(study, partial)
    part = results.with_name(f".{results.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    for name in study.experiments:
        (part / name).mkdir(parents=True)
        own = [job for job in jobs if job.experiment == name and job.kind != "complete"]
        runs = [job for job in own if job.is_run and job in found]
        # a complete network that several experiments start from is in the tables of each
        starts = [needed for run in runs for needed in run.needs if not needed.is_run]
        used = [*dict.fromkeys(starts), *runs, *(job for job in own if job.analysis)]
        parts = [found[job] for job in used if job in found]
        for table in merged_tables() if runs else ():
            rows = [tables[table.name] for _, tables in parts if table.name in tables]
            if rows or table in TABLES:
                write(part / name, table, rows)
        named = {job for job in jobs if job.experiment == name}
        named |= {needed for job in own if job.is_run for needed in job.needs}
        listed = [found[job][0] for job in jobs if job in named and job in found]
        content = {
            "profile": study.profile.name,
            "chapter": study.chapter,
            "description": study.profile.description,
            "place": [*study.declared, *study.experiments].index(name),
            "experiments": {name: settings(study, name, runs, parts)} if runs else {},
            "jobs": [
                {fact: of[fact] for fact in of if fact not in DATA + OF_A_FOLDER} for of in listed
            ],
            "missing": [str(job) for job in missing if job in named],
        }
        seal(part / name, content)
    replace_folder(results, part)
    return results


def read(job: Job) -> Found:
    """The provenance and the rows of a job that is done."""
    facts = job.provenance()
    there = [table.name for table in merged_tables() if f"{table.name}.parquet" in facts["files"]]
    return facts, {name: job.table(name) for name in there}


def compared_so_far(run: Job) -> Found | None:
    """Provenance and rows of an unfinished run, up to its last checkpoint; None without rows."""
    checkpoint = read_checkpoint(run.folder)
    about, rows = checkpoint.get("about", {}), checkpoint.get("rows", {})
    if about.get("fingerprint") != run.fingerprint or not rows.get(SIMILARITY.name):
        return None
    compared = {row["iteration"] for row in rows[SIMILARITY.name]}
    so_far = {
        table.name: table.tidy(r for r in rows.get(table.name, ()) if r["iteration"] in compared)
        for table in TABLES
    }
    seconds = round(checkpoint["seconds"], 1)
    return about | {"seconds": seconds, "unfinished": len(compared)}, so_far


def settings(study: Study, name: str, runs: list[Job], parts: list[Found]) -> dict[str, Any]:
    """An experiment as its provenance describes it, from its runs and what its jobs left."""
    for fact in DATA[1:]:
        if len(values := {facts[fact] for facts, _ in parts}) > 1:
            raise ValueError(f"the jobs of {name} used different data: {fact} is {values}")
    experiment = study.experiment(name)
    of_experiment = {
        "base": study.profile.catalogue.base(name),
        "against": experiment.against,
        "model": experiment.model,
        "width": experiment.width,
        "dataset": experiment.dataset,
        "epochs": experiment.recipe.epochs,
        "iterations": experiment.pruning.iterations,
        "probe_images": experiment.probe.images,
        "permutations": experiment.permutations,
        "train_seeds": list(experiment.train_seeds),
        "runs": [list(run.seeds) for run in runs],
        "hyperparameters": study.profile.hyperparameters(name),
    }
    return of_experiment | {fact: parts[0][0][fact] for fact in DATA}


def destination(study: Study, partial: bool = False) -> Path:
    """The folder of the merged tables; those of a partial study have a folder of their own."""
    return study.results.parent / "partial" / "results" if partial else study.results


def merged_tables() -> list[TableSchema]:
    """`TABLES`, and those of analyses, which there may be or not, by their names in the jobs."""
    return [*TABLES, *CATALOGUE.analysis_tables]


def write(folder: Path, table: TableSchema, parts: Iterable[pd.DataFrame]) -> None:
    """Join, sort, round and write the rows of a table to its file in an experiment's folder."""
    # a table without rows has types, and takes no part in which others there are
    rows = pd.concat([part for part in parts if len(part)] or [table.tidy()])
    rows = rows.assign(experiment=folder.name)
    if rows.duplicated(list(table.key)).any():
        raise ValueError(f"{table.name} has two rows with the same {', '.join(table.key)}")
    rows = rows.sort_values(list(table.key), ignore_index=True, na_position="first")
    rows = rows[list(table.columns)]
    rows = rows.assign(**{name: rounded(rows[name]) for name in table.measured})
    rows = rows.assign(**CATALOGUE.names_of(folder.name))
    # the low bytes of rounded numbers are 0, and stored side by side
    kept = [name for name in rows if name not in table.measured]
    encoding = dict.fromkeys(table.measured, "BYTE_STREAM_SPLIT") or None
    write_atomically(
        folder / f"{table.name}.parquet",
        lambda file: rows.to_parquet(
            file,
            index=False,
            compression="zstd",
            compression_level=19,
            use_dictionary=kept,
            column_encoding=encoding,
        ),
    )


def rounded(numbers: pd.Series) -> pd.Series:
    """Numbers to `BITS` significant binary digits; 0, 1 and NaN stay as they are."""
    mantissa, exponent = np.frexp(numbers)
    return np.ldexp(np.round(mantissa * 2**BITS) / 2**BITS, exponent)


def result_files(jobs: Iterable[Job]) -> Iterator[str]:
    """The files that `collect` writes for some jobs, in the results folder, provenances last."""
    jobs = list(jobs)
    for name in dict.fromkeys(job.experiment for job in jobs if job.is_run):
        analyses = {job.analysis for job in jobs if job.experiment == name}
        for table in merged_tables():
            if table in TABLES or table.name in analyses:
                yield f"{name}/{table.name}.parquet"
        yield f"{name}/{PROVENANCE}"


def main() -> int:
    collect(study_of(command_line("python -m lib.commands.collect").parse_args()))
    return 0


if __name__ == "__main__":
    run_command_line(main)

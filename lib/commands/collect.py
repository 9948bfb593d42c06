"""Merge the jobs' tables into one results folder, where they stay small.

Usage: python -m lib.commands.collect PROFILE [FOLDER] [--partial] [--chapter NAME]
           [--experiments NAME ...]
"""

import argparse
import functools
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from ..atomic_files import alone, replace_folder, write_atomically
from ..catalogue import CATALOGUE, declared_study
from ..integrity import PROVENANCE, load_sealed, seal
from ..interruption import run_command_line
from ..study.job import Job
from ..study.study import Study
from ..table_schemas import TABLES, TableSchema
from .finished_jobs import FinishedJobs, provenance_of


def destination(study: Study, partial: bool = False) -> Path:
    """The folder of the merged tables; those of a partial study have a folder of their own."""
    return study.results.parent / "partial" / "results" if partial else study.results


def collect(study: Study, partial: bool = False) -> Path:
    """Write a folder for each experiment of a study: its tables and, last, `provenance.json`.

    The tables are those of `lib.table_schemas`. Each is sorted by its key columns, so
    that the result does not depend on the order in which the jobs ended.

    Args:
        study: the study to collect.
        partial: whether jobs may be missing. Then an experiment is included if at least
            one of its runs has compared an iteration, a complete network if such a run
            compares it, and the provenance names the `missing` jobs; that of an
            experiment without a run does nothing else. It says how many iterations an
            unfinished run has compared, all of which are in the tables.

    Returns:
        The folder that was written.

    Raises:
        FileNotFoundError: jobs are not done, all of which the message lists; or, for a
            partial study, no run has compared an iteration.
        ValueError: jobs on one data set saw different data; what was there before stays.
        DamagedError: what is read again is not what was written; what was there before
            stays.
    """
    done = FinishedJobs(study, partial)
    number, of_all = len(done.missing), len(list(study.jobs()))
    left = f"{number} of {of_all} jobs of {study.profile.name} are not done"
    if number and not partial:
        raise FileNotFoundError(f"{left}: {'; '.join(map(str, done.missing))}")
    if not done.experiments:
        raise FileNotFoundError(f"no run has compared anything, so nothing can be merged: {left}")
    results = destination(study, partial)
    part = results.with_name(f".{results.name}.part")
    with alone(results.with_name(".merge.lock"), print):  # two would remove each other's
        shutil.rmtree(part, ignore_errors=True)
        for name in study.experiments:
            (part / name).mkdir(parents=True)
            for table in merged_tables() if name in done.experiments else []:
                if (rows := _rows(done, table, name)) is not None:
                    write(part / name, table, rows)
            seal(part / name, provenance_of(done, name))
        load_sealed(part)  # a disk can fail without an error
        replace_folder(results, part)
    return results


def _rows(done: FinishedJobs, table: TableSchema, name: str) -> pd.DataFrame | None:
    """All rows of an experiment, its complete networks included; None of an analysis not done."""
    runs = [job for job in done.of(name) if job.run_seed is not None]
    file, parts = f"{table.name}.parquet", []
    for job in (*done.complete(name), *runs):
        if job in done.unfinished:
            parts.append(table.tidy(done.unfinished[job].get(table.name, ())))
        elif file in (files := done.provenance[job]["files"]):
            parts.append(pd.read_parquet(done.study.kept(job, file, files)))
    if not parts and table not in TABLES:
        return None
    # a table without rows has types, and takes no part in which others there are
    rows = [part for part in parts if len(part)] or [table.tidy()]
    return pd.concat(rows).assign(experiment=name)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser("python -m lib.commands.collect", description=__doc__)
    parser.add_argument("profile")
    parser.add_argument("folder", nargs="?", help="folder of the study; _build/PROFILE by default")
    parser.add_argument("--experiments", nargs="+", help="names; all of the chapter by default")
    parser.add_argument("--chapter", default="", help="a companion paper; main study by default")
    parser.add_argument("--partial", action="store_true", help="what is done so far, apart")
    given = parser.parse_args(arguments)
    try:
        study = declared_study(given.profile, given.folder, given.experiments, given.chapter)
        collect(study, given.partial)
    except (ValueError, OSError) as error:
        print(error)
        return 1
    return 0


BITS = 20
"""Significant binary digits of a measured number: its relative error stays below 1e-6."""


def merged_tables() -> list[TableSchema]:
    """`TABLES`, and those of analyses, which there may be or not, by their names in the jobs."""
    return [*TABLES, *CATALOGUE.analysis_tables]


def write(folder: Path, table: TableSchema, rows: pd.DataFrame) -> None:
    """Sort, round and write the rows of a table to its file in an experiment's folder.

    Raises:
        ValueError: a row is there twice.
    """
    if rows.duplicated(list(table.key)).any():
        raise ValueError(f"a row of {table.name} is there twice, by {', '.join(table.key)}")
    rows = rows.sort_values(list(table.key), ignore_index=True, na_position="first")
    rows = rows[list(table.columns)].assign(
        **{name: rounded(rows[name]) for name in table.measured},
        **CATALOGUE.names_of(folder.name),
    )
    # the low bytes of rounded numbers are 0, and stored side by side
    small = {
        "compression": "zstd",
        "compression_level": 19,
        "use_dictionary": [name for name in rows if name not in table.measured],
        "column_encoding": dict.fromkeys(table.measured, "BYTE_STREAM_SPLIT") or None,
    }
    file = folder / f"{table.name}.parquet"
    write_atomically(file, functools.partial(rows.to_parquet, index=False, **small))


def rounded(numbers: pd.Series) -> pd.Series:
    """Numbers to `BITS` significant binary digits; 0, 1 and NaN stay as they are."""
    mantissa, exponent = np.frexp(numbers)
    return np.ldexp(np.round(mantissa * 2**BITS) / 2**BITS, exponent)


def result_files(jobs: Iterable[Job]) -> Iterator[str]:
    """What `collect` writes for some jobs, paths in the results folder: each provenance last."""
    jobs = list(jobs)
    for name in dict.fromkeys(job.experiment for job in jobs if job.is_run):
        analyses = {job.analysis for job in jobs if job.experiment == name}
        for table in merged_tables():
            if table in TABLES or table.name in analyses:
                yield f"{name}/{table.name}.parquet"
        yield f"{name}/{PROVENANCE}"


if __name__ == "__main__":
    run_command_line(main)

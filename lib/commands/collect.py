"""Merge the jobs' tables into one results folder, where they stay small.

Usage: python -m lib.commands.collect PROFILE [FOLDER] [--partial] [--chapter NAME]
           [--experiments NAME ...]
"""

import functools
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from filelock import FileLock

from ..book.report.results import files_of
from ..catalogue import CATALOGUE
from ..integrity import PROVENANCE, load_sealed, replace_folder, seal, write_atomically
from ..interruption import run_command_line
from ..study.job import Job
from ..study.study import Study
from ..table_schemas import TABLES, TableSchema
from .finished_jobs import FinishedJobs, provenance_of
from .study_command import run_command


def destination(study: Study, partial: bool = False) -> Path:
    """The folder of the merged tables; those of a partial study have a folder of their own."""
    return study.results.parent / "partial" / "results" if partial else study.results


def collect(study: Study, partial: bool = False) -> Path:
    """Write the tables of a study, and `provenance.json`.

    The tables are those of `lib.table_schemas`. Each is sorted by its key columns, so
    that the result does not depend on the order in which the jobs ended.
    `provenance.json` is written last.

    Args:
        study: the study to collect.
        partial: whether jobs may be missing. Then an experiment is included if at least
            one of its runs is done, a complete network if a finished run compares it,
            and the provenance names the `missing` jobs. What a job under way has found
            so far is left out.

    Returns:
        The folder that was written.

    Raises:
        FileNotFoundError: jobs are not done, all of which the message lists; or, for a
            partial study, no run is done.
        ValueError: the jobs of an experiment saw different data. Nothing is written then.
        DamagedError: what is read again is not what was written; what was there before
            stays.
    """
    done = FinishedJobs(study)
    number, all_jobs = len(done.missing), len(done.jobs) + len(done.missing)
    left = f"{number} of {all_jobs} jobs of {study.profile.name} are not done"
    if number and not partial:
        raise FileNotFoundError(f"{left}: {'; '.join(map(str, done.missing))}")
    if not done.experiments:
        raise FileNotFoundError(f"no run is finished yet, so there is nothing to merge: {left}")
    provenance = provenance_of(done)
    results = destination(study, partial)
    results.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(results.with_name(".merge.lock")):  # two would remove each other's
        _write(done, provenance, results)
    return results


def _write(done: FinishedJobs, provenance: dict, results: Path) -> None:
    """Write the tables and their provenance in the place of what is there."""
    part = results.with_name(f".{results.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    for table in merged_tables():
        names = list(done.experiments)
        # tables in a file for each experiment need not be in memory all at once
        for group in [[name] for name in names] if table.by_experiment else [names]:
            parts = {name: files for name in group if (files := _files(done, table, name))}
            if parts or table in TABLES:
                filled = [rows for each in parts.items() if len(rows := _rows(*each))]
                write(part, table, pd.concat(filled or [table.tidy()]))
    seal(part, provenance)
    load_sealed(part)  # a disk can fail without an error
    replace_folder(results, part)


def _files(done: FinishedJobs, table: TableSchema, name: str) -> list[Path]:
    """The files of a table from all jobs of an experiment, its complete networks included."""
    runs = [job for job in done.of[name] if job.run_seed is not None]
    file, kept = f"{table.name}.parquet", done.study.kept
    of_jobs = ((job, done.provenance[job]["files"]) for job in (*done.complete(name), *runs))
    return [kept(job, file, files) for job, files in of_jobs if file in files]


def _rows(experiment: str, files: list[Path]) -> pd.DataFrame:
    """All rows of an experiment; pandas would be slow with thousands of small files."""
    tables = [pq.ParquetFile(file).read(use_threads=False) for file in files]
    if not (tables := [table for table in tables if table.num_rows]):
        return pd.DataFrame()
    merged = pa.concat_tables(tables, promote_options="permissive")
    return merged.to_pandas().assign(experiment=experiment)


def main(arguments: list[str] | None = None) -> int:
    partial = "what is done so far, to FOLDER/partial/results"
    return run_command("collect", __doc__, partial, collect, arguments)


BITS = 20
"""Significant binary digits of a measured number: its relative error stays below 1e-6."""


def merged_tables() -> list[TableSchema]:
    """`TABLES`, and those of analyses, which there may be or not, by their names in the jobs."""
    return [*TABLES, *CATALOGUE.analysis_tables]


def write(results: Path, table: TableSchema, rows: pd.DataFrame) -> None:
    """Sort, round and write the rows of a table to its files in the results folder.

    Raises:
        ValueError: a row is there twice.
    """
    if rows.duplicated(list(table.key)).any():
        raise ValueError(f"a row of {table.name} is there twice, by {', '.join(table.key)}")
    rows = rows.sort_values(list(table.key), ignore_index=True, na_position="first")
    rows = rows[list(table.columns)].assign(
        **{name: rounded(rows[name]) for name in table.measured}
    )
    groups = rows.groupby("experiment") if table.by_experiment else [("", rows)]
    # the low bytes of rounded numbers are 0, and stored side by side
    small = {
        "compression": "zstd",
        "compression_level": 19,
        "use_dictionary": [name for name in rows if name not in table.measured],
        "column_encoding": dict.fromkeys(table.measured, "BYTE_STREAM_SPLIT") or None,
    }
    for experiment, part in groups:
        [file] = files_of(table, [experiment])
        write_atomically(results / file, functools.partial(part.to_parquet, index=False, **small))


def rounded(numbers: pd.Series) -> pd.Series:
    """Numbers to `BITS` significant binary digits; 0, 1 and NaN stay as they are."""
    mantissa, exponent = np.frexp(numbers)
    return np.ldexp(np.round(mantissa * 2**BITS) / 2**BITS, exponent)


def result_files(jobs: Iterable[Job]) -> Iterator[str]:
    """What `collect` writes for some jobs: paths in the results folder, the provenance last."""
    jobs = list(jobs)
    experiments = list(dict.fromkeys(job.experiment for job in jobs if job.is_run))
    analyses = {job.analysis for job in jobs if job.experiment in experiments}
    for table in merged_tables():
        if table in TABLES or table.name in analyses:
            yield from files_of(table, experiments)
    yield PROVENANCE


if __name__ == "__main__":
    run_command_line(main)

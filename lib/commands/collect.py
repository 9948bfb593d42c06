"""Merge the jobs' tables into one results folder, where they stay small.

Usage: python -m lib.commands.collect PROFILE [FOLDER] --chapter NAME [--experiments NAME ...]
"""

import argparse
import functools
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from ..atomic_files import locked, replace_folder, write_atomically
from ..catalogue import CATALOGUE, declared_study
from ..integrity import PROVENANCE, DamagedError, seal
from ..interruption import run_command_line
from ..study.job import OF_A_JOB, Job
from ..study.running_job import read_checkpoint
from ..study.study import Study
from ..table_schemas import SIMILARITY, TABLES, TableSchema

UNFINISHED = "unfinished"
"""Key in the provenance of an unfinished run: the number of iterations so far."""

_FACTS = (
    *(*OF_A_JOB, "seconds", "memory", "gpu_memory", "device", "revision", "versions"),
    *("precision", "revisions", UNFINISHED),
)
"""Facts of each job in a study's provenance."""

BITS = 20
"""Significant binary digits of a measured number: its relative error stays below 1e-6."""


class FinishedJobs:
    """The finished and the missing jobs of a study, at one moment.

    Attributes:
        jobs: all of them, in the study's order, as are those below.
        missing: those that are not done, or that started from what is not.
        unfinished: {run: {table: its rows so far}} of missing ones, of a partial study.
        provenance: {job: its provenance} of what is done or taken.
        experiments: {name: experiment} of those with such a run.

    Raises:
        DamagedError: a job's provenance is missing or not what it wrote, or jobs started from
            other networks than those that are there now.
    """

    def __init__(self, study: Study, partial: bool = False):
        self.study, self.jobs = study, list(study.jobs())
        self.missing: list[Job] = []
        self.unfinished: dict[Job, dict[str, list[dict]]] = {}
        self.provenance: dict[Job, dict] = {}
        for job in self.jobs:
            if partial and not all(map(study.is_done, study.needs(job))):
                self.missing.append(job)  # until what it started from is made again
                continue
            if study.is_done(job) or study.page(job).exists():
                self.provenance[job] = study.read_provenance(job)
                continue
            self.missing.append(job)
            if partial and job.is_run and (so_far := compared_so_far(study, job)):
                self.provenance[job], self.unfinished[job] = so_far
        needed = {job: study.networks_needed(job) for job in self.provenance}
        if others := [job for job in needed if needed[job] != self.provenance[job]["needs"]]:
            raise DamagedError(
                f"{len(others)} jobs started from other networks than those that now exist. "
                f"{study.do_again(*others)}"
            )
        self.experiments = {n: e for n, e in study.experiments.items() if self.runs(n)}

    def of(self, experiment: str) -> list[Job]:
        """Its own jobs that are done or taken."""
        return [job for job in self.provenance if job.experiment == experiment]

    def runs(self, experiment: str) -> list[Job]:
        return [job for job in self.of(experiment) if job.is_run]

    def complete(self, experiment: str) -> list[Job]:
        """Those of the complete networks that its runs compare, in the order of their seeds."""
        declared, runs = self.experiments[experiment], self.runs(experiment)
        seeds = {run.train_seed for run in runs}
        if declared.against == "complete":  # their other_seed is the train_seed of another one
            seeds |= {run.other_seed for run in runs}
        compared = (seed for seed in declared.train_seeds if seed in seeds)
        return [self.study.complete(Job(experiment, seed)) for seed in compared]

    def rows(self, table: TableSchema, name: str) -> pd.DataFrame | None:
        """All of an experiment, its complete networks included; None of an analysis not done."""
        others = [job for job in self.of(name) if job.kind != "complete"]
        file, parts = f"{table.name}.parquet", []
        for job in (*self.complete(name), *others):
            if job in self.unfinished:
                parts.append(table.tidy(self.unfinished[job].get(table.name, ())))
            elif file in self.provenance[job]["files"]:
                parts.append(self.study.read_table(job, table.name))
        if not parts and table not in TABLES:
            return None
        # a table without rows has types, and takes no part in which others there are
        rows = [part for part in parts if len(part)] or [table.tidy()]
        return pd.concat(rows).assign(experiment=name)

    def provenance_of(self, name: str) -> dict:
        """The content of an experiment's `provenance.json`, apart from the files.

        One without a finished run has a provenance as well, which says what is missing.
        """
        study = self.study
        declared = [*study.declared, *study.experiments]
        own = [job for job in self.jobs if job.experiment == name]
        # a complete network that several experiments start from is named by each
        concerned = {*own, *(needed for job in own if job.is_run for needed in study.needs(job))}
        return {
            "profile": study.profile.name,
            "chapter": study.chapter,
            "description": study.profile.description,
            "place": declared.index(name),
            "experiments": {name: self._settings(name)} if name in self.experiments else {},
            "jobs": [
                {fact: facts[fact] for fact in _FACTS if fact in facts}
                for job, facts in self.provenance.items()
                if job in concerned
            ],
            "missing": [str(job) for job in self.missing if job in concerned],
        }

    def _settings(self, name: str) -> dict:
        """Raises a ValueError if the jobs of an experiment used different data."""
        profile, experiment = self.study.profile, self.experiments[name]
        jobs = [self.provenance[job] for job in self.of(name) + self.complete(name)]
        for fact in (data := ("dataset_sha256", "train_images", "test_images")):
            if len(values := {job[fact] for job in jobs}) > 1:
                raise ValueError(f"the jobs of {name} used different data: {fact} is {values}")
        variant = profile.catalogue.variants.get(name)
        facts = ("against", "model", "width", "dataset")
        return {
            "base": variant.base if variant else name,
            **{fact: getattr(experiment, fact) for fact in facts},
            **{fact: jobs[0][fact] for fact in ("dataset_description", *data)},
            "epochs": experiment.recipe.epochs,
            "iterations": experiment.pruning.iterations,
            "probe_images": experiment.probe.images,
            "permutations": experiment.permutations,
            "train_seeds": list(experiment.train_seeds),
            "runs": [list(run.seeds) for run in self.runs(name)],
            "hyperparameters": profile.hyperparameters(name),
        }


def compared_so_far(study: Study, run: Job) -> tuple[dict, dict[str, list[dict]]] | None:
    """Provenance and rows of an unfinished run, up to its last checkpoint."""
    checkpoint = read_checkpoint(study.job_folder(run))
    about, rows = checkpoint.get("about", {}), checkpoint.get("rows", {})
    if about.get("fingerprint") != study.fingerprint(run) or not rows.get(SIMILARITY.name):
        return None
    compared = {row["iteration"] for row in rows[SIMILARITY.name]}
    so_far = {
        name: [row for row in found if row["iteration"] in compared] for name, found in rows.items()
    }
    seconds = {"seconds": round(checkpoint["seconds"], 1), "files": {}}
    return about | seconds | {UNFINISHED: len(compared)}, so_far


def destination(study: Study, partial: bool = False) -> Path:
    """The folder of the merged tables; those of a partial study have a folder of their own."""
    return study.results.parent / "partial" / "results" if partial else study.results


def collect(study: Study, partial: bool = False) -> Path:
    """Write a folder for each experiment of a study: its tables and, last, `provenance.json`.

    The tables are those of `lib.table_schemas`. Each is sorted by its key columns, so
    that the result does not depend on the order in which the jobs ended.

    Args:
        partial: whether jobs may be missing; the provenance then names them. An experiment
            has tables if one of its runs has compared an iteration. They have all that
            unfinished runs have compared, and the complete networks that a run compares.

    Returns:
        The folder that was written; after an error, the earlier one is still there.

    Raises:
        FileNotFoundError: jobs are not done; or, in a partial study, nothing is compared yet.
        ValueError: jobs on one data set used different data.
        DamagedError: as `FinishedJobs`.
    """
    done = FinishedJobs(study, partial)
    left = f"{len(done.missing)} of {len(done.jobs)} jobs of {study.profile.name} are not done"
    if done.missing and not partial:
        raise FileNotFoundError(f"{left}: {'; '.join(map(str, done.missing))}")
    if not done.experiments:
        raise FileNotFoundError(f"no run has compared anything yet, so there are no tables: {left}")
    results = destination(study, partial)
    part = results.with_name(f".{results.name}.part")
    # a killed `make` leaves its merge at work, and two would move each other's folder
    with locked(results.with_name(".merge.lock"), print):
        shutil.rmtree(part, ignore_errors=True)
        for name in study.experiments:
            (part / name).mkdir(parents=True)
            for table in merged_tables() if name in done.experiments else []:
                if (rows := done.rows(table, name)) is not None:
                    write(part / name, table, rows)
            seal(part / name, done.provenance_of(name))
        replace_folder(results, part)
    return results


def merged_tables() -> list[TableSchema]:
    """`TABLES`, and those of analyses, which there may be or not, by their names in the jobs."""
    return [*TABLES, *CATALOGUE.analysis_tables]


def write(folder: Path, table: TableSchema, rows: pd.DataFrame) -> None:
    """Sort, round and write the rows of a table to its file in an experiment's folder."""
    if rows.duplicated(list(table.key)).any():
        raise ValueError(f"{table.name} has two rows with the same {', '.join(table.key)}")
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
    """The files that `collect` writes for some jobs, in the results folder, provenances last."""
    jobs = list(jobs)
    for name in dict.fromkeys(job.experiment for job in jobs if job.is_run):
        analyses = {job.analysis for job in jobs if job.experiment == name}
        for table in merged_tables():
            if table in TABLES or table.name in analyses:
                yield f"{name}/{table.name}.parquet"
        yield f"{name}/{PROVENANCE}"


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser("python -m lib.commands.collect", description=__doc__)
    parser.add_argument("profile")
    parser.add_argument("folder", nargs="?", help="folder of the study; _build/PROFILE by default")
    parser.add_argument("--experiments", nargs="+", help="names; all of the chapter by default")
    parser.add_argument("--chapter", required=True, help="chapter of the study")
    given = parser.parse_args(arguments)
    study = declared_study(given.profile, given.folder, given.experiments, given.chapter)
    collect(study)
    return 0


if __name__ == "__main__":
    run_command_line(main)

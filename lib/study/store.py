"""The merged tables of a study on disk: which there are, and how they stay small."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from .files import write_atomically
from .study import Job
from .tables import (
    DENSITY,
    IDENTIFICATION,
    LANDSCAPE,
    PERFORMANCE,
    POTENTIALS,
    REGIONS,
    ROBUSTNESS,
    SIMILARITY,
)

BITS = 20
"""Significant binary digits of a measured number: its relative error stays below 1e-6."""


@dataclass(frozen=True)
class Merged:
    """A table of the results folder, merged from those of the same name that the jobs left.

    Attributes:
        name: of the file, or of the folder, without its ending.
        columns: names and types.
        key: the columns by which it is sorted. What is the same in many rows stands together then,
            which compresses well.
        measured: the columns that are rounded to `BITS`; all others are kept exactly.
        by_experiment: whether it is a folder with one file for each experiment.
        optional: whether there is such a table only where a job has left one.
    """

    name: str
    columns: Mapping[str, str]
    key: tuple[str, ...]
    measured: tuple[str, ...] = ()
    by_experiment: bool = False
    optional: bool = False

    def files(self, experiments: Iterable[str]) -> list[str]:
        """Paths in the results folder, with one experiment or more."""
        if not self.by_experiment:
            return [f"{self.name}.parquet"]
        return [f"{self.name}/{experiment}.parquet" for experiment in experiments]

    def write(self, results: Path, table: pd.DataFrame) -> list[str]:
        """Sort, round and write; returns the paths in the results folder."""
        table = table.sort_values(list(self.key), ignore_index=True, na_position="first")
        table = table[list(self.columns)].assign(
            **{name: rounded(table[name]) for name in self.measured}
        )
        groups = table.groupby("experiment") if self.by_experiment else [("", table)]
        written = []
        for experiment, rows in groups:
            written += (files := self.files([experiment]))
            write_atomically(results / files[0], lambda part, rows=rows: self._save(part, rows))
        return written

    def _save(self, path: Path, table: pd.DataFrame) -> None:
        """As small as it gets: the low bytes of rounded numbers are 0, and stand side by side."""
        table.to_parquet(
            path,
            index=False,
            compression="zstd",
            compression_level=19,
            use_dictionary=[name for name in table if name not in self.measured],
            column_encoding=dict.fromkeys(self.measured, "BYTE_STREAM_SPLIT") or None,
        )


_RUN = ("experiment", "train_seed", "prune_seed", "iteration")

MERGED = (
    Merged(
        "similarity",
        SIMILARITY,
        (*_RUN, "depth", "reshape", "metric"),
        measured=("value", "null_mean", "null_sd", "pr_x", "pr_y", "id_x", "id_y"),
        by_experiment=True,
    ),
    Merged("performance", PERFORMANCE, _RUN),
    Merged("density", DENSITY, (*_RUN, "parameter")),
    Merged(
        "robustness",
        ROBUSTNESS,
        (*_RUN, "depth", "axis", "setting", "reshape", "metric"),
        measured=("value", "null_mean"),
        optional=True,
    ),
    Merged(
        "identification",
        IDENTIFICATION,
        ("experiment", "train_seed", "other_seed", "reshape", "metric", "depth_x", "depth_y"),
        measured=("value",),
        optional=True,
    ),
    Merged(
        "potentials", POTENTIALS, (*_RUN, "depth"), measured=("entropy", "mixed"), optional=True
    ),
    Merged(
        "landscape",
        LANDSCAPE,
        (*_RUN, "quantity", "number", "radius"),
        measured=("value", "error"),
        optional=True,
    ),
    Merged("regions", REGIONS, (*_RUN, "segment"), measured=("regions",), optional=True),
)
"""All of them. A job's table is merged because it lies in the job's folder under this name."""

PROVENANCE = "provenance.json"


def rounded(numbers: pd.Series) -> pd.Series:
    """Numbers to `BITS` significant binary digits; 0, 1 and NaN stay what they are."""
    mantissa, exponent = np.frexp(numbers)
    return np.ldexp(np.round(mantissa * 2**BITS) / 2**BITS, exponent)


def files(jobs: Iterable[Job]) -> Iterator[str]:
    """What `collect` makes of some jobs: paths in the results folder, the provenance last."""
    jobs = list(jobs)
    experiments = list(dict.fromkeys(job.experiment for job in jobs if job.is_run))
    analyses = {job.analysis for job in jobs if job.experiment in experiments}
    for table in MERGED:
        if not table.optional or table.name in analyses:
            yield from table.files(experiments)
    yield PROVENANCE

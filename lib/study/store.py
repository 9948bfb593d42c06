"""The merged tables of a study on disk: which there are, and how they stay small."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from ..sealed import PROVENANCE, write_atomically
from ..tables import DENSITY, PERFORMANCE, SIMILARITY, Table
from .analyses import tables
from .study import Job

BITS = 20
"""Significant binary digits of a measured number: its relative error stays below 1e-6."""


def merged_tables() -> list[Table]:
    """All tables that are merged; each is made of the files of its name in the jobs' folders."""
    return [SIMILARITY, PERFORMANCE, DENSITY, *tables()]


def write(results: Path, table: Table, rows: pd.DataFrame) -> list[str]:
    """Sort, round and write the rows of a table; returns the paths in the results folder."""
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
    written = []
    for experiment, part in groups:
        written += (files := table.files([experiment]))
        write_atomically(results / files[0], partial(part.to_parquet, index=False, **small))
    return written


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
        if not table.optional or table.name in analyses:
            yield from table.files(experiments)
    yield PROVENANCE

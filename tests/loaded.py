"""A study's merged tables, read and checked, for tests that ask what is in them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from lib.integrity import load_sealed
from lib.study.study import Job


@dataclass(frozen=True, eq=False)
class Loaded:
    folder: Path
    provenance: dict[str, Any]

    def settings(self, experiment: str) -> dict[str, Any]:
        return self.provenance["experiments"][experiment]

    def table(self, name: str) -> pd.DataFrame:
        files = [file for file in self.provenance["files"] if file.endswith(f"/{name}.parquet")]
        return pd.concat([pd.read_parquet(self.folder / f) for f in files], ignore_index=True)

    def of(self, experiment: str, name: str) -> pd.DataFrame:
        return pd.read_parquet(self.folder / experiment / f"{name}.parquet")

    @cached_property
    def similarity(self) -> pd.DataFrame:
        return self.table("similarity")

    @cached_property
    def performance(self) -> pd.DataFrame:
        return self.table("performance")


def joined(parts: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """What the provenances of experiments say together; a shared job as its own one has it."""
    jobs = {}
    for name, part in parts.items():
        for job in part["jobs"]:
            of = Job.of(job)
            jobs[of] = job if job["experiment"] == name else jobs.get(of, job)
    return {
        "experiments": {n: s for part in parts.values() for n, s in part["experiments"].items()},
        "files": {f"{n}/{f}": d for n, part in parts.items() for f, d in part["files"].items()},
        "missing": list(dict.fromkeys(job for part in parts.values() for job in part["missing"])),
        "jobs": sorted(jobs.values(), key=lambda job: job.get("analysis", "")),
    }


def load_results(folder: Path | str) -> Loaded:
    """Raises as `lib.integrity.load_sealed`."""
    return Loaded(Path(folder), joined(load_sealed(Path(folder))))

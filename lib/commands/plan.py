"""How far a study is (`make plan`), and what to ask a scheduler for.

Every job records its time and its memory, so both are known for the jobs of the
published results. Nothing is started, locked or written.
"""

import math
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from .. import ROOT
from ..catalogue import CATALOGUE
from ..integrity import load_study, study_folders
from ..study.job import Job
from ..study.study import Study

PUBLISHED = ROOT / "results"

KEY = ["experiment", "category"]

UNMEASURED = {"runtime": 480, "mem_mb": 16_000}
"""Minutes and MB to ask a scheduler for, where no such job was measured."""


def category(job: Job) -> str:
    """How a job is counted: among "complete networks", "runs", "controls", or its analysis."""
    if not job.is_run:
        return job.analysis or "complete networks"
    variant = CATALOGUE.variants.get(job.experiment)
    return "controls" if variant and variant.kind == "control" else "runs"


def _published(profile: str, results: Path) -> Iterator[dict]:
    for study in study_folders(results):
        provenance = load_study(study, "It is in Git: `git restore results`.")
        if provenance["profile"] == profile:
            yield from provenance["jobs"]


def measured(profile: str, gpu: bool | None = None, results: Path = PUBLISHED) -> pd.DataFrame:
    """What jobs of a profile took.

    Args:
        profile: its name.
        gpu: True for jobs on a GPU, False for those on a processor, None for both.
        results: the folder of the published results, those of chapters and of other
            scales in it.

    Returns:
        Index `KEY`; the median of the `seconds`, the most `memory` and `gpu_memory` in
        MiB, and the `device`: where there are several, the one on which most of these
        jobs were done.

    Raises:
        DamagedError: a provenance is not what was written.
    """
    took = ("seconds", "memory", "gpu_memory", "device")
    rows = []
    for facts in _published(profile, results):
        job = Job(
            facts["experiment"],
            facts["train_seed"],
            facts["prune_seed"],
            facts.get("analysis", ""),
            facts.get("other_seed"),
        )
        if gpu is None or gpu == ("gpu_memory" in facts):
            rows.append([job.experiment, category(job), *map(facts.get, took)])
    jobs = pd.DataFrame(rows, columns=[*KEY, *took])
    measures = jobs.groupby([*KEY, "device"], sort=False).agg(
        seconds=("seconds", "median"),
        memory=("memory", "max"),
        gpu_memory=("gpu_memory", "max"),
        jobs=("seconds", "size"),
    )
    measures = measures.sort_values("jobs", kind="stable").drop(columns="jobs")
    measures = measures.reset_index("device")
    return measures[~measures.index.duplicated(keep="last")]


def plan(study: Study) -> pd.DataFrame:
    """A row for each experiment and category of a study's jobs: how many are `done` and
    how many are `left`."""
    rows = [[job.experiment, category(job), study.is_done(job)] for job in study.jobs()]
    done = pd.DataFrame(rows, columns=[*KEY, "done"]).groupby(KEY, sort=False).done
    return pd.DataFrame({"done": done.sum(), "left": done.size() - done.sum()})


def text(study: Study) -> str:
    """The plan as a text table."""
    counts = plan(study)
    done, left = counts.sum()
    table = counts.rename_axis([None, None]).to_string()
    return f"{study.profile.name}: {done:,} of {done + left:,} jobs are done.\n\n{table}"


def resources(job: Job, took: pd.DataFrame) -> dict[str, int]:
    """What to ask a scheduler for: Snakemake's `runtime` in minutes, and `mem_mb` in MB.

    Three times the time and one and a half times the memory that such jobs took, and a
    few minutes for Python to start and the data to be read; `UNMEASURED` where none was
    measured.

    Args:
        took: what `measured` found for the profile, on devices of this kind.
    """
    key = job.experiment, category(job)
    if key not in took.index:
        return UNMEASURED
    return {
        "runtime": 5 + math.ceil(3 * took.seconds[key] / 60),
        "mem_mb": math.ceil(1.5 * took.memory[key] * 2**20 / 1e6),
    }

"""The progress of a study (`make plan`), and the resources to ask a scheduler for.

Every job records its time and its memory, so both are known for the jobs of the
published results. Nothing is started, locked or written.
"""

import math
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from ..declared import CATALOGUE
from ..integrity import load_parts, study_folders
from ..repository import RESULTS, ROOT
from ..study.study import Job, Study

PUBLISHED = ROOT / RESULTS

KEY = ["experiment", "category"]
"""A job is counted as a "complete" network, as a "run", or as its analysis."""

UNMEASURED = {"runtime": 480, "mem_mb": 16_000}
"""Minutes and MB to ask a scheduler for, where no such job was measured."""


def measured(profile: str, gpu: bool, results: Path = PUBLISHED) -> pd.DataFrame:
    """What published jobs of a profile took on a GPU, or on a processor.

    Returns:
        Index `KEY`; the median of the `seconds`, the most `memory` in MiB, and the
        `device` on which most of these jobs were done.
    """
    rows = [
        facts | {"category": Job.of(facts).kind}
        for study in study_folders(results)
        for name, part in load_parts(study).items()
        if part["profile"] == profile
        for facts in part["jobs"]
        # others are listed because its runs start from them
        if facts["experiment"] == name and gpu == ("gpu_memory" in facts)
    ]
    jobs = pd.DataFrame(rows, columns=[*KEY, "seconds", "memory", "device"])
    return jobs.groupby(KEY, sort=False).agg(
        {"seconds": "median", "memory": "max", "device": lambda of_jobs: of_jobs.mode()[0]}
    )


def plan(study: Study, took: pd.DataFrame) -> pd.DataFrame:
    """How many jobs of each network and category are `done`, and how many are `left`.

    `minutes` is the sum of the times that the jobs left `took` before; NaN if one was not measured.
    """
    rows = []
    for job in study.jobs():
        kind, done = job.kind, job.is_done
        network = CATALOGUE.names_of(job.experiment)["network"]
        seconds = 0.0 if done else took.seconds.get((job.experiment, kind), math.nan)
        rows.append([network, kind, done, not done, seconds / 60])
    jobs = pd.DataFrame(rows, columns=["network", "category", "done", "left", "minutes"])
    table = jobs.groupby(["network", "category"], sort=False).agg(
        {"done": "sum", "left": "sum", "minutes": lambda of_jobs: of_jobs.sum(skipna=False)}
    )
    return table.loc[jobs.network.unique()]  # the categories of a network one after another


def text(study: Study, gpu: bool) -> str:
    """The plan as a text table, with the times of jobs on a GPU, or on a core."""
    took = measured(study.profile.name, gpu)
    table = plan(study, took)
    done, left = table.done.sum(), table.left.sum()
    devices = ", ".join(dict.fromkeys(took.device))
    note = f"Minutes are the sum of the times that such jobs took on {devices}."
    if took.empty:
        note = f"No times of such jobs on a {'GPU' if gpu else 'core'} are published."
    shown = table.rename_axis([None, None]).to_string(float_format="{:,.0f}".format, na_rep="?")
    return f"{study.profile.name}: {done:,} of {done + left:,} jobs are done.\n{note}\n\n{shown}"


def resolved(study: Study, name: str) -> str:
    """Every hyperparameter of an experiment as text, with the paper's value if it differs."""
    lines = [f"{name} in {study.profile.name}:"]
    for row in study.profile.hyperparameters(name):
        paper = f"  (paper: {row['paper']}; {row['why']})" if row["why"] else ""
        lines.append(f"  {row['name']:<30} {row['value']}{paper}")
    return "\n".join(lines)


def resources(jobs: Iterable[Job], took: pd.DataFrame) -> dict[str, int]:
    """The resources to ask a scheduler for: Snakemake's `runtime` in minutes, `mem_mb` in MB.

    For jobs that are done one after another: three times the time and one and a half times the
    memory that such jobs `took`, and a few minutes for starting Python and reading the data;
    `UNMEASURED` if one of them was not measured.
    """
    of_jobs = took.reindex([(job.experiment, job.kind) for job in jobs])
    if of_jobs.seconds.isna().any():
        return UNMEASURED
    return {
        "runtime": 5 + math.ceil(3 * of_jobs.seconds.sum() / 60),
        "mem_mb": math.ceil(1.5 * of_jobs.memory.max() * 2**20 / 1e6),
    }

"""What a study will take in time, disk and memory, before any of it starts: `make plan`.

Jobs that are done are left out. Nothing is started or written.
"""

from collections.abc import Mapping

import pandas as pd

from .costs import CPU, estimate, this_device
from .study import Job, Study
from .variants import CONTROLS, VARIANTS


def category(job: Job) -> str:
    """How a job is counted: among "complete networks", "runs", "controls", or its analysis."""
    if not job.is_run:
        return job.analysis or "complete networks"
    variant = VARIANTS.get(job.experiment)
    suffix = job.experiment.removeprefix(f"{variant.base}_") if variant else ""
    return "controls" if suffix in CONTROLS else "runs"


def plan(study: Study, device: str | None = None) -> pd.DataFrame:
    """A row for each job that is not done, in order: job, experiment, category, `Estimate`."""
    rows = [
        {"job": job, "experiment": job.experiment, "category": category(job)}
        | estimate(study, job, device)._asdict()
        for job in study.jobs()
        if not study.is_done(job)
    ]
    return pd.DataFrame(rows)


def longest_chain(study: Study, left: Mapping[Job, float]) -> float:
    """Seconds of the longest chain of jobs that wait for one another; `left` has those of each."""
    ends: dict[Job, float] = {}
    for job, seconds in left.items():
        ends[job] = seconds + max((ends.get(needed, 0.0) for needed in study.needs(job)), default=0)
    return max(ends.values(), default=0.0)


def text(study: Study, device: str | None = None) -> str:
    """The plan as a text table: a row for each experiment and category of jobs."""
    found, device = plan(study, device), device or this_device()
    if found.empty:
        return f"{study.profile.name}: all jobs are done."
    groups = found.groupby(["experiment", "category"], sort=False)
    table = pd.DataFrame(
        {
            "jobs": groups.size(),
            "each": groups.seconds.first().map(duration),
            "in all": groups.seconds.sum().map(duration),
            "disk, MB": groups.disk.sum().div(1e6).round().astype(int),
            "peak memory, GiB": groups.memory.max().div(1024).round(1),
            "GPU memory, GiB": groups.gpu_memory.max().div(1024).round(1),
        }
    ).rename_axis([None, None])
    chain = longest_chain(study, dict(zip(found.job, found.seconds, strict=True)))
    return (
        f"{study.profile.name}, estimated for {'one core' if device == CPU else device}\n\n"
        f"{table.to_string()}\n\n"
        f"jobs: {len(found):,}; in all: {duration(found.seconds.sum())}, "
        f"{found.disk.sum() / 1e6:,.0f} MB; "
        f"longest chain of jobs that wait for one another: {duration(chain)}"
    )


def duration(seconds: float) -> str:
    """A time in seconds, minutes or hours, as its length asks: "40 s", "12 min", "3.5 h"."""
    if seconds < 100:
        return f"{seconds:.0f} s"
    if seconds < 6000:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:,.{0 if seconds > 360_000 else 1}f} h"

"""What a study will take in time, disk and memory, and how far it is: `make plan`, `make status`.

A plan leaves out the jobs that are done. The status says what is done, what runs, what failed, what
waits, and the time left. It reads the jobs' folders, so ask while jobs run. Nothing is started,
locked or written by either.
"""

import os
import re
import time
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from .costs import CPU, estimate, this_device
from .jobs import FAILED, LOG
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


STATES = ("done", "running", "failed", "waiting")

RECENT = 300
"""For this many seconds after its last sign of life, a job may be running on another machine."""

MOST = 10
"""At most this many jobs of a state are listed by name."""

_LEFT = re.compile(r"\[\d+ of \d+, (?:(\d+):)?(\d+):(\d\d) left\]$", re.MULTILINE)
_FAILURE = re.compile(r"^\S+ \S+ " + re.escape(FAILED))


class State(NamedTuple):
    """How far a job is: `name`, one of `STATES`, where a job that was stopped waits to go on;
    `message`, the last line of its log or why it failed; the seconds `left` by its log, if any."""

    name: str
    message: str = ""
    left: float | None = None


def states(study: Study) -> dict[Job, State]:
    """The state of every job of a study, in its order.

    Locks are read from where Linux lists them, by device and inode. To try a lock would be to hold
    it for a moment, and a job that starts in that moment would give up.
    """
    table = Path("/proc/locks")
    listed = table.read_text() if table.exists() else ""
    found = re.findall(r" ([0-9a-f]+):([0-9a-f]+):(\d+) ", listed)
    locks = {
        (os.makedev(int(major, 16), int(minor, 16)), int(inode)) for major, minor, inode in found
    }
    return {
        job: State("done") if study.is_done(job) else _state(study.job_folder(job), locks)
        for job in study.jobs()
    }


def _state(folder: Path, locks: set[tuple[int, int]]) -> State:
    """The state of a job that is not done, from what it left in its folder."""
    log, lock, page = (folder / name for name in (LOG, ".lock", "notebook.failed.ipynb"))
    end = log.read_text(errors="replace")[-4096:].rstrip() if log.exists() else ""
    message, left = end.rpartition("\n")[2], None
    if times := _LEFT.findall(end):
        hours, minutes, seconds = (int(part or 0) for part in times[-1])
        left = 3600.0 * hours + 60 * minutes + seconds
    if lock.exists() and (lock.stat().st_dev, lock.stat().st_ino) in locks:
        return State("running", message, left)
    if _FAILURE.match(message):
        return State("failed", _FAILURE.sub("", message))
    if page.exists():
        return State("failed", f"see {page}")
    # a line of the log, or a new checkpoint in the folder
    signs = [path.stat().st_mtime for path in (folder, log) if log.exists()]
    recent = time.time() - max(signs, default=0) < RECENT
    return State("running" if recent else "waiting", message, left)


def times_left(
    study: Study, found: Mapping[Job, State], device: str | None = None
) -> dict[Job, float]:
    """Seconds left of each job that is not done, from its log or from an estimate for a device."""
    return {
        job: estimate(study, job, device).seconds if state.left is None else state.left
        for job, state in found.items()
        if state.name != "done"
    }


def status(study: Study, device: str | None = None) -> str:
    """The status as a text table: a row for each experiment and category of jobs."""
    found, device = states(study), device or this_device()
    left = times_left(study, found, device)
    rows = [
        {"experiment": job.experiment, "category": category(job)}
        | {name: state.name == name for name in STATES}
        | {"time left": left.get(job, 0.0)}
        for job, state in found.items()
    ]
    table = pd.DataFrame(rows).groupby(["experiment", "category"], sort=False).sum()
    table["time left"] = table["time left"].map(duration)
    lines = [
        f"{study.profile.name}: {len(found) - len(left):,} of {len(found):,} jobs are done.",
        table.rename_axis(index=[None, None], columns=None).to_string(),
    ]
    for name in ("running", "failed"):
        jobs = [job for job, state in found.items() if state.name == name]
        named = [f"  {job}\n    {found[job].message}" for job in jobs[:MOST]]
        lines += ["\n".join([f"{name}: {len(jobs):,}", *named])] if jobs else []
    total, chain = sum(left.values()), longest_chain(study, left)
    side = max(sum(state.name == "running" for state in found.values()), 1)
    lines.append(
        f"time left on {device}: {duration(total)} in all, "
        f"{duration(max(total / side, chain))} with {side:,} at once, {duration(chain)} at least"
    )
    return "\n\n".join(lines)

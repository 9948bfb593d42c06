"""How far a study is: what is done, what runs, what failed, what waits, and the time left.

Usage: python -m lib.study.status PROFILE [FOLDER] [--chapter NAME] [--experiments NAME ...]

It reads the jobs' folders: nothing is started, locked or written, so ask while jobs run.
"""

from __future__ import annotations

import os
import re
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import pandas as pd

from .costs import device_kind, estimate, known_device, this_device
from .jobs import FAILED, LOG
from .plan import duration, longest_chain, parser, what
from .study import Job, Study

STATES = {
    "done": "its result is whole",
    "running": "a process holds its folder, or wrote to it a moment ago",
    "failed": "ended with an error",
    "stopped": "begun, and then stopped: the same command goes on",
    "ready": "not begun, and it could start",
    "waiting": "needs others that are not done",
}
"""name -> what it means."""

RECENT = 300
"""Seconds since the last sign of life for which a job may be running on another machine."""

FAILED_PAGE = "notebook.failed.ipynb"

MOST = 10
"""So many jobs of each state are named."""

_LEFT = re.compile(r"\[\d+ of \d+, (?:(\d+):)?(\d+):(\d\d) left\]$", re.MULTILINE)
_FAILURE = re.compile(r"^\S+ \S+ " + re.escape(FAILED))


@dataclass(frozen=True)
class State:
    """How far a job is.

    Attributes:
        name: a key of `STATES`.
        said: the last line of its log, or why it failed; empty if it says nothing.
        left: seconds that its log says are left; None if it does not.
    """

    name: str
    said: str = ""
    left: float | None = None


def states(study: Study) -> dict[Job, State]:
    """The state of every job of a study, in its order."""
    locks, found = locked(), {}
    for job in study.jobs():
        if study.is_done(job):
            found[job] = State("done")
        elif begun := _begun(study.job_folder(job), locks):
            found[job] = begun
        else:
            free = all(found[needed].name == "done" for needed in study.needs(job))
            found[job] = State("ready" if free else "waiting")
    return found


def locked(table: Path = Path("/proc/locks")) -> set[tuple[int, int, int]]:
    """Device and inode of the files that processes of this machine hold, as Linux lists them.

    To try a lock would be to hold it for a moment, and a job that starts in that moment would give
    up. On other systems there is no such list.
    """
    if not table.exists():
        return set()
    found = re.findall(r" ([0-9a-f]+):([0-9a-f]+):(\d+) ", table.read_text())
    return {(int(major, 16), int(minor, 16), int(inode)) for major, minor, inode in found}


def _begun(folder: Path, locks: set[tuple[int, int, int]]) -> State | None:
    """The state of a job that has left something, but no result; None if it left nothing."""
    log, lock, page = (folder / name for name in (LOG, ".lock", FAILED_PAGE))
    said, left = _read_log(log) if log.exists() else ("", None)
    if lock.exists():
        file = lock.stat()
        if (os.major(file.st_dev), os.minor(file.st_dev), file.st_ino) in locks:
            return State("running", said, left)
    if _FAILURE.match(said):
        return State("failed", _FAILURE.sub("", said))
    if page.exists():
        return State("failed", f"see {page}")
    if not log.exists():
        return None
    # a line of the log, or a new checkpoint in the folder
    recent = time.time() - max(path.stat().st_mtime for path in (folder, log)) < RECENT
    return State("running" if recent else "stopped", said, left)


def _read_log(log: Path) -> tuple[str, float | None]:
    """The last line of a log, and the seconds that the last line with such says are left."""
    with log.open("rb") as file:
        file.seek(max(log.stat().st_size - 4096, 0))
        end = file.read().decode(errors="replace").rstrip()
    times = _LEFT.findall(end)
    hours, minutes, seconds = (int(part or 0) for part in times[-1]) if times else (0, 0, 0)
    left = 3600.0 * hours + 60 * minutes + seconds if times else None
    return end.rpartition("\n")[2], left


def times_left(study: Study, found: Mapping[Job, State]) -> tuple[dict[Job, float], float, str]:
    """Seconds left of each job that is not done: estimates, corrected by what finished jobs took.

    Each finished job says how many times its estimate it took. Another one is corrected by the
    median of those that are most like it: of the same experiment and kind, else of the same kind,
    else of all. A job under way says itself what is left.

    Returns:
        the seconds; the median over all finished jobs, 1 if there is none; and the device on which
        most of them ran, that of this machine if there is none.
    """
    ratios, devices = defaultdict(list), Counter()
    for job in (job for job, state in found.items() if state.name == "done"):
        said = study.read_provenance(job)
        device = known_device(device_kind(said["device"]))
        devices[device] += 1
        for kind in _kinds(job):
            ratios[kind].append(said["seconds"] / estimate(study, job, device).seconds)
    device = max(devices, key=devices.__getitem__, default=this_device())
    factors = {(): 1.0} | {kind: median(values) for kind, values in ratios.items()}
    left = {}
    for job, state in found.items():
        if state.name != "done":
            factor = next(factors[kind] for kind in _kinds(job) if kind in factors)
            estimated = factor * estimate(study, job, device).seconds
            left[job] = estimated if state.left is None else state.left
    return left, factors[()], device


def _kinds(job: Job) -> tuple[tuple[str, ...], ...]:
    return (job.experiment, what(job)), (what(job),), ()


def text(study: Study) -> str:
    """The status as people read it: a row for each experiment and kind of job."""
    found = states(study)
    left, factor, device = times_left(study, found)
    rows = pd.DataFrame(
        [(job.experiment, what(job), found[job].name, left.get(job, 0.0)) for job in found],
        columns=["experiment", "what", "state", "left"],
    )
    counts = rows.value_counts(["experiment", "what", "state"]).unstack(fill_value=0)
    seconds = rows.groupby(["experiment", "what"], sort=False).left.sum()
    table = counts.loc[seconds.index, [name for name in STATES if name in counts]]
    lines = [
        f"{study.profile.name}: {len(found) - len(left):,} of {len(found):,} jobs are done.",
        table.assign(**{"time left": seconds.map(duration)})
        .rename_axis(index=[None, None], columns=None)
        .to_string(),
        "\n".join(f"{name}: {STATES[name]}" for name in table),
    ]
    for name in ("running", "failed", "stopped"):
        jobs = [job for job, state in found.items() if state.name == name]
        named = [f"  {job}\n    {found[job].said}" for job in jobs[:MOST]]
        lines += ["\n".join([f"{name}: {len(jobs):,}", *named])] if jobs else []
    total, side = sum(left.values()), max(Counter(rows.state)["running"], 1)
    chain = longest_chain(study, left)
    lines.append(
        f"time left on {device}: {duration(total)} in all, "
        f"{duration(max(total / side, chain))} with {side:,} at once, {duration(chain)} at least; "
        f"finished jobs took {factor:.2f} times their estimates"
    )
    return "\n\n".join(lines)


def main(arguments: list[str] | None = None) -> int:
    given = parser("status", __doc__).parse_args(arguments)
    try:
        print(text(Study(given.profile, given.folder, given.experiments, given.chapter)))
    except ValueError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

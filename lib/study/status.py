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
from pathlib import Path
from statistics import median
from typing import NamedTuple

import pandas as pd

from .costs import estimate, known_device, this_device
from .jobs import FAILED, LOG
from .plan import answer, duration, longest_chain, parser, what
from .study import Job, Study

STATES = ("done", "running", "failed", "waiting")

RECENT = 300
"""Seconds since the last sign of life for which a job may be running on another machine."""

MOST = 10
"""So many jobs of each state are named."""

_LEFT = re.compile(r"\[\d+ of \d+, (?:(\d+):)?(\d+):(\d\d) left\]$", re.MULTILINE)
_FAILURE = re.compile(r"^\S+ \S+ " + re.escape(FAILED))


class State(NamedTuple):
    """How far a job is: one of `STATES`, where a job that was stopped waits to go on; the last line
    of its log, or why it failed; the seconds that its log says are left, None if it does not."""

    name: str
    said: str = ""
    left: float | None = None


def states(study: Study) -> dict[Job, State]:
    """The state of every job of a study, in its order.

    Locks are read where Linux lists them, by device and inode. To try a lock would be to hold it
    for a moment, and a job that starts in that moment would give up.
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
    said, left = end.rpartition("\n")[2], None
    if times := _LEFT.findall(end):
        hours, minutes, seconds = (int(part or 0) for part in times[-1])
        left = 3600.0 * hours + 60 * minutes + seconds
    if lock.exists() and (lock.stat().st_dev, lock.stat().st_ino) in locks:
        return State("running", said, left)
    if _FAILURE.match(said):
        return State("failed", _FAILURE.sub("", said))
    if page.exists():
        return State("failed", f"see {page}")
    # a line of the log, or a new checkpoint in the folder
    signs = [path.stat().st_mtime for path in (folder, log) if log.exists()]
    recent = time.time() - max(signs, default=0) < RECENT
    return State("running" if recent else "waiting", said, left)


def times_left(study: Study, found: Mapping[Job, State]) -> tuple[dict[Job, float], float, str]:
    """Seconds left of each job that is not done: what it says itself, or an estimate.

    Finished jobs say how many times their estimates they took. Estimates are corrected by the
    median of those of the same experiment and kind, or of all if there is none such.

    Returns:
        the seconds; the median over all finished jobs, 1 if there is none; and the device on which
        most of them ran, that of this machine if there is none.
    """
    ratios, devices = defaultdict(list), Counter()
    for job in (job for job, state in found.items() if state.name == "done"):
        said = study.read_provenance(job)
        device = known_device(said["device"])
        devices[device] += 1
        for kind in ((job.experiment, what(job)), ()):
            ratios[kind].append(said["seconds"] / estimate(study, job, device).seconds)
    usual, device = (
        median(ratios[()] or [1.0]),
        max(devices, key=devices.get, default=this_device()),
    )
    left = {}
    for job, state in found.items():
        if state.name != "done":
            factor = median(ratios[job.experiment, what(job)] or [usual])
            estimated = factor * estimate(study, job, device).seconds
            left[job] = estimated if state.left is None else state.left
    return left, usual, device


def text(study: Study) -> str:
    """The status as people read it: a row for each experiment and kind of job."""
    found = states(study)
    left, factor, device = times_left(study, found)
    rows = pd.DataFrame(
        [(job.experiment, what(job), found[job].name, left.get(job, 0.0)) for job in found],
        columns=["experiment", "what", "state", "left"],
    )
    groups = [rows["experiment"], rows["what"]]
    table = pd.crosstab(groups, rows["state"]).reindex(columns=STATES, fill_value=0)
    table["time left"] = rows.groupby(groups)["left"].sum().map(duration)
    table = table.loc[list(dict.fromkeys(zip(*groups, strict=True)))]
    lines = [
        f"{study.profile.name}: {len(found) - len(left):,} of {len(found):,} jobs are done.",
        table.rename_axis(index=[None, None], columns=None).to_string(),
    ]
    for name in ("running", "failed"):
        jobs = [job for job, state in found.items() if state.name == name]
        named = [f"  {job}\n    {found[job].said}" for job in jobs[:MOST]]
        lines += ["\n".join([f"{name}: {len(jobs):,}", *named])] if jobs else []
    total, chain = sum(left.values()), longest_chain(study, left)
    side = max(sum(state.name == "running" for state in found.values()), 1)
    lines.append(
        f"time left on {device}: {duration(total)} in all, "
        f"{duration(max(total / side, chain))} with {side:,} at once, {duration(chain)} at least; "
        f"finished jobs took {factor:.2f} times their estimates"
    )
    return "\n\n".join(lines)


def main(arguments: list[str] | None = None) -> int:
    return answer(parser("status", __doc__).parse_args(arguments), text)


if __name__ == "__main__":
    sys.exit(main())

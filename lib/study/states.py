"""How far a job is, from its folder alone: nothing is locked, started or written."""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from .jobs import FAILED, LOG
from .study import Job, Study

DONE, RUNNING, ELSEWHERE, FAILED_STATE = "done", "running", "elsewhere", "failed"
STOPPED, READY, WAITING, BLOCKED = "stopped", "ready", "waiting", "blocked"

STATES = {
    DONE: "its result is whole",
    RUNNING: "a process of this machine holds its folder",
    ELSEWHERE: "written to a moment ago, but by no process of this machine",
    FAILED_STATE: "ended with an error",
    STOPPED: "begun, and then stopped: the same command goes on",
    READY: "nothing of it is there, and it could start",
    WAITING: "needs others that are under way or have not begun",
    BLOCKED: "needs one that failed",
}
"""name -> what it means."""

RECENT = 300
"""Seconds since the last sign of life for which a job may be running on another machine."""

FAILED_PAGE = "notebook.failed.ipynb"

_LEFT = re.compile(r"\[\d+ of \d+, (?:(\d+):)?(\d+):(\d\d) left\]$")
_FAILURE = re.compile(r"^\S+ \S+ " + re.escape(FAILED))


@dataclass(frozen=True)
class State:
    """How far a job is.

    Attributes:
        job: which.
        name: a key of `STATES`.
        said: the last line of its log, or why it failed; empty if it says nothing.
        left: seconds that its log says are left; None if it does not.
    """

    job: Job
    name: str
    said: str = ""
    left: float | None = None


class Locks:
    """The files that processes of this machine hold, as the kernel lists them.

    To try a lock would be to hold it for a moment, and a job that starts in that moment would
    give up.

    Args:
        table: where Linux lists locks. On other systems there is none, and no job counts as
            running here.
    """

    def __init__(self, table: Path = Path("/proc/locks")):
        self.table = table

    @cached_property
    def _held(self) -> set[tuple[int, int, int]]:
        try:
            lines = self.table.read_text().splitlines()
        except OSError:
            return set()
        found = set()
        for line in lines:
            if match := re.search(r" ([0-9a-f]+):([0-9a-f]+):(\d+) ", line):
                found.add((int(match[1], 16), int(match[2], 16), int(match[3])))
        return found

    def holds(self, file: Path) -> bool:
        """Whether a process held the file when the table was first read."""
        if not self._held:
            return False
        try:
            found = file.stat()
        except OSError:
            return False
        return (os.major(found.st_dev), os.minor(found.st_dev), found.st_ino) in self._held


def states(study: Study, locks: Locks | None = None) -> dict[Job, State]:
    """The state of every job of a study, in its order."""
    locks = locks or Locks()
    found: dict[Job, State] = {}
    for job in study.jobs():
        if study.is_done(job):
            found[job] = State(job, DONE)
            continue
        begun = _begun(study.job_folder(job), job, locks)
        found[job] = begun or State(job, _not_begun(found[other] for other in study.needs(job)))
    return found


def _begun(folder: Path, job: Job, locks: Locks) -> State | None:
    """The state of a job that has left something, but no result; None if it left nothing."""
    try:
        files = {entry.name: entry for entry in os.scandir(folder)}
    except OSError:
        return None
    said, left = _last_line(folder / LOG) if LOG in files else ("", None)
    if ".lock" in files and locks.holds(folder / ".lock"):
        return State(job, RUNNING, said, left)
    if _FAILURE.match(said):
        return State(job, FAILED_STATE, _FAILURE.sub("", said))
    if FAILED_PAGE in files:
        return State(job, FAILED_STATE, _error(folder / FAILED_PAGE))
    signs = [entry.stat().st_mtime for name, entry in files.items() if name != ".lock"]
    if not signs:
        return None
    recent = time.time() - max(signs) < RECENT
    return State(job, ELSEWHERE if recent else STOPPED, said, left)


def _not_begun(needed: Iterable[State]) -> str:
    names = {state.name for state in needed}
    if names & {FAILED_STATE, BLOCKED}:
        return BLOCKED
    return READY if names <= {DONE} else WAITING


def _last_line(log: Path) -> tuple[str, float | None]:
    """The last whole line of a log, and the seconds that the last line with such says are left."""
    with log.open("rb") as file:
        file.seek(max(log.stat().st_size - 4096, 0))
        lines = file.read().decode(errors="replace").splitlines()
    left = next((match for line in reversed(lines) if (match := _LEFT.search(line))), None)
    if left is None:
        return (lines[-1] if lines else ""), None
    hours, minutes, seconds = (int(part or 0) for part in left.groups())
    return lines[-1], 3600.0 * hours + 60 * minutes + seconds


def _error(page: Path) -> str:
    """The error in a notebook that failed; its path where there is none to be read."""
    try:
        cells = json.loads(page.read_text(encoding="utf-8"))["cells"]
        outputs = [output for cell in cells for output in cell.get("outputs", ())]
        error = next(output for output in reversed(outputs) if "ename" in output)
    except (OSError, ValueError, KeyError, StopIteration):
        return f"see {page}"
    return " ".join(f"{error['ename']}: {error['evalue']}".split())

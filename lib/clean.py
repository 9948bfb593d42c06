"""`make clean`: remove what was built, results included, after saying what that is."""

import fcntl
import shutil
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

LOCK = ".make.lock"
"""The file in the folder of a study that a `make` at work in it holds."""

UNITS = ("B", "kB", "MB", "GB", "TB")
ENGINE_LOCK = ".engine.lock"
"""The file there that an engine holds, whoever started it."""
DONE = "jobs/*/*/*/provenance.json"
"""In the folder of a study, what each finished job has."""


def clean(folder: Path, sure: bool, ask: Callable[[str], str] | None) -> int:
    """Remove a folder, and say what is lost with it; returns the exit status.

    Args:
        folder: `_build`, or that of a profile in it.
        sure: whether to remove it without a question.
        ask: puts a question to somebody; None where nobody is there to answer.
    """
    if folder.is_symlink():
        print(f"{folder} is a link to {folder.resolve()}: remove that yourself", file=sys.stderr)
        return 1
    if not folder.exists():
        print(f"there is no {folder}, so nothing is removed")
        return 0
    studies = sorted({path.parents[4] for path in folder.rglob(DONE)})
    locks = (*folder.rglob(LOCK), *folder.rglob(ENGINE_LOCK))
    if busy := next(filter(is_busy, locks), None):
        print(f"a `make` works in {busy.parent}: wait for it, or stop it first", file=sys.stderr)
        return 1
    print(f"{folder} ({_size(folder)}) is to be removed, with")
    for study in studies:
        print(f"  {study}: {_jobs(study)} finished jobs")
    if not studies:
        print("  no finished job")
    if not sure and ask is None:
        print("nothing was removed: YES=1 removes it without a question", file=sys.stderr)
        return 1
    if not sure and ask("Remove it? [y/N] ").strip().lower() not in ("y", "yes"):
        print("nothing was removed", file=sys.stderr)
        return 1
    shutil.rmtree(folder)
    return 0


def _jobs(study: Path) -> int:
    return sum(1 for _ in study.glob(DONE))


def is_busy(lock: Path) -> bool:
    """Whether a process holds it."""
    with lock.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return True
    return False


def _size(folder: Path) -> str:
    size, unit = float(_bytes(folder)), 0
    while size >= 1000 and unit < len(UNITS) - 1:
        size, unit = size / 1000, unit + 1
    return f"{size:.3g} {UNITS[unit]}"


def _bytes(folder: Path) -> int:
    total = 0
    for path in folder.rglob("*"):
        with suppress(FileNotFoundError):
            total += 0 if path.is_dir() else path.lstat().st_size
    return total

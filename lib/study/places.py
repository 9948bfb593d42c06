"""A device of its own for each job, where several jobs share a machine with several devices."""

from __future__ import annotations

import platform
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path

from filelock import FileLock, Timeout

from .progress import log

WAIT = 0.5
"""Seconds between two attempts to find a free place."""


@contextmanager
def place(devices: str, folder: Path) -> Iterator[str]:
    """Hold a place on one of several devices, and give it back at the end.

    A place is a lock on a file, which the system lifts when the process ends, however it ends. Only
    processes with the same folder keep out of each other's way.

    Args:
        devices: one name, which is used as it is and needs no place; or several, separated by
            spaces. One that is named twice has two places: "cuda:0 cuda:1 cuda:0 cuda:1".
        folder: of the study. The locks lie in `devices/<this machine's name>` there.

    Yields:
        The name of the device, after waiting for a free place if there is none.

    Raises:
        ValueError: no device, or "auto" among several.
    """
    names = devices.split()
    if not names:
        raise ValueError(f"no device in {devices!r}: use 'auto', 'cpu' or 'cuda:0 cuda:1'")
    if len(names) == 1:
        yield names[0]
        return
    if "auto" in names:
        raise ValueError(f"'auto' cannot be one of several devices: name them, not {devices!r}")
    name, lock = _first_free(names, folder / "devices" / platform.node())
    try:
        log.info("on %s", name)
        yield name
    finally:
        lock.release()


def _first_free(names: list[str], folder: Path) -> tuple[str, FileLock]:
    """The first place that is, or becomes, free, with its lock."""
    folder.mkdir(parents=True, exist_ok=True)
    places = [
        # numbered by device, so that other lists of devices lead to the same files
        (name, FileLock(folder / f"{name.replace(':', '-')}.{names[:i].count(name)}.lock"))
        for i, name in enumerate(names)
    ]
    for attempt in count():
        for name, lock in places:
            with suppress(Timeout):
                lock.acquire(timeout=0)
                return name, lock
        if attempt == 0:
            log.info("waiting for one of the devices %s", " ".join(names))
        time.sleep(WAIT)

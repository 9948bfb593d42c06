"""Files that are written completely or not at all, and folders in which one process works."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout


def write_atomically(path: Path, write: Callable[[Path], object]) -> None:
    """Write a hidden file in the same folder, flush it to the disk, rename it.

    A reader sees the old file or the new one; what a killed process leaves is overwritten later.

    Args:
        write: writes the content to the path that it is given.

    Raises:
        OSError: no space, no permission, a broken disk; it names the path, whose earlier file is
            kept.
    """
    part = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write(part)
        with part.open("rb+") as file:
            os.fsync(file.fileno())
        os.replace(part, path)
    except OSError as error:
        raise OSError(error.errno, error.strerror or str(error), str(path)) from error
    finally:
        part.unlink(missing_ok=True)


def replace_folder(folder: Path, part: Path) -> None:
    """Move `part`, which is complete, to `folder`. After a kill in between there is neither."""
    shutil.rmtree(folder, ignore_errors=True)
    part.rename(folder)


@contextmanager
def locked(lock: Path, notify: Callable[[str], object]) -> Iterator[None]:
    """Hold the lock of a folder. If another process holds it, call `notify` and wait."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    held = FileLock(lock)
    try:
        held.acquire(timeout=0)
    except Timeout:
        notify(f"waiting for another process, which works in {lock.parent}")
        held.acquire()
    try:
        yield
    finally:
        held.release()

"""Files and folders that are written completely or not at all, by one process at a time."""

import errno
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from filelock import FileLock, Timeout


def write_atomically(path: Path, write: Callable[[Path], object]) -> None:
    """Write under a temporary name in the same folder, flush to the disk, rename.

    A reader sees either the old file or the new one, even if the power fails. Of two
    processes that write one file the last one wins.

    Args:
        write: writes the content to the path that it is given.

    Raises:
        OSError: no space, no permission, a folder of that name, a broken disk; an earlier file is
            kept.
    """
    part = path.with_name(f".{path.name}.{uuid4().hex[:8]}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write(part)
        with part.open("rb+") as file:
            os.fsync(file.fileno())
        os.replace(part, path)
    except OSError as error:
        code = error.errno or errno.EIO
        raise OSError(
            code,
            f"{path} could not be written: {os.strerror(code)}. Nothing was overwritten. "
            "Make space, or make the folder writable, and start again: a job goes on from its last "
            "checkpoint.",
        ) from error
    finally:
        part.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def remove_parts(folder: Path, *names: str) -> None:
    """Remove unfinished files of killed processes, such as of `*.pt`, where none is at work now."""
    for name in names:
        for part in folder.rglob(f".{name}.*.part"):
            part.unlink(missing_ok=True)


def replace_folder(folder: Path, part: Path) -> None:
    """Rename `part`, which is complete, to `folder`; the earlier folder is removed last."""
    put_back(folder)
    old = folder.with_name(f".{folder.name}.old")
    if folder.exists():
        os.rename(folder, old)
    os.rename(part, folder)
    shutil.rmtree(old, ignore_errors=True)


def put_back(folder: Path) -> None:
    """Undo a `replace_folder` that was killed between its two renames."""
    old = folder.with_name(f".{folder.name}.old")
    if old.exists() and not folder.exists():
        os.rename(old, folder)
    shutil.rmtree(old, ignore_errors=True)


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

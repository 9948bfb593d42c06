"""Files that are written completely or not at all, and folders in which one process works."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


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
def locked(lock: Path, notify: Callable[[Path], object]) -> Iterator[int]:
    """Hold the lock of a folder, which any end of a process releases.

    Yields the open file, by its number: whichever process has it holds the lock, too.

    Args:
        notify: called with the folder if another process works there; then we wait for it, unless
            this raises.
    """
    import fcntl  # not in Windows, where no study runs

    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            notify(lock.parent)
            fcntl.flock(file, fcntl.LOCK_EX)
        yield file.fileno()

"""Files and folders that are written completely or not at all."""

import errno
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4


def write_atomically(path: Path, write: Callable[[Path], None]) -> None:
    """Write under a temporary name in the same folder, flush to the disk, rename.

    A reader sees either the old file or the new one, even if the power fails. Of two
    processes that write one file the last one wins. What a failed write leaves is
    removed.

    Args:
        path: the file to write.
        write: writes its content to the path that it is given.

    Raises:
        OSError: no space, no permission, a broken disk; what was there before still is.
        RuntimeError: that of `write`, where the disk is not the reason.
    """
    if path.is_dir():
        raise OSError(f"{path} is a folder, where a file is to be written: move it away")
    part = path.with_name(f".{path.name}.{uuid4().hex[:8]}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.touch()  # or says why not, of which PyTorch says less
        write(part)
        with part.open("rb+") as file:
            os.fsync(file.fileno())
        os.replace(part, path)
    except (OSError, RuntimeError) as error:
        causes = [cause for cause in (error, error.__context__) if isinstance(cause, OSError)]
        refused = causes[0] if causes else _refusal(part)
        if refused is None:
            raise
        code = refused.errno or errno.EIO
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


def _refusal(part: Path) -> OSError | None:
    """Why the disk takes no more of a file, of which PyTorch says its own offsets alone."""
    try:
        with part.open("ab") as file:
            file.write(bytes(1 << 20))
    except OSError as error:
        return error
    return None


def remove_parts(folder: Path, *names: str) -> None:
    """Remove what killed processes left of files, in a folder in which none is at work now.

    Args:
        names: those of the files, such as `*.pt`.
    """
    for name in names:
        for part in folder.rglob(f".{name}.*.part"):
            part.unlink(missing_ok=True)


def replace_folder(folder: Path, part: Path) -> None:
    """Rename `part`, which is complete, to `folder`; what was there before is removed last."""
    old = folder.with_name(f".{folder.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():
        os.rename(folder, old)
    os.rename(part, folder)
    shutil.rmtree(old, ignore_errors=True)

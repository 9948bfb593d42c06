"""Files that are written completely or not at all."""

import json
import os
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import torch


def write_atomically(path: Path, write: Callable[[Path], None]) -> None:
    """Write under a temporary name in the same folder, flush to the disk, rename.

    A reader sees either the old file or the new one, even if the power fails. What a failed write
    leaves is removed.

    Args:
        path: the file to write.
        write: writes its content to the path that it is given.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    try:
        write(part)
        with part.open("rb+") as file:
            os.fsync(file.fileno())
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def save_tensors(path: Path, content: dict) -> None:
    """Tensors and plain values to a file, atomically."""
    write_atomically(path, lambda part: torch.save(content, part))


class DamagedError(Exception):
    """A file is not what was written; the message says in what way."""


def read_whole(path: Path) -> dict:
    """What `torch.save` wrote, on the CPU and without executing any code from the file.

    PyTorch writes a zip archive with checksums, but reads it without checking them.

    Raises:
        DamagedError: the file cannot be read, or not all of it is what was written.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            if wrong := archive.testzip():
                raise DamagedError(f"the checksum of {wrong} differs")
        return torch.load(path, map_location="cpu", weights_only=True)
    except DamagedError:
        raise
    except OSError as error:  # a bad sector is damage too
        raise DamagedError(error.strerror) from error
    except Exception as error:  # the reader may fail in any way
        reason = " ".join(str(error).split())[:100]
        raise DamagedError(f"{type(error).__name__}: {reason}") from error


def load_tensors(path: Path) -> dict:
    """What `save_tensors` wrote.

    Raises:
        ValueError: the file is missing, or damaged; the message says what to do.
    """
    if not path.exists():
        raise ValueError(
            f"{path} is not there, though its job is done. Delete the folder to do the job again."
        )
    try:
        return read_whole(path)
    except DamagedError as error:
        raise ValueError(
            f"{path} is damaged, or not a file of this study ({error}). "
            "Delete its folder to do the job again."
        ) from error


def save_json(path: Path, content: Any) -> None:
    text = json.dumps(content, indent=2, ensure_ascii=False) + "\n"
    write_atomically(path, lambda part: part.write_text(text, encoding="utf-8"))


def save_table(path: Path, table: pd.DataFrame) -> None:
    write_atomically(path, lambda part: table.to_parquet(part, index=False))

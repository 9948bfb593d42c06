"""Files that are written completely or not at all."""

import hashlib
import json
import os
import shlex
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


def save_tensors(path: Path, content: dict) -> Path:
    """Tensors and plain values to a file, atomically; returns the path."""
    write_atomically(path, lambda part: torch.save(content, part))
    return path


def save_table(path: Path, table: pd.DataFrame) -> Path:
    """A table to a Parquet file, atomically; returns the path."""
    write_atomically(path, lambda part: table.to_parquet(part, index=False))
    return path


def save_json(path: Path, content: dict[str, Any]) -> None:
    """Plain values to a file, atomically, with the digest of all the others under `sha256`."""
    text = json.dumps(content | {"sha256": _checksum(content)}, indent=2, ensure_ascii=False)
    write_atomically(path, lambda part: part.write_text(text + "\n", encoding="utf-8"))


def _checksum(content: dict[str, Any]) -> str:
    others = {name: value for name, value in content.items() if name != "sha256"}
    return hashlib.sha256(json.dumps(others, sort_keys=True).encode()).hexdigest()


class DamagedError(ValueError):
    """A file is not what was written; the message says in what way."""


def load_json(path: Path) -> dict[str, Any]:
    """What `save_json` wrote.

    Raises:
        DamagedError: the file is missing, or not what was written.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if content["sha256"] == _checksum(content):
            return content
    except OSError as error:
        raise DamagedError(f"{path}: {error.strerror}") from error
    except (ValueError, KeyError, TypeError):  # not JSON, or another one
        pass
    raise DamagedError(f"{path} is damaged: its content does not agree with its checksum")


def digest(path: Path) -> str:
    """The SHA-256 of a file, hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def check_digest(path: Path, expected: str) -> None:
    """Compare a file with the digest that was taken when it was written.

    Raises:
        DamagedError: the file is missing, cannot be read, or differs.
    """
    try:
        if digest(path) == expected:
            return
    except OSError as error:
        raise DamagedError(f"{path}: {error.strerror}") from error
    raise DamagedError(f"{path} is damaged: its SHA-256 is not that of the file that was written")


def do_again(folder: Path) -> str:
    """How to have a job done again, for the end of an error message."""
    return f"To do its job again, `rm -r {shlex.quote(str(folder))}` and start the study again."


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

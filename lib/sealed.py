"""Files that are written completely or not at all, and compared with what was written when read."""

import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

PROVENANCE = "provenance.json"
"""The file that is written last, in the folder of a job and in one of results. It has the digests
of the others, so the folder is complete if it is there."""


class DamagedError(ValueError):
    """A file is not what was written.

    Args:
        reason: which file, and in what way.
        remedy: what to do about it, a sentence.
    """

    def __init__(self, reason: str, remedy: str = ""):
        super().__init__(f"{reason}. {remedy}" if remedy else reason)
        self.reason = reason


def write_atomically(path: Path, write: Callable[[Path], None]) -> None:
    """Write under a temporary name in the same folder, flush to the disk, rename.

    A reader sees either the old file or the new one, even if the power fails. What a failed write
    leaves is removed.

    Args:
        path: the file to write.
        write: writes its content to the path that it is given.

    Raises:
        OSError: no space, no permission, a broken disk; what was there before still is.
    """
    part = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write(part)
        with part.open("rb+") as file:
            os.fsync(file.fileno())
        os.replace(part, path)
    except (OSError, RuntimeError) as error:  # PyTorch raises RuntimeError on a full disk
        code = getattr(error, "errno", None) or getattr(error.__context__, "errno", None)
        raise OSError(
            code,
            f"{path} could not be written: {os.strerror(code) if code else error}. Nothing was "
            "overwritten. Make space, or make the folder writable, and start again: a job goes on "
            "from its last checkpoint.",
        ) from error
    finally:
        part.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def save_json(path: Path, content: dict[str, Any]) -> None:
    """Plain values to a file, atomically, with the digest of all the others under `sha256`."""
    text = json.dumps(content | {"sha256": _checksum(content)}, indent=2, ensure_ascii=False)
    write_atomically(path, lambda part: part.write_text(text + "\n", encoding="utf-8"))


def load_json(path: Path, remedy: str = "") -> dict[str, Any]:
    """What `save_json` wrote; `remedy` is that of a `DamagedError`.

    Raises:
        DamagedError: the file is missing, or not what was written.
        ValueError: it has neither a checksum nor the digests of other files.
        OSError: it cannot be read, which says nothing about what is in it.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise DamagedError(f"{path} is missing", remedy) from None
    except ValueError:
        content = None
    if isinstance(content, dict):
        if not {"sha256", "files"} & content.keys():  # no reason to do finished work again
            raise ValueError(
                f"{path} has no checksum: an earlier version wrote it. Go on with that version, or "
                "move its folder away to begin anew"
            )
        if content.get("sha256") == _checksum(content):
            return content
    raise DamagedError(f"{path} is damaged: its content does not agree with its checksum", remedy)


def _checksum(content: dict[str, Any]) -> str:
    others = {name: value for name, value in content.items() if name != "sha256"}
    return hashlib.sha256(json.dumps(others, sort_keys=True).encode()).hexdigest()


def digest(path: Path) -> str:
    """The SHA-256 of a file, hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def check_digest(path: Path, expected: str | None, remedy: str = "") -> None:
    """Compare a file with the digest that was taken when it was written.

    Args:
        path: the file.
        expected: the digest; None if no such file was written.
        remedy: of a `DamagedError`.

    Raises:
        DamagedError: the file is missing, or differs.
        OSError: it cannot be read, which says nothing about what is in it.
    """
    try:
        found = digest(path)
    except FileNotFoundError:
        raise DamagedError(f"{path} is missing", remedy) from None
    if expected is None:
        raise DamagedError(f"{path} is not one of the files that were written", remedy)
    if found != expected:
        wrong = "its SHA-256 is not that of the file as written"
        raise DamagedError(f"{path} is damaged: {wrong}", remedy)


def load_sealed(folder: Path) -> dict[str, Any]:
    """The provenance of a folder that was sealed, all of whose tables are what was written.

    Raises:
        DamagedError, OSError: as `load_json` and `check_digest`.
    """
    provenance = load_json(folder / PROVENANCE)
    for name, expected in provenance["files"].items():
        check_digest(folder / name, expected)
    return provenance


def seal(folder: Path, provenance: dict[str, Any]) -> None:
    """Complete a folder of tables: write its provenance, with the digest of each table."""
    tables = sorted(folder.rglob("*.parquet"))
    files = {table.relative_to(folder).as_posix(): digest(table) for table in tables}
    save_json(folder / PROVENANCE, provenance | {"files": files})

"""Files that are written completely or not at all, and compared with what was written when read."""

import errno
import hashlib
import json
import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

PROVENANCE = "provenance.json"
"""The file that is written last, in the folder of a job and in one of results. It has
the digests of the others, so the folder is complete if it is there."""


class DamagedError(ValueError):
    """A file is not what was written.

    Args:
        reason: which file, and in what way.
        remedy: what to do about it, a sentence.
    """

    def __init__(self, reason: str, remedy: str = ""):
        super().__init__(f"{reason}. {remedy}" if remedy else reason)
        self.reason = reason


def is_name(text: object) -> bool:
    """Whether this names one thing, and is no path to another one."""
    return isinstance(text, str) and re.fullmatch(r"\w[\w.-]*", text) is not None


def within(folder: Path, name: object) -> Path:
    """The path of a file in a folder, by a name that was read somewhere: the only way to one.

    Args:
        folder: any path.
        name: `table.parquet`, or `folder/table.parquet`.

    Raises:
        ValueError: it is absolute, has `..` or characters that no file of a study has,
            or leads out of the folder by a link.
    """
    if not isinstance(name, str) or not all(map(is_name, name.split("/"))):
        raise ValueError(
            f"{folder}: {name!r} is no name of a file in it, so nothing of it is read or copied. "
            "Whoever wrote it meant another file: take these results from somewhere else."
        )
    path = folder / name
    if not path.resolve().is_relative_to(folder.resolve()):
        raise ValueError(f"{path} is a link that leads out of {folder}: replace it by the file")
    return path


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


def save_json(path: Path, content: dict[str, Any]) -> None:
    """Plain values to a file, atomically, with the digest of all the others under `sha256`."""
    text = json.dumps(content | {"sha256": checksum(content)}, indent=2, ensure_ascii=False)
    write_atomically(path, lambda part: part.write_text(text + "\n", encoding="utf-8"))


def load_json(path: Path, remedy: str = "") -> dict[str, Any]:
    """What `save_json` wrote; `remedy` is that of a `DamagedError`.

    Raises:
        DamagedError: the file is missing, or not what was written.
        ValueError: it has neither a checksum nor the digests of other files, names
            things by paths, or is a folder.
        OSError: it cannot be read, which says nothing about what is in it.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise DamagedError(f"{path} is missing", remedy) from None
    except IsADirectoryError:
        raise ValueError(f"{path} is {_FOLDER}") from None
    except (ValueError, RecursionError):
        content = None
    if isinstance(content, dict):
        if not {"sha256", "files"} & content.keys():  # no reason to do finished work again
            raise ValueError(
                f"{path} has no checksum: an earlier version wrote it. Go on with that version, or "
                "move its folder away to begin anew"
            )
        if content.get("sha256") == checksum(content):
            _check_names(path, content)
            return content
    raise DamagedError(f"{path} is damaged: its content does not agree with its checksum", remedy)


_FOLDER = "a folder, where there was a file: move it away, and start again"


def _check_names(path: Path, content: dict[str, Any]) -> None:
    """Refuse a provenance whose names are paths; `ValueError` as for `within`."""
    files = content.get("files", {})
    if not isinstance(files, dict) or not all(isinstance(d, str) for d in files.values()):
        raise ValueError(f"{path}: its files are no names with digests: take it from elsewhere")
    for name in files:
        within(path.parent, name)
    for name in filter(None, _names(content)):
        if not is_name(name):
            raise ValueError(f"{path}: {name!r} is no name: take these results from elsewhere")


def _names(content: dict[str, Any]) -> Iterator[object]:
    """Names in a provenance of which paths may be made."""
    yield from (content.get(fact) for fact in ("profile", "chapter", "experiment", "analysis"))
    experiments = content.get("experiments", {})
    if not isinstance(experiments, dict):
        yield experiments or [experiments]
        return
    for name, setting in experiments.items():
        yield name or [name]
        if isinstance(setting, dict):
            yield setting.get("model")
            yield setting.get("base")


def checksum(content: dict[str, Any]) -> str:
    """The SHA-256 of plain values as JSON, hexadecimal, without their own `sha256`."""
    sealed = {name: value for name, value in content.items() if name != "sha256"}
    return hashlib.sha256(json.dumps(sealed, sort_keys=True).encode()).hexdigest()


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
        ValueError: it is a folder.
        OSError: it cannot be read, which says nothing about what is in it.
    """
    try:
        actual = digest(path)
    except FileNotFoundError:
        raise DamagedError(f"{path} is missing", remedy) from None
    except IsADirectoryError:
        raise ValueError(f"{path} is {_FOLDER}") from None
    if expected is None:
        raise DamagedError(f"{path} is not one of the files that were written", remedy)
    if actual != expected:
        wrong = "its SHA-256 is not that of the file as written"
        raise DamagedError(f"{path} is damaged: {wrong}", remedy)


def load_sealed(folder: Path, remedy: str = "") -> dict[str, Any]:
    """The provenance of a folder that was sealed, all of whose tables are what was written.

    Raises:
        DamagedError, ValueError, OSError: as `load_json` and `check_digest`.
    """
    provenance = load_json(folder / PROVENANCE, remedy)
    if "files" not in provenance:
        raise ValueError(f"{folder / PROVENANCE} names no files: it is that of no results")
    for name, expected in provenance["files"].items():
        check_digest(within(folder, name), expected, remedy)
    return provenance


def seal(folder: Path, provenance: dict[str, Any]) -> None:
    """Complete a folder of tables: write its provenance, with the digest of each table."""
    tables = sorted(folder.rglob("*.parquet"))
    files = {table.relative_to(folder).as_posix(): digest(table) for table in tables}
    save_json(folder / PROVENANCE, provenance | {"files": files})

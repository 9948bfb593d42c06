"""Tables of results and their digests: a table that has changed is refused where it is read."""

import hashlib
import json
from pathlib import Path
from typing import Any

from .atomic_files import write_atomically

PROVENANCE = "provenance.json"
"""The file that is written last, in the folder of a job and in one of an experiment's
results. It has the digests of the others, so the folder is complete if it is there."""


class DamagedError(ValueError):
    """A file is missing, or does not have the content that was written."""


def damaged(path: Path, wrong: str, remedy: str = "") -> DamagedError:
    """The error for a missing or damaged file; nothing is removed automatically.

    Pass `remedy` if starting again would not recreate the file.
    """
    default = f"If it is in Git, `git restore {path}`; otherwise remove {path} and start again"
    return DamagedError(f"{path} {wrong}. {remedy or default}")


def save_json(path: Path, content: dict[str, Any]) -> None:
    """Plain values to a file, atomically, with the digest of all the others under `sha256`."""
    text = json.dumps(content | {"sha256": checksum(content)}, indent=2, ensure_ascii=False)
    write_atomically(path, lambda part: part.write_text(text + "\n", encoding="utf-8"))


def load_json(path: Path, remedy: str = "") -> dict[str, Any]:
    """The content of a file that `save_json` wrote; a DamagedError unless it is as written."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise damaged(path, "is missing", remedy) from None
    except (ValueError, RecursionError):
        content = None
    if not isinstance(content, dict) or content.get("sha256") != checksum(content):
        raise damaged(path, "is damaged", remedy)
    return content


def checksum(content: dict[str, Any]) -> str:
    """The SHA-256 of plain values as JSON, hexadecimal, without their own `sha256`."""
    sealed = {name: value for name, value in content.items() if name != "sha256"}
    return hashlib.sha256(json.dumps(sealed, sort_keys=True).encode()).hexdigest()


def digest(path: Path) -> str:
    """The SHA-256 of a file, hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def check_digest(path: Path, expected: str | None, remedy: str = "") -> None:
    """A DamagedError unless a file has the digest with which it was written."""
    if not path.exists():
        raise damaged(path, "is missing", remedy)
    if digest(path) != expected:
        raise damaged(path, "is damaged", remedy)


def seal(folder: Path, provenance: dict[str, Any]) -> None:
    """Complete a folder of tables: write its provenance, with the digest of each table."""
    files = {table.name: digest(table) for table in sorted(folder.glob("*.parquet"))}
    save_json(folder / PROVENANCE, provenance | {"files": files})


def study_folders(within: Path) -> list[Path]:
    """The folders of all studies that lie in one: each has folders of experiments."""
    found = {file.parents[1] for file in within.rglob(f"[!.]*/{PROVENANCE}")}
    # hidden folders are remains of a killed process
    return sorted(folder for folder in found if not folder.name.startswith("."))


def load_parts(study: Path) -> dict[str, dict[str, Any]]:
    """The provenance of each experiment in a study's folder, by name, in their declared order.

    Raises a DamagedError if one of them has changed, or a folder of tables has none.
    """
    folders = {f.parent for kind in (PROVENANCE, "*.parquet") for f in study.glob(f"[!.]*/{kind}")}
    parts = {folder.name: load_json(folder / PROVENANCE) for folder in folders}
    return dict(sorted(parts.items(), key=lambda item: (item[1]["place"], item[0])))


def load_sealed(study: Path) -> dict[str, dict[str, Any]]:
    """As `load_parts`, but a DamagedError unless there is one, and all tables are as written."""
    if not (parts := load_parts(study)):
        raise DamagedError(f"{study} has no folder of an experiment with a {PROVENANCE}")
    for name, part in parts.items():
        for file, expected in part["files"].items():
            check_digest(study / name / file, expected)
    return parts


def study_digest(study: Path) -> str:
    """One digest of all tables of a study; errors as for `load_sealed`."""
    return checksum({name: part["sha256"] for name, part in load_sealed(study).items()})

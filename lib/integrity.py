"""Files with digests, which are checked when they are read, and the folders of a study."""

import hashlib
import json
from pathlib import Path
from typing import Any

from .atomic_files import write_atomically

PROVENANCE = "provenance.json"
"""The file that is written last, in the folder of a job and in one of an experiment's
results. It has the digests of the others, so the folder is complete if it is there."""

RESULTS = Path("results")
"""The folder of the published studies, in the repository and in each book."""


class DamagedError(ValueError):
    """A file does not have the content that was written."""


def damaged(path: Path, wrong: str, remedy: str = "") -> DamagedError:
    """The error for a damaged file, with a remedy; nothing is removed automatically.

    Pass `remedy` if starting again would not recreate the file.
    """
    default = f"If it is in Git, `git restore {path}`; otherwise remove {path} and start again"
    return DamagedError(f"{path} {wrong}. {remedy or default}")


def save_json(path: Path, content: dict[str, Any]) -> None:
    """Plain values to a file, atomically, with the digest of all the others under `sha256`."""
    text = json.dumps(content | {"sha256": checksum(content)}, indent=2, ensure_ascii=False)
    write_atomically(path, lambda part: part.write_text(text + "\n", encoding="utf-8"))


def load_json(path: Path, remedy: str = "") -> dict[str, Any]:
    """The content of a file that `save_json` wrote.

    Raises:
        DamagedError: the file is missing, or not what was written.
        OSError: it cannot be read, which says nothing about its content.
    """
    content = parse_json(path, remedy)
    if content.get("sha256") != checksum(content):
        raise damaged(path, "is damaged: its content has another checksum", remedy)
    return content


def parse_json(path: Path, remedy: str = "") -> dict[str, Any]:
    """The content of a JSON file, unchecked; errors as for `load_json`."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise damaged(path, "is missing", remedy) from None
    except (ValueError, RecursionError):
        content = None
    if not isinstance(content, dict):
        raise damaged(path, "is damaged: it cannot be read", remedy)
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
    """Compare a file with its digest as written, if there is one; errors as for `load_json`."""
    try:
        actual = digest(path)
    except FileNotFoundError:
        raise damaged(path, "is missing", remedy) from None
    if expected is None:
        raise damaged(path, "is not one of the files that were written", remedy)
    if actual != expected:
        raise damaged(path, "is damaged: its SHA-256 is not that of the file as written", remedy)


def check_listed(folder: Path) -> None:
    """Compare the tables of a folder with `SHA256SUMS` there; errors as for `load_json`."""
    sums = folder / "SHA256SUMS"
    lines = sums.read_text(encoding="utf-8").splitlines() if sums.exists() else ()
    listed = {name: expected for expected, name in map(str.split, lines)}
    again = f"If it was measured anew: cd {folder} && sha256sum *.csv > {sums.name}"
    for name in sorted({*listed, *(table.name for table in folder.glob("*.csv"))}):
        check_digest(folder / name, listed.get(name), again)


def seal(folder: Path, provenance: dict[str, Any]) -> None:
    """Complete a folder of tables: write its provenance, with the digest of each table."""
    files = {table.name: digest(table) for table in sorted(folder.glob("*.parquet"))}
    save_json(folder / PROVENANCE, provenance | {"files": files})


def published_results(chapter: str) -> Path:
    """The folder of a chapter's tables, from the repository's root."""
    return RESULTS / "chapters" / chapter


def study_folders(within: Path) -> list[Path]:
    """The folders of all studies that lie in one: each has folders of experiments.

    Hidden folders are remains of a killed process.
    """
    found = {file.parent.parent for file in within.rglob(f"*/{PROVENANCE}")}
    return sorted(folder for folder in found if not folder.name.startswith("."))


def load_parts(study: Path) -> dict[str, dict[str, Any]]:
    """The provenance of each experiment in a study's folder, by name, in their declared order.

    Raises:
        DamagedError: as `load_json`.
        ValueError: a folder is not that of its experiment.
    """
    files = sorted(study.glob(f"[!.]*/{PROVENANCE}"))
    parts = {file.parent.name: load_json(file) for file in files}
    for name, part in parts.items():
        if "place" not in part or {*part["experiments"]} - {name}:
            raise ValueError(f"{study / name} is no folder of results of an experiment {name}")
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

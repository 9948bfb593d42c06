"""Executed notebooks: they know what they were executed on, and have a digest of all of it."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nbformat

from ..integrity import checksum, damaged, digest, parse_json
from .pages import read_by

EXECUTED_ON = "executed_on"
"""Where the metadata of a page have its name, and the digests of the files and of the studies that
it was executed on, by their paths from the root; and of its claims, if it is published."""


def _digest(content: dict[str, Any]) -> str:
    """That of a notebook, as read from its JSON, without the digest in its metadata."""
    return checksum(content | {"metadata": checksum(_metadata(content))})


def seal_page(notebook: nbformat.NotebookNode, path: Path) -> None:
    """Write a notebook with its digest."""
    notebook.metadata.pop("sha256", None)
    notebook.metadata["sha256"] = _digest(json.loads(nbformat.writes(notebook)))
    nbformat.write(notebook, path)


def load_page(path: Path) -> dict[str, Any]:
    """An executed notebook; DamagedError where it is missing, or differs from its digest."""
    content = parse_json(path)
    expected = _metadata(content).get("sha256")
    if expected is None:
        raise damaged(path, "has no digest, so nothing tells if it is damaged")
    if expected != _digest(content) or "cells" not in content:
        raise damaged(path, "is damaged: its content has another digest")
    return content


def _metadata(content: dict[str, Any]) -> dict[str, Any]:
    metadata = content.get("metadata")
    return metadata if isinstance(metadata, dict) else {}


def check_page(path: Path, source: Path, tables: Mapping[str, str], root: Path) -> None:
    """Raise DamagedError unless a page was executed on what there is now; or as `load_page`.

    Args:
        path: the page, whose name is that of the file.
        source: its notebook.
        tables: {folder where a study is published: its digest}.
        root: that of the repository.
    """
    said = load_page(path)["metadata"].get(EXECUTED_ON, {})
    files = said.get("files", {})
    now = {name: digest(root / name) for name in files if (root / name).exists()}
    others = sorted({name for name, _ in files.items() ^ (now | read_by(source, root)).items()})
    others += [folder for folder, on in said.get("tables", {}).items() if tables.get(folder) != on]
    if not said:
        wrong = "does not say what it was executed on"
    elif said["page"] != path.stem:
        wrong = f"is the page {said['page']}"
    elif others:
        wrong = f"was executed on something else than there is now in {others[0]}"
    else:
        return
    raise damaged(
        path,
        wrong,
        f"If it is published, `python -m lib.commands.publish` executes it again; otherwise "
        f"remove {path} and start again",
    )

"""Executed notebooks: they know what they were executed on, and have a digest of all of it."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import nbformat

from ..integrity import DamagedError, checksum, parse_json

EXECUTED_ON = "executed_on"
"""Where the metadata of a page have its name, the digest of its source, and those of the studies
that it reads, by where these are published."""


def _digest(content: dict[str, Any]) -> str:
    """That of a notebook, as read from its JSON, without the digest in its metadata."""
    return checksum(content | {"metadata": checksum(_metadata(content))})


def seal_page(notebook: nbformat.NotebookNode, path: Path) -> None:
    """Write a notebook with its digest."""
    notebook.metadata.pop("sha256", None)
    notebook.metadata["sha256"] = _digest(json.loads(nbformat.writes(notebook)))
    nbformat.write(notebook, path)


def load_page(path: Path, remedy: str = "") -> dict[str, Any]:
    """An executed notebook, compared with the digest in its metadata.

    Raises:
        DamagedError: it is missing, has no digest, or differs from what was written.
        OSError: it cannot be read, which says nothing about what is in it.
    """
    content = parse_json(path, remedy)
    expected = _metadata(content).get("sha256")
    if expected is None:
        raise DamagedError(f"{path} has no digest, so nothing tells if it is damaged", remedy)
    if expected != _digest(content) or "cells" not in content:
        raise DamagedError(f"{path} is damaged: its content has another digest", remedy)
    return content


def _metadata(content: dict[str, Any]) -> dict[str, Any]:
    metadata = content.get("metadata")
    return metadata if isinstance(metadata, dict) else {}


def check_page(
    path: Path, sources: Mapping[str, str], tables: Callable[[str], str | None], remedy: str = ""
) -> None:
    """Compare what an executed page was executed on with what there is now.

    Args:
        path: the page, whose name is that of the file.
        sources: {page: digest of its source}.
        tables: gives the digest of the study that is published in a folder.

    Raises:
        DamagedError: it is that of another page, source or table; or as for `load_page`.
    """
    said = load_page(path, remedy)["metadata"].get(EXECUTED_ON)
    if said is None:
        raise DamagedError(f"{path} does not say what it was executed on", remedy)
    if said["page"] != path.stem:
        raise DamagedError(f"{path} is the page {said['page']}", remedy)
    if said["source"] != sources.get(path.stem):
        raise DamagedError(f"{path} was executed from another source than there is now", remedy)
    for folder, expected in said["tables"].items():
        if tables(folder) != expected:
            raise DamagedError(f"{path} shows other tables than there are in {folder}", remedy)

"""Executed notebooks with their own digest in their metadata, by which damage is noticed."""

import json
from pathlib import Path
from typing import Any

import nbformat

from ..integrity import DamagedError, checksum


def _digest(content: dict[str, Any]) -> str:
    """That of a notebook, as read from its JSON, without the digest in its metadata."""
    return checksum(content | {"metadata": checksum(content.get("metadata", {}))})


def seal_page(notebook: nbformat.NotebookNode, path: Path) -> None:
    """Write a notebook with its digest."""
    notebook.metadata.pop("sha256", None)
    notebook.metadata["sha256"] = _digest(json.loads(nbformat.writes(notebook)))
    nbformat.write(notebook, path)


def load_page(path: Path, remedy: str = "") -> dict[str, Any]:
    """An executed notebook, compared with the digest in its metadata.

    Raises:
        DamagedError: it is missing, is no notebook, has no digest, or differs.
        OSError: it cannot be read, which says nothing about what is in it.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        expected = content.get("metadata", {}).get("sha256")
        now = _digest(content)
    except FileNotFoundError:
        raise DamagedError(f"{path} is missing", remedy) from None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise DamagedError(f"{path} is damaged: it is no notebook", remedy) from None
    if expected is None:
        raise DamagedError(f"{path} has no digest, so nothing tells if it is damaged", remedy)
    if expected != now or "cells" not in content:
        raise DamagedError(f"{path} is damaged: its content has another digest", remedy)
    return content

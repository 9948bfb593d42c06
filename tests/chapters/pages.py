"""What pages of chapters define, without the studies that they show."""

from typing import Any

import jupytext

from lib import ROOT


def definitions(name: str) -> dict[str, Any]:
    """The names that a page imports and defines in its cells of definitions."""
    found: dict[str, Any] = {}
    for cell in jupytext.read(ROOT / "notebooks" / f"{name}.py").cells:
        tags = cell.metadata.get("tags", [])
        if cell.cell_type == "code" and {"remove-cell", "definitions"} & set(tags):
            exec(cell.source, found)
    return found

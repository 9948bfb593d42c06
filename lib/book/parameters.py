"""The parameters that a notebook declares."""

from __future__ import annotations

import ast
from typing import Any

import nbformat


def declared_parameters(notebook: nbformat.NotebookNode) -> dict[str, Any]:
    """The names and default values in the cell tagged `parameters`; empty without such a cell.

    Raises:
        ValueError: a default is not a plain literal.
    """
    found: dict[str, Any] = {}
    for cell in notebook.cells:
        if "parameters" not in cell.metadata.get("tags", []):
            continue
        for statement in ast.parse(cell.source).body:
            if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
                name = statement.targets[0].id
                try:
                    found[name] = ast.literal_eval(statement.value)
                except ValueError:
                    raise ValueError(f"the default of {name} must be a plain literal") from None
    return found

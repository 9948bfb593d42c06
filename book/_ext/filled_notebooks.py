"""Notebooks that a reader downloads have their numbers in the text, where pages have references."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import nbformat

RECORD = "application/papermill.record/text/plain"
_TEXT = re.compile(r"\{glue:text\}`([\w-]+)(?::\w*)?`")
_BLOCK = re.compile(r"```\{glue\} ([\w-]+)\n```")


def filled(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Put what the notebook has glued into its own Markdown; names of others stay."""
    outputs = (output for cell in notebook.cells for output in cell.get("outputs", []))
    glued = {
        output.metadata["scrapbook"]["name"]: output.data[RECORD].strip("'\"")
        for output in outputs
        if RECORD in output.get("data", {})
    }
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            text = _TEXT.sub(lambda found: glued.get(found[1], found[0]), cell.source)
            cell.source = _BLOCK.sub(lambda found: f"*{glued.get(found[1], found[0])}*", text)
    return notebook


def fill(app: Any, error: Exception | None) -> None:
    """Fill the copies that Sphinx keeps for the download button."""
    for file in Path(app.outdir, "_sources").rglob("*.ipynb") if error is None else ():
        nbformat.write(filled(nbformat.read(file, as_version=4)), file)


def setup(app: Any) -> dict[str, bool]:
    app.connect("build-finished", fill)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

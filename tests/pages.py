"""Run a page without Jupyter."""

import ast
from pathlib import Path
from typing import Any
from unittest.mock import patch

import jupytext
from IPython.display import Markdown
from markdown_it import MarkdownIt


def run_notebook(source: Path, given: dict[str, Any]) -> dict[str, Any]:
    """Run a notebook with parameters; returns its variables, and its outputs as `displayed`."""
    notebook = jupytext.read(source)
    names: dict[str, Any] = {"displayed": (displayed := [])}
    with (
        patch.dict("os.environ"),
        patch("sys.displayhook", displayed.append),
        # without a kernel, `display` prints
        patch("IPython.core.interactiveshell.InteractiveShell.initialized", lambda: False),
        patch("IPython.core.display_functions.print", displayed.append, create=True),
    ):
        for cell in notebook.cells:
            if cell.cell_type == "code":
                code = ast.Interactive(ast.parse(cell.source).body)
                exec(compile(code, source, "single"), names)
            if "parameters" in cell.metadata.get("tags", []):
                names |= given
    return names


def as_html(displayed: list[Any]) -> str:
    """Outputs as HTML."""
    html = [output._repr_html_() for output in displayed if hasattr(output, "_repr_html_")]
    texts = [output.data for output in displayed if isinstance(output, Markdown)]
    html += map(MarkdownIt().render, texts)
    return "".join(html)

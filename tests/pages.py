"""Run a page without Jupyter."""

import ast
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import patch

import jupytext
from IPython.display import Markdown
from markdown_it import MarkdownIt

from lib.report import NotMeasuredError


def run_notebook(
    source: Path,
    given: dict[str, Any],
    measure: Callable[[NotMeasuredError], None] | None = None,
) -> dict[str, Any]:
    """Run a notebook with parameters; returns its variables, and its outputs as `displayed`.

    Args:
        measure: adds what a cell misses, which is then executed again.
    """
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
                while True:
                    try:
                        exec(compile(code, source, "single"), names)
                        break
                    except NotMeasuredError as error:
                        if measure is None:
                            raise
                        measure(error)
            if "parameters" in cell.metadata.get("tags", []):
                names |= given
    return names


def as_html(displayed: list[Any]) -> str:
    """Outputs as HTML."""
    html = [output._repr_html_() for output in displayed if hasattr(output, "_repr_html_")]
    texts = [output.data for output in displayed if isinstance(output, Markdown)]
    html += map(MarkdownIt().render, texts)
    return "".join(html)

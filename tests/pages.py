"""Pages without Jupyter: the names of a page after it has run on a study."""

import ast
from pathlib import Path
from typing import Any
from unittest.mock import patch

import jupytext
from IPython.display import Markdown
from markdown_it import MarkdownIt


def run_notebook(source: Path, given: dict[str, Any]) -> dict[str, Any]:
    """The names of a notebook that has run on these parameters; `displayed` lists what it shows."""
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
    """What is shown, as HTML."""
    html = [shown._repr_html_() for shown in displayed if hasattr(shown, "_repr_html_")]
    html += [MarkdownIt().render(shown.data) for shown in displayed if isinstance(shown, Markdown)]
    return "".join(html)

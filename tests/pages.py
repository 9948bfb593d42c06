"""Pages without Jupyter: the names of a page after it has run on a study."""

import ast
from pathlib import Path
from typing import Any
from unittest.mock import patch

import jupytext
from IPython.display import Markdown
from markdown_it import MarkdownIt

from lib.book.execute import adapt_to_page, declared_parameters
from lib.book.pages import notebook_pages


def source_of(name: str) -> tuple[Path, dict[str, Any]]:
    """The notebook of a page, and the parameters that tell it from others of that notebook."""
    [page] = [page for page in notebook_pages() if page.name == name]
    return page.source, page.parameters


def run_notebook(source: Path, page: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    """The names of a notebook that has run; `displayed` lists what it shows.

    Args:
        page: the parameters that tell its page from others of the notebook.
        given: all parameters that are given.
    """
    notebook = jupytext.read(source)
    adapt_to_page(notebook, declared_parameters(notebook) | page)
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

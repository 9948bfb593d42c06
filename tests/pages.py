"""Pages without Jupyter: the names of a page after it has run on a study."""

import ast
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

import jupytext
from IPython.display import Markdown
from lib.book.report.results import Results, load_results
from markdown_it import MarkdownIt

from lib import ROOT
from lib.book.execute import adapt_to_page, declared_parameters
from lib.book.pages import notebook_pages
from lib.integrity import PROVENANCE


def source_of(name: str) -> tuple[Path, dict[str, Any]]:
    """The notebook of a page, and the parameters that tell it from others of that notebook."""
    [page] = [page for page in notebook_pages() if page.name == name]
    return page.source, page.parameters


@lru_cache(maxsize=8)
def _loaded(folder: Path, written: int, experiments: tuple[str, ...] | None) -> Results:
    return load_results(folder, experiments)


def loaded(folder: str | Path, experiments: Iterable[str] | None = None) -> Results:
    """As `load_results`, once for all pages: they share what is computed of a study as well."""
    provenance = ROOT / folder / PROVENANCE
    if not provenance.is_file():
        return load_results(folder)
    part = None if experiments is None else tuple(experiments)
    return _loaded(Path(folder), provenance.stat().st_mtime_ns, part)


def run_page(name: str, study: Path | Results, **folders: Path) -> dict[str, Any]:
    """The names of a page that has run on a study, or on the folder of one.

    `displayed` lists what it shows. `folders` are those of other studies that it reads.
    """
    source, parameters = source_of(name)
    given = {"results": study if isinstance(study, Results) else str(study), **parameters}
    given |= {parameter: str(folder) for parameter, folder in folders.items()}

    def load(results, *only):
        return results if results is study else loaded(results, *only)

    with (
        patch("lib.book.report.results.load_results", load),
        patch("lib.book.report.page.load_results", load),
    ):
        return run_notebook(source, parameters, given)


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

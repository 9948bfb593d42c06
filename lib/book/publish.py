"""Make a study's results those of the published book.

Usage: python -m lib.book.publish RESULTS
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from .. import ROOT
from ..report.results import ResultsError, load_results
from .execute import ExecutionError, execute
from .pages import notebook_pages
from .results import CHAPTERS, FULL_SCALE, published_results

BESIDE = (CHAPTERS, FULL_SCALE)
"""Folders in that of the main study's tables that hold those of others."""


def publish(results: Path, root: Path = ROOT) -> None:
    """Put the tables where the book reads them, and execute the pages that do, into `book/`.

    What else is published stays: tables and pages of other chapters. Networks at the paper's scale
    get a folder of their own, beside the study of the other pages.

    Args:
        results: a folder with a study's merged tables; its provenance names the chapter.
        root: the repository.

    Raises:
        ResultsError: the folder is no such one; nothing is changed then.
        ExecutionError: a notebook failed.
    """
    said = load_results(results.resolve()).provenance
    chapter = said.get("chapter", "")
    full_scale = not chapter and not said["scaled_down"]
    published = root / published_results(FULL_SCALE if full_scale else chapter)
    if results.resolve() != published.resolve():
        _clear(published)  # tables that the new study does not have
        hidden = shutil.ignore_patterns(".*", *BESIDE)
        shutil.copytree(results, published, ignore=hidden, dirs_exist_ok=True)
    for page in notebook_pages(root, chapter):
        if full_scale and page.name != FULL_SCALE:
            continue
        execute(page.source, root / "book" / f"{page.name}.ipynb", page.parameters)


def _clear(folder: Path) -> None:
    for path in folder.glob("*"):
        if path.name in BESIDE:
            continue
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()


if __name__ == "__main__":
    try:
        publish(Path(sys.argv[1]))
    except (ResultsError, ExecutionError) as error:
        sys.exit(str(error))

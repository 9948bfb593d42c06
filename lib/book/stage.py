"""Lay out the pages of a study's own book, beside its executed notebooks.

Usage: python -m lib.book.stage RESULTS PAGES
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from .. import ROOT


def stage(results: Path, pages: Path, root: Path = ROOT) -> None:
    """Copy the configuration, the prose and the provenance to `pages`; notebooks stay as they are.

    Args:
        results: the results folder, for its `provenance.json`.
        pages: the folder of the book to be.
        root: the repository.
    """
    pages.mkdir(parents=True, exist_ok=True)
    for name in ("_config.yml", "_toc.yml"):
        shutil.copyfile(root / name, pages / name)
    shutil.copytree(
        root / "book",
        pages / "book",
        ignore=shutil.ignore_patterns("*.ipynb", "__pycache__"),
        dirs_exist_ok=True,
    )
    (pages / "results").mkdir(exist_ok=True)
    shutil.copyfile(results / "provenance.json", pages / "results" / "provenance.json")


if __name__ == "__main__":
    stage(Path(sys.argv[1]), Path(sys.argv[2]))

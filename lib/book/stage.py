"""Lay out the pages of a study's own book, beside the notebooks that were executed for it.

Usage: python -m lib.book.stage RESULTS PAGES [--chapter NAME] SECTION ...
"""

import argparse
import shutil
from collections.abc import Collection
from pathlib import Path

from .. import ROOT
from ..study.chapters import CHAPTERS
from .pages import FULL_SCALE, published_results


def stage(
    results: Path,
    pages: Path,
    executed: Collection[str],
    chapter: str = "",
    root: Path = ROOT,
) -> None:
    """Copy the configuration, the prose, and the published notebooks of all other sections.

    Args:
        results: the study's results folder, for its `provenance.json`.
        executed: names of the sections that the study has executed itself; they stay as they are.
        chapter: of the study; empty for the main one.
    """
    pages.mkdir(parents=True, exist_ok=True)
    for name in ("_config.yml", "_toc.yml"):
        shutil.copyfile(root / name, pages / name)
    shutil.copytree(
        root / "book",
        pages / "book",
        ignore=shutil.ignore_patterns("__pycache__", *(f"{name}.ipynb" for name in executed)),
        dirs_exist_ok=True,
    )
    for name in ("", FULL_SCALE, *CHAPTERS):
        source = results if name == chapter else root / published_results(name)
        if (source / "provenance.json").is_file():
            target = pages / published_results(name)
            target.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source / "provenance.json", target / "provenance.json")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m lib.book.stage", description=__doc__)
    parser.add_argument("results", type=Path)
    parser.add_argument("pages", type=Path)
    parser.add_argument("executed", nargs="+", metavar="SECTION")
    parser.add_argument("--chapter", default="")
    given = parser.parse_args()
    stage(given.results, given.pages, given.executed, given.chapter)

"""The pages of a book: which come from notebooks, where their tables lie, how they are laid out.

Usage: python -m lib.book.pages RESULTS PAGES [--chapter NAME] SECTION ...

It lays out the pages of a study's own book, beside the notebooks that were executed for
it.
"""

import argparse
import shutil
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from .. import ROOT
from ..integrity import PROVENANCE, load_json, load_parts, load_sealed, within
from ..interruption import run_command_line
from .report.names import PAPER_NETWORKS
from .report.results import FULL_SCALE, published_results

MULTI_PAGE = {"page_of_each_network": ("network", tuple(PAPER_NETWORKS))}
"""Notebook that makes several pages -> (its parameter, the values, which name the pages)."""

CHAPTERS = tuple(sorted(path.parent.name for path in ROOT.glob("lib/analyses/*/experiments.py")))
"""The studies of their own."""

OF_EITHER = (
    *("accuracy", "claims", "contrast", "controls", "index", "methods", "reproduction"),
    *("robustness", "which_metric", "zeros", *PAPER_NETWORKS),
)
"""The pages that show one study: `converged` in this book, the main one in a study of one's own."""

OWN_PAGES = {
    "converged": ("converged", "function", *OF_EITHER),
    "width_and_length": (),
    "grounded": (),
}
"""Chapter -> the pages that show its tables alone, if these are not just the one of its name."""

SHARED_PAGES = {
    "converged": ("validity",),
    "width_and_length": ("robustness",),
    "grounded": ("which_metric",),
}
"""Chapter -> the pages that show its tables beside those of the main study."""


@dataclass(frozen=True)
class Page:
    """A page of the book."""

    name: str  # of the page, and of its file in `book`
    source: Path  # the notebook in percent format
    # {name: text} that select this page of the notebook, without its results folders
    parameters: Mapping[str, str] = field(default_factory=dict)


def notebook_pages(root: Path = ROOT, chapter: str | None = None) -> list[Page]:
    """The pages of all notebooks except those of jobs, sorted by name.

    A page that has files of its own is `page.py` in the folder of its name.

    Args:
        chapter: only the pages that show this chapter; empty for the main study's; None
            for all.
    """
    pages = []
    for source in (root / "notebooks").glob("*.py"):
        if source.stem in MULTI_PAGE:
            parameter, values = MULTI_PAGE[source.stem]
            pages += [Page(value, source, {parameter: value}) for value in values]
        elif not source.stem.startswith("job_"):
            pages.append(Page(source.stem, source))
    pages += [Page(source.parent.name, source) for source in (root / "notebooks").glob("*/page.py")]
    if chapter:
        names = pages_of(chapter)
        pages = [page for page in pages if page.name in names]
    elif chapter is not None:
        elsewhere = {name for study in CHAPTERS for name in own_pages(study)} - {*OF_EITHER}
        pages = [page for page in pages if page.name not in elsewhere]
    return sorted(pages, key=lambda page: page.name)


def own_pages(chapter: str) -> tuple[str, ...]:
    """The pages that show the tables of a chapter and no others."""
    return OWN_PAGES.get(chapter, (chapter,))


def pages_of(chapter: str) -> tuple[str, ...]:
    """All pages that show the tables of a chapter, the one that is about it first."""
    return (*own_pages(chapter), *SHARED_PAGES.get(chapter, ()))


def folder_parameter(page: str, chapter: str) -> str:
    """The parameter of a page that is the folder of a study's tables.

    Args:
        page: its name.
        chapter: the study; empty for the main one.
    """
    return chapter if page in SHARED_PAGES.get(chapter, ()) else "results"


def stage(
    results: Path,
    pages: Path,
    executed: Collection[str],
    chapter: str = "",
    root: Path = ROOT,
) -> None:
    """Copy the configuration, the prose, the tables, and the published notebooks of all others.

    Args:
        results: the study's results folder, whose tables the pages offer.
        executed: names of the sections that the study has executed itself; they stay as
            they are.
        chapter: of the study; empty for the main one.

    Raises:
        DamagedError, ValueError: a table is not what was written, or its name is a path.
    """
    pages.mkdir(parents=True, exist_ok=True)
    configuration = yaml.safe_load((root / "_config.yml").read_text(encoding="utf-8"))
    # so that findings of the published book, which this study may not bear out, do not stop it
    configuration["sphinx"]["config"]["own_study"] = True
    (pages / "_config.yml").write_text(yaml.safe_dump(configuration), encoding="utf-8")
    shutil.copyfile(root / "_toc.yml", pages / "_toc.yml")
    shutil.copytree(
        root / "book",
        pages / "book",
        ignore=shutil.ignore_patterns("__pycache__", *(f"{name}.ipynb" for name in executed)),
        dirs_exist_ok=True,
    )
    for name in ("", FULL_SCALE, *CHAPTERS):
        source = results if name == chapter else root / published_results(name)
        if load_parts(source):
            for experiment in load_sealed(source)["experiments"]:
                copy_sealed(source / experiment, pages / published_results(name) / experiment)


def copy_sealed(source: Path, target: Path) -> None:
    """Copy the folder of an experiment: what its provenance names, and no more."""
    target.mkdir(parents=True, exist_ok=True)
    for file in (*load_json(source / PROVENANCE)["files"], PROVENANCE):
        shutil.copyfile(within(source, file), target / file)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m lib.book.pages", description=__doc__)
    parser.add_argument("results", type=Path)
    parser.add_argument("pages", type=Path)
    parser.add_argument("executed", nargs="+", metavar="SECTION")
    parser.add_argument("--chapter", default="")
    given = parser.parse_args()
    try:
        stage(given.results, given.pages, given.executed, given.chapter)
    except (ValueError, OSError) as error:
        print(error)
        return 1
    return 0


if __name__ == "__main__":
    run_command_line(main)

"""The pages of a book: which come from notebooks, where their tables lie, how they are laid out.

Usage: python -m lib.book.pages RESULTS PAGES [--chapter NAME] SECTION ...

It lays out the pages of a study's own book, beside the notebooks that were executed for
it.
"""

import argparse
import re
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

MULTI_PAGE = {
    "page_of_each_network": ("network", tuple(PAPER_NETWORKS)),
    "network": ("network", tuple(PAPER_NETWORKS)),
}
"""Notebook that makes several pages -> (its parameter, the values, which name the pages)."""

CHAPTERS = tuple(sorted(path.parent.name for path in ROOT.glob("lib/analyses/*/experiments.py")))
"""The studies of their own."""

OF_EITHER = (
    *("accuracy", "claims", "contrast", "controls", "index", "methods"),
    *("robustness", "which_metric", *PAPER_NETWORKS),
)
"""The pages that show one study: `converged` in this book, the main one in a study of one's own."""

OWN_PAGES = {
    "converged": ("converged", "function", "validity", *OF_EITHER),
    "width_and_length": (),
}
"""Chapter -> the pages that show its tables alone, if these are not just the one of its name."""

SHARED_PAGES = {
    "width_and_length": ("robustness",),
}
"""Chapter -> the pages that show its tables beside those of the main study."""


_FOLDER = re.compile(r'^(\w+) = "results(?:/chapters/(\w+))?"', re.MULTILINE)


@dataclass(frozen=True)
class Page:
    """A page of the book."""

    name: str  # of the page, and of its file in `book`
    source: Path  # the notebook in percent format
    # {name: text} that select this page of the notebook, without its results folders
    parameters: Mapping[str, str] = field(default_factory=dict)

    @property
    def folders(self) -> dict[str, str] | None:
        """{chapter: the parameter that is its folder}, "" for the main study, by the source.

        None of a notebook that has no folder of its own: `OWN_PAGES` tells of these.
        """
        if self.source.name != "page.py":
            return None
        found = _FOLDER.findall(self.source.read_text(encoding="utf-8"))
        return {chapter: parameter for parameter, chapter in found}


def notebook_pages(root: Path = ROOT, chapter: str | None = None) -> list[Page]:
    """The pages of all notebooks except those of jobs, sorted by name.

    A page that has files of its own is `page.py` in the folder of its name.

    Args:
        chapter: only the pages that show this chapter; empty for the main study's; None
            for all.
    """
    pages = []
    notebooks = root / "notebooks"
    in_folders = {source.parent.name: source for source in notebooks.glob("*/page.py")}
    for name, source in ({s.stem: s for s in notebooks.glob("*.py")} | in_folders).items():
        if name in MULTI_PAGE:
            parameter, values = MULTI_PAGE[name]
            pages += [Page(value, source, {parameter: value}) for value in values]
        elif not name.startswith("job_"):
            pages.append(Page(name, source))
    if chapter is not None:
        elsewhere = {name for study in CHAPTERS for name in own_pages(study)} - {*OF_EITHER}
        names = pages_of(chapter) if chapter else {page.name for page in pages} - elsewhere
        pages = [
            page
            for page in pages
            if (chapter in page.folders if page.folders is not None else page.name in names)
        ]
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
        page: name of one that shows the study.
        chapter: the study; empty for the main one.
    """
    folders = next((each.folders for each in notebook_pages() if each.name == page), None)
    if folders is not None:
        return folders[chapter]
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

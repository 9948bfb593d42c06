"""The pages of a book: their notebooks, their tables, and the layout of their folder."""

import re
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import nbformat

from ..integrity import checksum, digest, load_parts, study_folders
from ..repository import RESULTS, ROOT, published_results

EXECUTED_ON = "executed_on"
"""Where the metadata of a page have the digests of the files and of the studies that it was
executed on, by their paths from the root; and of its claims, if it is published. Its own, which
`page_digest` gives, is beside them, as `sha256`."""

LEFT_OUT = "left_out"
"""Where the metadata of a page have the reason why there is nothing but its title."""

_CLAIMS = re.compile(r'"(\w+)/')
_DECIDES = re.compile(r'Claims\(\s*"(\w+)"')
_REPORT = re.compile(r"^from lib(\.report\b| import report\b)", re.MULTILINE)
_READS = re.compile(r'read\(\s*"(\w+)",([^()]*)\)')
_FOLDER = re.compile(r'^(\w+) = "results/chapters/(\w+)"', re.MULTILINE)


@dataclass(frozen=True)
class Page:
    """A page of the book."""

    source: Path  # the notebook in percent format

    @property
    def name(self) -> str:
        """Of the page, and of its file in `book`."""
        return self.source.parent.name

    @property
    def folders(self) -> dict[str, str]:
        """{chapter: the parameter that is its folder}, such as `results = "results/chapters/x"`."""
        found = _FOLDER.findall(self.source.read_text(encoding="utf-8"))
        return {chapter: parameter for parameter, chapter in found}

    def reads(self, chapter: str) -> set[str]:
        """The tables of a chapter that it names where it reads them."""
        parameter = rf"\b{self.folders[chapter]}\b"
        named = _READS.findall(self.source.read_text(encoding="utf-8"))
        return {table for table, folders in named if re.search(parameter, folders)}

    @property
    def rests_on(self) -> set[str]:
        """Names of the pages whose claims its sentences name, such as `claims/u-*`."""
        named = set(_CLAIMS.findall(self.source.read_text(encoding="utf-8")))
        return {name for name in named if (self.source.parents[1] / name).is_dir()}


def notebook_pages(root: Path = ROOT, chapter: str | None = None) -> list[Page]:
    """The pages that are notebooks: of a chapter, or all.

    Sorted by name, but pages come after those on whose claims they rest.
    """
    pages = map(Page, (root / "notebooks").glob("*/page.py"))
    shown = [page for page in pages if chapter is None or chapter in page.folders]
    return sorted(shown, key=lambda page: (len(page.rests_on), page.name))


def read_by(source: Path, root: Path = ROOT) -> dict[str, str]:
    """{path from the root: digest} of a notebook there, of the code and tables in its folder, which
    it alone uses, and of `lib.report`, if it is named."""
    files = [file for file in source.resolve().parent.iterdir() if file.suffix in (".py", ".csv")]
    if _REPORT.search(source.read_text(encoding="utf-8")):
        files += (root / "lib" / "report").glob("*.*")
    return digests(sorted(files), root)


def digests(files: Iterable[Path], root: Path) -> dict[str, str]:
    """{path from the root: digest} of those files that are there."""
    inside = [file for file in files if file.is_relative_to(root) and file.exists()]
    return {str(file.relative_to(root)): digest(file) for file in inside}


def page_digest(page: nbformat.NotebookNode) -> str:
    """Of all that an executed page shows, and of what its metadata say that it was executed on."""
    return checksum(page.metadata | {"cells": page.cells})


def left_out(book: Path) -> dict[str, str]:
    """{page: why it could not be made}, of executed pages."""
    pages = {file.stem: nbformat.read(file, as_version=4) for file in sorted(book.glob("*.ipynb"))}
    return {
        name: page.metadata[LEFT_OUT] for name, page in pages.items() if LEFT_OUT in page.metadata
    }


def claims_of(page: Path, source: Path) -> list[Path]:
    """The files in which a published page writes its claims (`lib.report.claims`)."""
    names = _DECIDES.findall(source.read_text(encoding="utf-8"))
    return [page.parent / "claims" / f"{name}.csv" for name in names]


def stage(results: Path, pages: Path, chapter: str, root: Path = ROOT) -> None:
    """Copy configuration, prose, tables, and the published notebooks of other chapters.

    Args:
        results: the chapter's results folder of a study, which has executed its pages itself.
        pages: the folder of the book.
    """
    own = [f"{page.name}.ipynb" for page in notebook_pages(root, chapter)]
    pages.mkdir(parents=True, exist_ok=True)
    for name in ("_config.yml", "_toc.yml"):
        shutil.copyfile(root / name, pages / name)
    ignored = shutil.ignore_patterns("__pycache__", *own)
    shutil.copytree(root / "book", pages / "book", ignore=ignored, dirs_exist_ok=True)
    studies = {study.relative_to(root): study for study in study_folders(root / RESULTS)}
    studies[published_results(chapter)] = results
    for name, source in studies.items():
        for experiment in load_parts(source):
            copy_results(source / experiment, pages / name / experiment)


def copy_results(source: Path, target: Path) -> None:
    """Copy the folder of an experiment, without unfinished files of a killed process."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target, ignore=shutil.ignore_patterns(".*"))

"""Make a study's results those of the published book.

Usage: python -m lib.book.publish RESULTS [--merge | --add]

With `--merge` the experiments in RESULTS take the place of the published ones of their names, and
all others stay. With `--add` the published runs of other complete networks stay as well.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import jupytext

from .. import ROOT
from ..report.results import ResultsError, load_results
from ..study.merge import merge
from ..study.provenance import DIRTY
from ..study.store import PROVENANCE
from ..study.study import Job
from .execute import ExecutionError, execute
from .pages import notebook_pages
from .parameters import declared_parameters
from .results import CHAPTERS, FULL_SCALE, published_results

BESIDE = (CHAPTERS, FULL_SCALE)
"""Folders in that of the main study's tables that hold those of others."""


def publish(results: Path, root: Path = ROOT, merging: bool = False, add: bool = False) -> None:
    """Put the tables where the book reads them, and execute the pages that do, into `book/`.

    What else is published stays: tables and pages of other chapters. Networks at the paper's scale
    get a folder of their own, beside the study of the other pages.

    Args:
        results: a folder with a study's merged tables; its provenance names the chapter.
        root: the repository.
        merging: whether the experiments that are published already, and not in `results`, stay.
        add: of an experiment that is published, keep the runs of other complete networks too.

    Raises:
        ResultsError: the folder is no such one; nothing is changed then.
        ValueError: its jobs come from code that was not committed, or it does not fit to what is
            published; nothing is changed then.
        ExecutionError: a notebook failed.
    """
    said = load_results(results.resolve()).provenance
    chapter = said.get("chapter", "")
    full_scale = not chapter and not said["scaled_down"]
    published = root / published_results(FULL_SCALE if full_scale else chapter)
    if results.resolve() != published.resolve():
        _check_committed(said)
        published.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=".publish-", dir=published) as scratch:
            whole = Path(scratch) / "results"
            if (merging or add) and (published / PROVENANCE).exists():
                merge(published, results, whole, add)
            else:
                shutil.copytree(results, whole, ignore=shutil.ignore_patterns(".*", *BESIDE))
            load_results(whole)
            _replace(published, whole)
    for page in notebook_pages(root, chapter):
        if full_scale and FULL_SCALE not in declared_parameters(jupytext.read(page.source)):
            continue
        execute(page.source, root / "book" / f"{page.name}.ipynb", page.parameters)


def _check_committed(provenance: dict) -> None:
    """Refuse a study whose numbers could not be traced to their code."""
    which = ("experiment", "train_seed", "prune_seed", "analysis")
    said = [
        str(Job(*(job.get(part) for part in which)))
        for job in provenance["jobs"]
        if job.get("revision", "").endswith(DIRTY)
    ]
    if said:
        raise ValueError(
            f"{len(said)} of {len(provenance['jobs'])} jobs ran on code that was not committed, so "
            f"nobody could find it again: {'; '.join(said)}. Commit, delete the folders of these "
            "jobs, and do them again; then publish."
        )


def _replace(published: Path, whole: Path) -> None:
    """Whoever is stopped here leaves no provenance, so that nobody takes a half for the whole."""
    (published / PROVENANCE).unlink(missing_ok=True)
    files = [path.relative_to(whole) for path in whole.rglob("*") if path.is_file()]
    for path in published.rglob("*"):
        inside = path.relative_to(published)
        if path.is_file() and inside.parts[0] not in BESIDE and whole not in path.parents:
            path.unlink()
    for file in sorted(files, key=lambda file: file.name == PROVENANCE):
        (published / file).parent.mkdir(parents=True, exist_ok=True)
        os.replace(whole / file, published / file)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m lib.book.publish",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("results", type=Path)
    parser.add_argument("--merge", action="store_true", help="other experiments stay")
    parser.add_argument("--add", action="store_true", help="other complete networks stay as well")
    given = parser.parse_args(arguments)
    try:
        publish(given.results, ROOT, given.merge, given.add)
    except (ResultsError, ExecutionError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

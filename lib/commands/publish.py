"""Make a study's results those of the published book.

Usage: python -m lib.commands.publish [RESULTS]

The folders of the experiments in RESULTS replace the published ones of the same names,
and all others stay. Then the pages that show them are executed; without RESULTS, all
pages on the tables that are published. Until its last page is executed again, a book of
new tables is not built.
"""

import argparse
import shutil
from pathlib import Path
from typing import Any

from .. import ROOT
from ..atomic_files import replace_folder
from ..book.execute import execute
from ..book.pages import copy_sealed, notebook_pages
from ..integrity import PUBLISHING, check_together, load_parts, load_sealed, published_results
from ..interruption import run_command_line
from ..study.job import Job
from ..study.provenance import committed


def publish(results: Path, root: Path = ROOT) -> None:
    """Put a study's merged tables where the book reads them, and execute the pages that do.

    Other experiments, and pages of other chapters, stay as they are.

    Raises:
        ValueError: the tables are damaged, come from code that was not committed, or do not
            belong to what is published. Nothing is changed then.
        ExecutionError: a notebook failed.
    """
    parts = load_sealed(results)
    chapter = next(iter(parts.values())).get("chapter", "")
    published = root / published_results(chapter)
    if results.resolve() != published.resolve():
        fresh = {name: part for name, part in parts.items() if part["experiments"]}
        _check_committed(fresh)
        check_families(published, fresh)
        _replace(published, results, list(fresh))
    execute_pages(root, chapter)


def execute_pages(root: Path = ROOT, chapter: str | None = None) -> None:
    """Execute the pages that show a chapter, or all, on the published tables."""
    for page in notebook_pages(root, chapter):
        execute(page.source, root / "book" / f"{page.name}.ipynb", {})


def _check_committed(parts: dict[str, dict[str, Any]]) -> None:
    """Refuse a study whose numbers could not be traced to their code."""
    jobs = {str(Job.of(job)): job for part in parts.values() for job in part["jobs"]}
    if uncommitted := [name for name, job in jobs.items() if not committed(job)]:
        raise ValueError(
            f"{len(uncommitted)} of {len(jobs)} jobs ran on code that was not "
            f"committed, so nobody could find it again: {'; '.join(uncommitted)}. Commit, delete "
            "the folders of these jobs, and run them again; then publish."
        )


def _replace(published: Path, results: Path, names: list[str]) -> None:
    """Put folders of experiments in the place of those of the same names, all of them checked.

    An interruption while they are replaced leaves `PUBLISHING`, which readers refuse.
    """
    scratch = published / PUBLISHING
    try:
        for name in names:
            copy_sealed(results / name, scratch / name)
        load_sealed(scratch)
    except BaseException:
        shutil.rmtree(scratch, ignore_errors=True)
        raise
    for name in names:
        replace_folder(published / name, scratch / name)
    scratch.rmdir()


def check_families(published: Path, fresh: dict[str, dict[str, Any]]) -> None:
    """Refuse fresh experiments that pages would compare with others of another study.

    Of another profile, chapter, or data; or of a network and its variants, which start from
    the same complete networks, some would stay.
    """
    parts = load_parts(published) | fresh
    check_together(parts)
    bases = {n: part["experiments"][n]["base"] for n, part in parts.items() if part["experiments"]}
    for name in fresh:
        if left := [n for n, base in bases.items() if base == bases[name] and n not in fresh]:
            raise ValueError(
                f"{name} would appear beside {', '.join(left)} of another study, and pages compare "
                "the two: publish them together (EXPERIMENTS), or delete the folders of those"
            )


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser("python -m lib.commands.publish", description=__doc__)
    parser.add_argument("results", type=Path, nargs="?")
    given = parser.parse_args(arguments)
    publish(given.results, ROOT) if given.results else execute_pages()
    return 0


if __name__ == "__main__":
    run_command_line(main)

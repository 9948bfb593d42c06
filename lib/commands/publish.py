"""Publish the results of a study in the book.

Usage: python -m lib.commands.publish [RESULTS]

The experiments in RESULTS replace published experiments of the same names; all others
stay. Then the pages that show them are executed; without RESULTS, all pages on the
published tables. The book cannot be built before all pages of new tables are executed.
"""

import argparse
from collections.abc import Container
from itertools import product
from pathlib import Path
from typing import Any

from ..atomic_files import replace_folder
from ..book.execute import execute
from ..book.pages import copy_results, notebook_pages
from ..declared import CATALOGUE
from ..did_you_mean import check
from ..integrity import load_parts, load_sealed
from ..interruption import run_command_line
from ..repository import ROOT, published_results
from ..study.provenance import committed
from ..study.study import Job


def publish(results: Path, root: Path = ROOT, experiments: Container[str] | None = None) -> None:
    """Copy a study's merged tables to where the book reads them, and execute the pages that do.

    Other experiments, and pages of other chapters, stay as they are. After a kill, the book is not
    built until the same command has ended.

    Args:
        experiments: names of those to copy, as others may have been merged before; None for all.

    Raises:
        ValueError: the tables are damaged, come from code that was not committed, or do not
            belong to what is published. Nothing is changed then.
        ExecutionError: a notebook failed.
    """
    parts = load_sealed(results)
    chapter = next(iter(parts.values())).get("chapter", "")
    check("chapter", chapter, CATALOGUE.chapters)  # the name of a folder here
    published = root / published_results(chapter)
    if results.resolve() != published.resolve():
        chosen = parts if experiments is None else experiments
        fresh = {name: p for name, p in parts.items() if p["experiments"] and name in chosen}
        check_committed(fresh)
        check_together(fresh, load_parts(published))
        for name in fresh:
            part = published / f".{name}.part"
            copy_results(results / name, part)
            replace_folder(published / name, part)
    execute_pages(root, chapter)


def execute_pages(root: Path = ROOT, chapter: str | None = None) -> None:
    """Execute the pages that show a chapter, or all, on the published tables."""
    for page in notebook_pages(root, chapter):
        execute(page.source, root / "book" / f"{page.name}.ipynb", {})


def check_committed(parts: dict[str, dict[str, Any]]) -> None:
    """Refuse a study whose numbers could not be traced to their code."""
    jobs = {str(Job.of(job)): job for part in parts.values() for job in part["jobs"]}
    if uncommitted := [name for name, job in jobs.items() if not committed(job)]:
        raise ValueError(
            f"{len(uncommitted)} of {len(jobs)} jobs ran on code that was not "
            f"committed, so nobody could find it again: {'; '.join(uncommitted)}. Commit the code, "
            "remove the folders of these jobs, run them again, and publish."
        )


def check_together(fresh: dict[str, dict[str, Any]], published: dict[str, dict[str, Any]]) -> None:
    """Refuse fresh experiments that pages would compare with published ones of another study."""
    staying = [(name, part) for name, part in published.items() if name not in fresh]
    for (name, part), (other, kept) in product(fresh.items(), staying):
        mine, theirs = part["experiments"][name], kept["experiments"].get(other, {})
        others = [fact for fact in ("profile", "chapter") if part[fact] != kept.get(fact, "")]
        if mine["dataset"] == theirs.get("dataset"):
            others += ["data"] * (mine["dataset_sha256"] != theirs["dataset_sha256"])
        # a network and its variants start from the same originals
        others += ["originals"] * (mine["base"] == theirs.get("base"))
        if others:
            raise ValueError(
                f"{name} would be compared with the published {other}, which has other "
                f"{' and other '.join(others)}: publish them together (EXPERIMENTS), or remove the "
                f"folder of {other}"
            )


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser("python -m lib.commands.publish", description=__doc__)
    parser.add_argument("results", type=Path, nargs="?")
    given = parser.parse_args(arguments)
    publish(given.results, ROOT) if given.results else execute_pages()
    return 0


if __name__ == "__main__":
    run_command_line(main)

"""Publish the results of a study in the book.

Usage: python -m lib.commands.publish [RESULTS]

The experiments in RESULTS replace published experiments of the same names; all others
stay. Then the pages that show them are executed; without RESULTS, all pages on the
published tables. The book cannot be built before all pages of new tables are executed.
"""

import argparse
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .. import ROOT
from ..atomic_files import put_back, replace_folder
from ..book.execute import execute
from ..book.pages import copy_results, notebook_pages
from ..catalogue import CATALOGUE
from ..did_you_mean import check
from ..integrity import load_parts, load_sealed, published_results
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
    check("chapter", chapter, CATALOGUE.chapters)  # the name of a folder here
    published = root / published_results(chapter)
    put_back(published)
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
            f"committed, so nobody could find it again: {'; '.join(uncommitted)}. Commit the code, "
            "remove the folders of these jobs, run them again, and publish."
        )


def _replace(published: Path, results: Path, names: list[str]) -> None:
    """Put folders of experiments in the place of those of the same names, all at once."""
    part = published.with_name(f".{published.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    if published.exists():
        shutil.copytree(published, part)
    for name in names:
        copy_results(results / name, part / name)
    load_sealed(part)  # a disk can fail without an error
    replace_folder(published, part)


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
                f"{name} would be compared with {', '.join(left)} of another study: publish them "
                "together (EXPERIMENTS), or remove the folders of the others"
            )


def check_together(parts: Mapping[str, Mapping[str, Any]]) -> None:
    """Raise a ValueError unless experiments are of one profile and chapter, on the same data."""
    seen: dict[str, tuple[str, object]] = {}
    for name, part in parts.items():
        facts = {fact: part.get(fact, "") for fact in ("profile", "chapter")}
        for setting in part["experiments"].values():
            facts[f"SHA-256 of {setting.get('dataset')}"] = setting.get("dataset_sha256")
        for fact, value in facts.items():
            first, known = seen.setdefault(fact, (name, value))
            if value != known:
                raise ValueError(
                    f"{first} and {name} do not belong together: the {fact} is {known!r} and "
                    f"{value!r}. Publish them together, or remove the folder of one"
                )


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser("python -m lib.commands.publish", description=__doc__)
    parser.add_argument("results", type=Path, nargs="?")
    given = parser.parse_args(arguments)
    publish(given.results, ROOT) if given.results else execute_pages()
    return 0


if __name__ == "__main__":
    run_command_line(main)

"""Make a study's results those of the published book.

Usage: python -m lib.commands.publish [RESULTS]

The folders of the experiments in RESULTS replace the published ones of the same names,
and all others stay. Then the pages that show them are executed; without RESULTS, all
pages on the tables that are published. Until its last page is executed again, a book of
new tables is not built.
"""

import argparse
import shutil
import sys
from pathlib import Path
from typing import Any

import pandas as pd

from .. import ROOT
from ..atomic_files import replace_folder
from ..book.execute import ExecutionError, execute
from ..book.pages import copy_sealed, notebook_pages
from ..integrity import (
    UNFINISHED,
    check_digest,
    check_together,
    load_parts,
    load_sealed,
    published_results,
)
from ..interruption import run_command_line
from ..study.job import Job
from ..study.provenance import committed
from ..study.study import TRAINED
from ..table_schemas import PERFORMANCE


def publish(results: Path, root: Path = ROOT) -> None:
    """Put tables where the book reads them, and execute the pages that read them into `book/`.

    Other experiments, and pages of other chapters, stay as they are.

    Args:
        results: a folder with a study's merged tables; its provenance names the chapter.

    Raises:
        ValueError: `results` cannot be read as a results folder; its jobs come from code
            that was not committed, or it does not belong to what is published, such as
            what an interruption has left. Nothing is changed then.
        ExecutionError: a notebook failed.
    """
    parts = load_sealed(results)
    chapter = next(iter(parts.values())).get("chapter", "")
    published = root / published_results(chapter)
    if results.resolve() != published.resolve():
        fresh = {name: part for name, part in parts.items() if part["experiments"]}
        _check_committed(fresh)
        check_same_networks(published, results, fresh)
        _replace(published, results, list(fresh))
    execute_pages(root, chapter)


def execute_pages(root: Path = ROOT, chapter: str | None = None) -> None:
    """Execute the pages that show a chapter, or all, on the published tables."""
    for page in notebook_pages(root, chapter):
        execute(page.source, root / "book" / f"{page.name}.ipynb", page.parameters)


def _check_committed(parts: dict[str, dict[str, Any]]) -> None:
    """Refuse a study whose numbers could not be traced to their code."""
    jobs = {str(Job.of(job)): job for part in parts.values() for job in part["jobs"]}
    uncommitted = [
        name
        for name, job in jobs.items()
        if not (committed(job) and committed(job.get(TRAINED, job)))
    ]
    if uncommitted:
        raise ValueError(
            f"{len(uncommitted)} of {len(jobs)} jobs ran on code that was not "
            f"committed, so nobody could find it again: {'; '.join(uncommitted)}. Commit, delete "
            "the folders of these jobs, and run them again; then publish."
        )


def _replace(published: Path, results: Path, names: list[str]) -> None:
    """Put folders of experiments in the place of those of the same names.

    All are copied and checked before the first is replaced. An interruption leaves each
    folder as it was or as it is to be, and `UNFINISHED` beside them, which readers refuse.
    """
    scratch = published / UNFINISHED
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


def check_same_networks(published: Path, new: Path, fresh: dict[str, dict[str, Any]]) -> None:
    """Refuse experiments that pages would compare with others of another study.

    Args:
        published: a study's folder; there may be no experiments in it.
        new: another one.
        fresh: the provenance of its experiments, which take the place of those of the same
            names.

    Raises:
        ValueError: another profile, chapter, or data; a network and its variants do not
            start from the same complete networks; what is published is damaged.
    """
    old = load_parts(published)
    check_together(old | fresh)
    bases = {
        n: setting["base"]
        for p in (old | fresh).values()
        for n, setting in p["experiments"].items()
    }
    for name, part in fresh.items():
        base = bases[name]
        left = [n for n, of in bases.items() if of == base and n not in fresh]
        beside = {n: (published / n, old[n]) for n in left} | {name: (new / name, part)}
        if left and not _same_networks(base, beside):
            raise ValueError(
                f"{name} would appear beside {', '.join(left)} of another study, and pages compare "
                "the two: publish them together (EXPERIMENTS), or delete the folders of those"
            )


def _same_networks(base: str, parts: dict[str, tuple[Path, dict[str, Any]]]) -> bool:
    """Whether a base and its variants start from the same complete networks.

    A variant that trains complete networks of its own does so.
    """
    sharing = {}
    for name, (folder, part) in parts.items():
        jobs = (job for job in part["jobs"] if job["experiment"] == name)
        trains = any({job["prune_seed"], job.get("other_seed")} == {None} for job in jobs)
        if name == base or not trains:
            sharing[name] = _complete_networks(folder, part["files"])
    known = {seed: network for of in sharing.values() for seed, network in of.items()}
    known = sharing.get(base, known)
    return all(known.get(seed) == n for of in sharing.values() for seed, n in of.items())


def _complete_networks(folder: Path, files: dict[str, str]) -> dict[int, tuple[float, ...]]:
    """{train_seed: accuracy and losses}, rounded, as machines sum differently."""
    path = folder / f"{PERFORMANCE.name}.parquet"
    check_digest(path, files.get(path.name))
    rows = pd.read_parquet(path).round(6)
    rows = rows[rows.prune_seed.isna() & rows.other_seed.isna()].set_index("train_seed")
    return rows[["accuracy", "loss", "train_loss"]].fillna(-1).apply(tuple, axis=1).to_dict()


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser("python -m lib.commands.publish", description=__doc__)
    parser.add_argument("results", type=Path, nargs="?")
    given = parser.parse_args(arguments)
    try:
        publish(given.results, ROOT) if given.results else execute_pages()
    except (ExecutionError, OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    run_command_line(main)

"""Make a study's results those of the published book.

Usage: python -m lib.book.publish RESULTS
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from .. import ROOT
from ..report.results import ResultsError, load_results
from .execute import ExecutionError, execute


def section_sources(root: Path = ROOT) -> list[Path]:
    """The notebooks that become pages: all but the jobs."""
    return sorted(p for p in (root / "notebooks").glob("*.py") if not p.stem.startswith("job_"))


def publish(results: Path, root: Path = ROOT) -> None:
    """Put the tables into `results/` and execute every section notebook on them, into `book/`.

    Args:
        results: a folder with a study's merged tables.
        root: the repository.

    Raises:
        ResultsError: the folder is no such one; nothing is changed then.
        ExecutionError: a notebook failed.
    """
    published = root / "results"
    load_results(results.resolve())
    if results.resolve() != published.resolve():
        shutil.rmtree(published, ignore_errors=True)  # tables that the new study does not have
        shutil.copytree(results, published, ignore=shutil.ignore_patterns(".*"))
    for source in section_sources(root):
        execute(source, root / "book" / f"{source.stem}.ipynb", {})


if __name__ == "__main__":
    try:
        publish(Path(sys.argv[1]))
    except (ResultsError, ExecutionError) as error:
        sys.exit(str(error))

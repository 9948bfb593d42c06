"""Make a study's results those of the published book.

Usage: python -m lib.book.publish RESULTS
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from .. import ROOT
from .execute import ExecutionError, execute

TABLES = ("similarity.parquet", "performance.parquet", "density.parquet", "provenance.json")


def section_sources(root: Path = ROOT) -> list[Path]:
    """The notebooks that become pages: all but the jobs."""
    return sorted(p for p in (root / "notebooks").glob("*.py") if not p.stem.startswith("job_"))


def publish(results: Path, root: Path = ROOT) -> None:
    """Copy the tables to `results/` and execute every section notebook on them, into `book/`.

    Args:
        results: a folder with a study's merged tables.
        root: the repository.

    Raises:
        FileNotFoundError: a table is missing.
        ExecutionError: a notebook failed.
    """
    published = root / "results"
    published.mkdir(exist_ok=True)
    if results.resolve() != published.resolve():
        for name in TABLES:
            shutil.copyfile(results / name, published / name)
    for source in section_sources(root):
        execute(source, root / "book" / f"{source.stem}.ipynb", {})


if __name__ == "__main__":
    try:
        publish(Path(sys.argv[1]))
    except (FileNotFoundError, ExecutionError) as error:
        sys.exit(str(error))

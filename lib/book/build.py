"""Build the HTML of a book.

Usage: python -m lib.book.build [PAGES] [--builder html], PAGES is the folder of the book
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path

from .. import ROOT
from ..integrity import RESULTS, check_listed, study_digest, study_folders
from ..interruption import run_command_line
from .pages import notebook_pages
from .sealed_page import check_page

STRICT = ("--all", "--warningiserror", "--nitpick", "--keep-going")
JUPYTER_BOOK = """
from jupyter_book.cli.main import main
try:
    main()
except RuntimeError:  # of which Sphinx has said the reason before
    raise SystemExit("the book could not be built") from None
"""
"""Not the script beside this Python: it names the folder in which it was installed, and so would
build a copy of the folder, or one that was moved, with the `lib` of the other one."""


def build(pages: Path, builder: str = "html") -> Path:
    """Build what lies beside `_config.yml` and `_toc.yml`, and give the landing page.

    Args:
        builder: "html", with warnings as errors, or "singlehtml", all pages as one.

    Raises:
        DamagedError: as `check_whole`; nothing is built then.
        subprocess.CalledProcessError: a fault, which is on standard error.
    """
    check_whole(pages)
    (pages / "_build").mkdir(exist_ok=True)  # or says that it cannot be written to
    # standard output is about progress alone; faults are on standard error
    how = STRICT if builder == "html" else ("--builder", builder)
    command = [sys.executable, "-P", "-c", JUPYTER_BOOK, "build", pages, *how, "--quiet"]
    # the extensions of the book import the `lib` beside them, whatever else is installed
    environ = os.environ | {"PYTHONPATH": str(ROOT)}
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=environ)
    return pages / "_build" / builder / "index.html"


def check_whole(pages: Path, root: Path = ROOT) -> None:
    """Raise DamagedError unless all tables, benchmarks and pages of a book are what was written,
    and each page was executed on the source and the tables that there are."""
    studies = study_folders(pages / RESULTS)
    tables = {str(study.relative_to(pages)): study_digest(study) for study in studies}
    check_listed(root / "benchmarks")
    for page in notebook_pages(root):
        check_page(pages / "book" / f"{page.name}.ipynb", page.source, tables, root)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m lib.book.build")
    parser.add_argument("pages", type=Path, nargs="?", default=Path())
    parser.add_argument("--builder", default="html")
    given = parser.parse_args()
    try:
        build(given.pages, given.builder)
    except subprocess.CalledProcessError as error:
        return error.returncode
    return 0


if __name__ == "__main__":
    run_command_line(main)

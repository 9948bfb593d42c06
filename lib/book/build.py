"""Build the HTML of a book.

Usage: python -m lib.book.build [PAGES] [--builder html], PAGES is the folder of the book
"""

import argparse
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from .. import ROOT
from ..integrity import (
    RESULTS,
    check_listed,
    damaged,
    digest,
    parse_json,
    study_digest,
    study_folders,
)
from ..interruption import run_command_line
from .pages import EXECUTED_ON, notebook_pages, read_by

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
    """Build the book in the folder of `_config.yml` and `_toc.yml`; returns the landing page.

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
    """Raise DamagedError unless all tables and benchmarks of a book have their digests, and each
    page was executed on its present source and tables."""
    studies = study_folders(pages / RESULTS)
    tables = {str(study.relative_to(pages)): study_digest(study) for study in studies}
    check_listed(root / "benchmarks")
    for page in notebook_pages(root):
        check_page(pages / "book" / f"{page.name}.ipynb", page.source, tables, root)


def check_page(path: Path, source: Path, tables: Mapping[str, str], root: Path) -> None:
    """Raise DamagedError unless a page was executed on its present source and tables.

    Args:
        path: the page, whose name is that of the file.
        source: its notebook.
        tables: {folder where a study is published: its digest}.
        root: that of the repository.
    """
    on = parse_json(path).get("metadata", {}).get(EXECUTED_ON, {})
    files = on.get("files", {})
    now = {name: digest(root / name) for name in files if (root / name).exists()}
    others = sorted({name for name, _ in files.items() ^ (now | read_by(source, root)).items()})
    others += [name for name, known in on.get("tables", {}).items() if tables.get(name) != known]
    if not on:
        wrong = "does not say what it was executed on"
    elif on["page"] != path.stem:
        wrong = f"is the page {on['page']}"
    elif others:
        wrong = f"was executed on something else than there is now in {others[0]}"
    else:
        return
    raise damaged(
        path,
        wrong,
        f"If it is published, `python -m lib.commands.publish` executes it again; otherwise "
        f"remove {path} and start again",
    )


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

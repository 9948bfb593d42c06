"""Build the HTML of a book, after a check of its pages and tables.

Usage: python -m lib.book.build [PAGES] [--builder html] [--chapter NAME --results RESULTS]

PAGES is the folder of the book. With the results of a chapter, it is first filled with these, with
what is published of all others, and with the prose.
"""

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import nbformat

from ..integrity import damaged, study_digest, study_folders
from ..interruption import run_command_line
from ..repository import RESULTS, ROOT
from .pages import EXECUTED_ON, Page, digests, notebook_pages, page_digest, read_by, stage

STRICT = ("--all", "--warningiserror", "--nitpick", "--keep-going")
AGAIN = (
    "If it is published, `python -m lib.commands.publish` executes it again; otherwise remove it "
    "and start again"
)
JUPYTER_BOOK = """
from jupyter_book.cli.main import main
try:
    main()
except RuntimeError:  # of which Sphinx has said the reason before
    raise SystemExit("the book could not be built") from None
"""
"""Not the script beside this Python: it names the folder in which it was installed, and so would
build a copy of the folder, or one that was moved, with the `lib` of the other one."""


def build(pages: Path, builder: str = "html", chapter: str | None = None) -> Path:
    """Build the book in the folder of `_config.yml` and `_toc.yml`; returns the landing page.

    Args:
        builder: "html", with warnings as errors, or "singlehtml", all pages as one.
        chapter: of a study of one's own, as for `check_whole`.

    Raises:
        DamagedError: as `check_whole`; nothing is built then.
        subprocess.CalledProcessError: a fault, which is on standard error.
    """
    check_whole(pages, chapter=chapter)
    built = pages / "_build" / builder
    shutil.rmtree(built, ignore_errors=True)  # or pages that are gone would stay
    (pages / "_build").mkdir(exist_ok=True)  # or says that it cannot be written to
    # standard output is about progress alone; faults are on standard error
    how = STRICT if builder == "html" else ("--builder", builder)
    command = [sys.executable, "-P", "-c", JUPYTER_BOOK, "build", pages, *how, "--quiet"]
    # the extensions of the book import the `lib` beside them, whatever else is installed
    environ = os.environ | {"PYTHONPATH": str(ROOT)}
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=environ)
    return built / "index.html"


def check_whole(pages: Path, root: Path = ROOT, chapter: str | None = None) -> None:
    """Raise DamagedError unless all tables of a book have their digests, and each page is as it was
    executed, on its present source and tables.

    Args:
        chapter: that of a study of one's own, which executes the pages that show it. A published
            page of another chapter then says below its title what has changed, and is shown.
    """
    studies = study_folders(pages / RESULTS)
    tables = {str(study.relative_to(pages)): study_digest(study) for study in studies}
    for page in notebook_pages(root):
        executed = pages / "book" / f"{page.name}.ipynb"
        if not (changed := changed_since(executed, page, tables, root)):
            continue
        wrong = f"was executed before a change of {' and '.join(changed)}"
        if chapter is None or chapter in page.folders:
            raise damaged(executed, wrong, AGAIN)
        say_below_title(executed, f"This page {wrong}.")


def changed_since(executed: Path, page: Page, tables: Mapping[str, str], root: Path) -> list[str]:
    """What has changed since a page was executed: its own cells, or the paths of files and tables.

    Args:
        tables: {folder where a study is published: its digest}.
        root: that of the repository.

    Raises:
        DamagedError: the page is missing, or is no notebook.
    """
    try:
        notebook = nbformat.read(executed, as_version=4)
        if notebook.metadata.get("sha256") != page_digest(notebook):
            return ["its own cells"]
    except FileNotFoundError:
        raise damaged(executed, "is missing", AGAIN) from None
    except Exception as error:  # which one, depends on what the file happens to hold
        raise damaged(executed, "is damaged", AGAIN) from error
    on = notebook.metadata[EXECUTED_ON]
    files, studies = on["files"], on["tables"]
    now = digests([root / name for name in files], root) | read_by(page.source, root)
    changed = sorted({name for name, _ in files.items() ^ now.items()})
    return changed + [name for name, known in studies.items() if tables.get(name) != known]


def say_below_title(executed: Path, sentence: str) -> None:
    """Add a warning to an executed page."""
    notebook = nbformat.read(executed, as_version=4)
    title, _, text = notebook.cells[0].source.partition("\n")
    notebook.cells[0].source = f"{title}\n\n:::{{warning}}\n{sentence}\n:::\n{text}"
    nbformat.write(notebook, executed)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m lib.book.build")
    parser.add_argument("pages", type=Path, nargs="?", default=Path())
    parser.add_argument("--builder", default="html")
    parser.add_argument("--chapter")
    parser.add_argument("--results", type=Path)
    given = parser.parse_args()
    if given.results:
        stage(given.results, given.pages, given.chapter)
    try:
        build(given.pages, given.builder, given.results and given.chapter)
    except subprocess.CalledProcessError as error:
        return error.returncode
    return 0


if __name__ == "__main__":
    run_command_line(main)

"""Build the HTML of a book.

Usage: python -m lib.book.build PAGES

That the pages need no other host is seen by a browser without a network
(`tests/book/test_browser.py`).
"""

import argparse
import subprocess
import sys
from pathlib import Path


def build(pages: Path) -> Path:
    """Build with warnings as errors.

    Args:
        pages: the folder with `_config.yml` and `_toc.yml`.

    Returns:
        The landing page.

    Raises:
        subprocess.CalledProcessError: a warning or an error of the build, on standard error.
    """
    # beside this Python, whether or not its environment is activated
    jupyter_book = Path(sys.executable).with_name("jupyter-book")
    strict = ["--all", "--warningiserror", "--nitpick", "--keep-going", "--quiet"]
    # standard output is about progress alone; faults are on standard error
    subprocess.run([jupyter_book, "build", pages, *strict], check=True, stdout=subprocess.DEVNULL)
    return pages / "_build" / "html" / "index.html"


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m lib.book.build", description=__doc__)
    parser.add_argument("pages", type=Path)
    try:
        build(parser.parse_args(arguments).pages)
    except subprocess.CalledProcessError as error:
        return error.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Build the HTML of a book.

Usage: python -m lib.book.build [PAGES], the folder of the book, by default this one

That the pages need no other host is seen by a browser without a network
(`tests/book/test_browser.py`).
"""

import subprocess
import sys
from pathlib import Path

STRICT = ("--all", "--warningiserror", "--nitpick", "--keep-going", "--quiet")


def build(pages: Path) -> Path:
    """Build with warnings as errors what lies beside `_config.yml` and `_toc.yml`.

    Returns:
        The landing page.

    Raises:
        subprocess.CalledProcessError: a warning or an error of the build, on standard error.
    """
    # beside this Python, whether or not its environment is activated
    jupyter_book = Path(sys.executable).with_name("jupyter-book")
    # standard output is about progress alone; faults are on standard error
    subprocess.run([jupyter_book, "build", pages, *STRICT], check=True, stdout=subprocess.DEVNULL)
    return pages / "_build" / "html" / "index.html"


if __name__ == "__main__":
    try:
        build(Path(*sys.argv[1:2]))
    except subprocess.CalledProcessError as error:
        sys.exit(error.returncode)

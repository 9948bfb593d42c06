"""Build the HTML of a book and check what came out: it must not need other hosts.

Usage: python -m lib.book.build PAGES
"""

import argparse
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

from bs4 import BeautifulSoup

LOADING = {"link": ["href"], "image": ["href", "xlink:href"], "use": ["href", "xlink:href"]}
"""Attributes that a browser loads besides `src`, `data` and `poster` (an `a` loads nothing)."""

_CSS_LOADS = re.compile(r"""(?:url\(\s*|@import\s+)["']?([^"')\s;]+)""")
_SCRIPT_LOADS = re.compile(
    r"""(?:import\s*\(?|\.src\s*=|from|fetch\s*\()\s*["'`]((?:https?:)?//[^"'`]+)"""
)


def build(pages: Path) -> Path:
    """Build with warnings as errors, then check the pages.

    Args:
        pages: the folder with `_config.yml` and `_toc.yml`.

    Returns:
        The landing page.

    Raises:
        subprocess.CalledProcessError: a warning or an error of the build, on standard error.
        ValueError: a fault in the pages, or several, a line for each.
    """
    html = pages / "_build" / "html"
    # beside this Python, whether or not its environment is activated
    jupyter_book = Path(sys.executable).with_name("jupyter-book")
    strict = ["--all", "--warningiserror", "--nitpick", "--keep-going", "--quiet"]
    # standard output is about progress alone; faults are on standard error
    subprocess.run([jupyter_book, "build", pages, *strict], check=True, stdout=subprocess.DEVNULL)
    if found := list(faults(html)):
        raise ValueError("\n".join(found))
    return html / "index.html"


def faults(html: Path) -> Iterator[str]:
    """What built pages load from other hosts, or load although it is not there, a sentence each."""
    for file in sorted(html.rglob("*.html")):
        if "_static" not in file.relative_to(html).parts:
            page = BeautifulSoup(file.read_text(encoding="utf-8"), "html.parser")
            for tag, address in _loads(page):
                path = unquote(re.split("[?#]", address)[0])
                where = f"{file.relative_to(html)}: <{tag}> loads {address}"
                if _remote(address):
                    yield f"{where} from another host"
                elif path and not path.startswith("data:") and not (file.parent / path).is_file():
                    yield f"{where}, which is not there"
    for file in sorted(html.rglob("*.css")):
        for address in filter(_remote, _CSS_LOADS.findall(file.read_text(encoding="utf-8"))):
            yield f"{file.relative_to(html)}: loads {address} from another host"


def _loads(page: BeautifulSoup) -> Iterator[tuple[str, str]]:
    """(element, address) of everything that a browser would load."""
    for tag in page.find_all(True):
        if "canonical" not in tag.get("rel", []):
            for name in ["src", "data", "poster", *LOADING.get(tag.name, [])]:
                if tag.get(name):
                    yield tag.name, tag[name]
        for part in filter(str.strip, tag.get("srcset", "").split(",")):
            yield tag.name, part.split()[0]
        css = tag.get("style", "") + (tag.get_text() if tag.name == "style" else "")
        yield from ((f"{tag.name} style", address) for address in _CSS_LOADS.findall(css))
        if tag.name == "script":
            yield from (("script", address) for address in _SCRIPT_LOADS.findall(tag.get_text()))


def _remote(address: str) -> bool:
    return bool(re.match(r"(?:[a-z][a-z0-9+.-]*:)?//", address, re.IGNORECASE))


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m lib.book.build", description=__doc__)
    parser.add_argument("pages", type=Path)
    try:
        build(parser.parse_args(arguments).pages)
    except subprocess.CalledProcessError as error:
        return error.returncode
    except ValueError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

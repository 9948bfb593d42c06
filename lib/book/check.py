"""Check built pages: complete, executed, without errors, and independent of other hosts.

Usage: python -m lib.book.check HTML_DIR

The book's `_toc.yml` lies two folders above.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

from bs4 import BeautifulSoup, Tag
from sphinx_external_toc.parsing import parse_toc_yaml

LOADING = {"link": ["href"], "image": ["href", "xlink:href"], "use": ["href", "xlink:href"]}
"""Attributes that a browser loads besides `src`, `data` and `poster` (an `a` loads nothing)."""

_CSS_LOADS = re.compile(r"""(?:url\(\s*|@import\s+)["']?([^"')\s;]+)""")
_SCRIPT_LOADS = re.compile(
    r"""(?:import\s*\(?|\.src\s*=|from|fetch\s*\()\s*["'`]((?:https?:)?//[^"'`]+)"""
)


def faults(html: Path, toc: Path) -> Iterator[str]:
    """Everything that is wrong with built pages, one sentence each; nothing if all is well."""
    for entry in parse_toc_yaml(toc):
        if not (html / f"{entry}.html").is_file():
            yield f"{entry}.html is missing, although {toc.name} lists {entry}"
    for file in sorted(html.rglob("*.html")):
        if "_static" not in file.relative_to(html).parts:
            page = BeautifulSoup(file.read_text(encoding="utf-8"), "html.parser")
            for fault in [*_failed_cells(page), *_bad_addresses(page, file)]:
                yield f"{file.relative_to(html)}: {fault}"
    for file in sorted(html.rglob("*.css")):
        for address in filter(_remote, _CSS_LOADS.findall(file.read_text(encoding="utf-8"))):
            yield f"{file.relative_to(html)}: loads {address} from another host"


def _failed_cells(page: BeautifulSoup) -> Iterator[str]:
    for mark, name in {"traceback": "a traceback", "stderr": "an error stream"}.items():
        yield from (f"a cell shows {name}" for _ in page.select(f"div.output.{mark}"))
    cells = page.select("div.cell")
    shows = [any(map(_has_content, cell.select("div.cell_output"))) for cell in cells]
    if cells and not any(shows):
        yield "no cell has an output: the notebook was not executed"
    for i, (cell, shown) in enumerate(zip(cells, shows, strict=True), start=1):
        # where the code is hidden, the output is what the reader came for
        hidden = {"tag_hide-input", "tag_remove-input"} & set(cell["class"])
        if not shown and hidden and "tag_definitions" not in cell["class"]:
            yield f"code cell {i} of {len(cells)} should show a result, but shows nothing"


def _has_content(output: Tag) -> bool:
    return bool(output.get_text(strip=True)) or any(x.name != "div" for x in output.find_all(True))


def _bad_addresses(page: BeautifulSoup, file: Path) -> Iterator[str]:
    for tag, address in _loads(page):
        path = unquote(re.split("[?#]", address)[0])
        if _remote(address):
            yield f"<{tag}> loads {address} from another host"
        elif path and not path.startswith("data:") and not (file.parent / path).is_file():
            yield f"<{tag}> loads {address}, which is not there"


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
    """Print the faults; 0 if there are none, else 1."""
    parser = argparse.ArgumentParser(prog="python -m lib.book.check", description=__doc__)
    parser.add_argument("html", type=Path, help="folder of the built pages")
    html = parser.parse_args(arguments).html
    toc = html / ".." / ".." / "_toc.yml"
    for path in (html / "index.html", toc):
        if not path.is_file():
            parser.error(f"{path} does not exist. Build the book first, with `make book`.")
    found = list(faults(html, toc))
    for fault in found:
        print(fault, file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

"""Check built pages: complete, executed, without errors, and independent of other hosts.

Usage: python -m lib.report.check HTML_DIR [--toc _toc.yml]
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import yaml

LOADED = {
    "audio": ("src",),
    "embed": ("src",),
    "iframe": ("src",),
    "image": ("href", "xlink:href"),
    "img": ("src", "srcset"),
    "input": ("src",),
    "link": ("href",),
    "object": ("data",),
    "script": ("src",),
    "source": ("src", "srcset"),
    "track": ("src",),
    "use": ("href", "xlink:href"),
    "video": ("src", "poster"),
}
"""Elements whose attributes make a browser load something (an `a` does not)."""

SHOWS_RESULT = {"tag_hide-input", "tag_remove-input"}
"""Marks of a cell whose code is put away because its output is what the reader came for."""

FAILED = {"traceback": "a traceback", "stderr": "an error stream"}

_CSS_LOADS = re.compile(r"""(?:url\(\s*|@import\s+)["']?([^"')\s;]+)""")
_SCRIPT_LOADS = re.compile(
    r"""(?:import\s*\(?|\.src\s*=|from|fetch\s*\()\s*["'`]((?:https?:)?//[^"'`]+)"""
)


@dataclass
class Cell:
    """A code cell of a page.

    Attributes:
        shows_result: whether its tags promise an output.
        output: whether there is anything in its output.
    """

    shows_result: bool
    output: bool = False


class Page(HTMLParser):
    """What a page loads, its code cells, and what went wrong in them.

    Attributes:
        loads: (element, address) of everything that a browser would load.
        cells: the code cells in order.
        failures: marks of failed cells, keys of `FAILED`.
    """

    def __init__(self, text: str):
        super().__init__()
        self.loads: list[tuple[str, str]] = []
        self.cells: list[Cell] = []
        self.failures: list[str] = []
        self._divs: list[str] = []
        self._inside = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        classes = set(attributes.get("class", "").split())
        if tag == "div":
            self._open_div(classes)
        elif self._in_output():
            self.cells[-1].output = True
        if tag in ("script", "style"):
            self._inside = tag
        if attributes.get("rel") != "canonical":
            for name in LOADED.get(tag, ()):
                self._load(tag, name, attributes.get(name, ""))
        self._css(tag, attributes.get("style", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "div" and self._divs:
            self._divs.pop()
        if tag == self._inside:
            self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside == "style":
            self._css("style", data)
        elif self._inside == "script":
            self.loads += [("script", address) for address in _SCRIPT_LOADS.findall(data)]
        elif self._in_output() and data.strip():
            self.cells[-1].output = True

    def _open_div(self, classes: set[str]) -> None:
        role = ""
        if "cell" in classes:
            role = "cell"
            self.cells.append(Cell(bool(classes & SHOWS_RESULT)))
        elif "cell_output" in classes:
            role = "output"
        elif "output" in classes:
            self.failures += [mark for mark in FAILED if mark in classes]
        self._divs.append(role)

    def _in_output(self) -> bool:
        return "output" in self._divs and bool(self.cells)

    def _load(self, tag: str, name: str, value: str) -> None:
        addresses = [part.split()[0] for part in value.split(",") if part.strip()]
        self.loads += [(tag, a) for a in (addresses if name == "srcset" else [value]) if a]

    def _css(self, tag: str, text: str) -> None:
        self.loads += [(f"{tag} style", address) for address in _CSS_LOADS.findall(text)]


def faults(html: Path, toc: Path) -> list[str]:
    """Everything that is wrong with built pages, one sentence each; nothing if all is well.

    Args:
        html: the folder of the built pages.
        toc: the book's `_toc.yml`.
    """
    found = [
        f"{entry}.html is missing, although {toc.name} lists {entry}"
        for entry in entries(yaml.safe_load(toc.read_text(encoding="utf-8")))
        if not (html / f"{entry}.html").is_file()
    ]
    for file in sorted(html.rglob("*.html")):
        if "_static" not in file.relative_to(html).parts:
            page = Page(file.read_text(encoding="utf-8"))
            found += [f"{file.relative_to(html)}: {text}" for text in _page_faults(page, file)]
    for file in sorted(html.rglob("*.css")):
        for address in _CSS_LOADS.findall(file.read_text(encoding="utf-8")):
            if _remote(address):
                found.append(f"{file.relative_to(html)}: loads {address} from another host")
    return found


def entries(toc: Any) -> Iterator[str]:
    """The pages that a table of contents names, at any depth."""
    if isinstance(toc, dict):
        yield from (toc[key] for key in ("root", "file") if key in toc)
        for value in toc.values():
            yield from entries(value)
    elif isinstance(toc, list):
        for item in toc:
            yield from entries(item)


def _page_faults(page: Page, file: Path) -> Iterator[str]:
    for mark in page.failures:
        yield f"a cell shows {FAILED[mark]}"
    if page.cells and not any(cell.output for cell in page.cells):
        yield "no cell has an output: the notebook was not executed"
    for i, cell in enumerate(page.cells, start=1):
        if cell.shows_result and not cell.output:
            yield f"code cell {i} of {len(page.cells)} should show a result, but shows nothing"
    for tag, address in page.loads:
        if _remote(address):
            yield f"<{tag}> loads {address} from another host"
        elif not _exists(address, file):
            yield f"<{tag}> loads {address}, which is not there"


def _remote(address: str) -> bool:
    return bool(re.match(r"(?:[a-z][a-z0-9+.-]*:)?//", address, re.IGNORECASE))


def _exists(address: str, page: Path) -> bool:
    path = unquote(re.split("[?#]", address)[0])
    return not path or path.startswith("data:") or (page.parent / path).is_file()


def main(arguments: list[str] | None = None) -> int:
    """Print the faults; 0 if there are none, else 1."""
    parser = argparse.ArgumentParser(prog="python -m lib.report.check", description=__doc__)
    parser.add_argument("html", type=Path, help="folder of the built pages")
    parser.add_argument("--toc", type=Path, help="default: _toc.yml two folders above")
    options = parser.parse_args(arguments)
    toc = options.toc or options.html / ".." / ".." / "_toc.yml"
    for path in (options.html / "index.html", toc):
        if not path.is_file():
            parser.error(f"{path} does not exist. Build the book first, with `make book`.")
    found = faults(options.html, toc)
    for fault in found:
        print(fault, file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

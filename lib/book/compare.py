"""Compare two networks, and leave one page of HTML, which needs no other file and no network.

Usage: python -m lib.book.compare PAGE.html [-p NAME=VALUE ...]
"""

import argparse
import html
import logging
import sys
from pathlib import Path

import nbformat
from markdown_it import MarkdownIt

from .. import ROOT
from .execute import run

SOURCE = ROOT / "notebooks" / "compare.py"
STYLE = """
:root { color-scheme: light; --pst-color-border: #d0d7de; --pst-color-text-base: #24292f; }
body { max-width: 56rem; margin: 2rem auto; padding: 0 1rem; color: #24292f;
  font: 16px/1.55 system-ui, sans-serif; }
h1 { line-height: 1.2; }
pre { white-space: pre-wrap; padding: .6rem .8rem; background: #f6f8fa; font-size: .85rem; }
details { margin: .8rem 0; font-size: .9rem; }
.panels:has(> :last-child:nth-child(2)) { grid-template-columns: minmax(0, 40rem) !important; }
summary { cursor: pointer; color: #57606a; }
"""
HEAD = """<!DOCTYPE html>
<html lang="en" data-theme="light">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title}</title><link rel="icon" href="data:,"><style>{style}</style></head>
<body>
"""


def as_html(notebook: nbformat.NotebookNode) -> str:
    """An executed notebook as one page; its code is there, folded.

    Raises:
        KeyError: an output that has no text in any form.
    """
    markdown = MarkdownIt().enable("table")
    style = STYLE + (ROOT / "book/_static/book.css").read_text(encoding="utf-8")
    parts = []
    for cell in notebook.cells:
        if "remove-cell" in cell.metadata.get("tags", []):
            continue
        if cell.cell_type == "markdown":
            parts.append(markdown.render(cell.source))
            continue
        code = f"<pre><code>{html.escape(cell.source)}</code></pre>"
        parts.append(f"<details><summary>Show the code</summary>{code}</details>")
        for output in cell.outputs:
            data = output.get("data", {"text/plain": output.get("text", "")})
            if "text/html" in data:
                parts.append(data["text/html"])
            elif "text/markdown" in data:
                parts.append(markdown.render(data["text/markdown"]))
            else:
                parts.append(f"<pre>{html.escape(data['text/plain'])}</pre>")
    head = HEAD.format(title="Two networks, layer by layer", style=style)
    return "\n".join([head, *parts, "</body>\n</html>\n"])


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m lib.book.compare", description=__doc__)
    parser.add_argument("page", type=Path)
    parser.add_argument("-p", action="append", default=[], metavar="NAME=VALUE", dest="parameters")
    given = parser.parse_args(arguments)
    notebook = given.page.with_suffix(".ipynb")
    # standard error alone, of what the notebook prints: the page has the rest
    failed = run(SOURCE, notebook, given.parameters, logging.WARNING)
    if not failed:
        page = as_html(nbformat.read(notebook, as_version=4))
        given.page.write_text(page, encoding="utf-8")
    return failed


if __name__ == "__main__":
    sys.exit(main())

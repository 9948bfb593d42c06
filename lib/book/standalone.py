"""Execute a notebook on networks from elsewhere, and leave a page that needs no other file.

Usage: python -m lib.book.standalone SOURCE.py PAGE.html [-p NAME=VALUE ...]

PAGE.html replaces no file. It is the only one that is written, unless a cell fails: then
PAGE.failed.ipynb shows how far the notebook came.
"""

import html
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import nbformat
from markdown_it import MarkdownIt

from ..atomic_files import write_atomically
from ..interruption import run_command_line
from ..repository import ROOT
from .execute import command_line, execute

PAGE_HEAD = """<!DOCTYPE html>
<html lang="en" data-theme="light">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title}</title><link rel="icon" href="data:,"><style>{style}</style></head>
<body>
"""


def as_html(notebook: nbformat.NotebookNode, title: str) -> str:
    """An executed notebook as one page with this title; its code is there, folded."""
    markdown = MarkdownIt().enable("table")
    sheets = ROOT / "notebooks" / "standalone.css", ROOT / "book" / "_static" / "book.css"
    style = "".join(sheet.read_text(encoding="utf-8") for sheet in sheets)
    parts = []
    for cell in notebook.cells:
        if "remove-cell" in cell.metadata.get("tags", []):
            continue
        if cell.cell_type == "markdown":
            parts.append(markdown.render(without_directives(cell.source)))
            continue
        code = f"<pre><code>{html.escape(cell.source)}</code></pre>"
        parts.append(f"<details><summary>Code</summary>{code}</details>")
        for output in cell.outputs:
            data = output.get("data", {"text/plain": output.get("text", "")})
            if "text/html" in data:
                parts.append(data["text/html"])
            elif "text/markdown" in data:
                parts.append(markdown.render(data["text/markdown"]))
            elif "image/svg+xml" in data:
                parts.append(as_figure(data["image/svg+xml"], cell.metadata.get("mystnb", {})))
            else:
                parts.append(f"<pre>{html.escape(data['text/plain'])}</pre>")
    head = PAGE_HEAD.format(title=html.escape(title), style=style)
    return "\n".join([head, *parts, "</body>\n</html>\n"])


def as_figure(svg: str, look: Mapping[str, Any]) -> str:
    """A drawing with the alternative text and the caption of its cell."""
    label = html.escape(look.get("image", {}).get("alt", ""))
    drawing = svg[svg.index("<svg") :].replace("<svg", f'<svg role="img" aria-label="{label}"', 1)
    caption = html.escape(look.get("figure", {}).get("caption", ""))
    return f"<figure>{drawing}<figcaption>{caption}</figcaption></figure>"


def without_directives(text: str) -> str:
    """Markdown without the book's directives and links to other pages."""
    text = re.sub(r"^:{3,}.*$", "", text, flags=re.MULTILINE)
    text = re.sub(r"\[([^]]+)\]\((?:#[\w-]+|\w+\.(?:ipynb|md))\)", r"*\1*", text)
    return re.sub(r"\{\w+\}`([^`<]+?)(?: <[^`]*)?`", r"*\1*", text)


def main(arguments: list[str] | None = None) -> int:
    given = command_line("python -m lib.book.standalone", __doc__).parse_args(arguments)
    page = given.target
    if page.exists():
        raise ValueError(f"{page} is there already: move it away, or name another page")
    with TemporaryDirectory(prefix="page-") as folder:
        file = Path(folder, f"{page.stem}.ipynb")
        failed = page.with_suffix(".failed.ipynb")
        # standard error alone, of what the notebook prints: the page has the rest
        execute(given.source, file, dict(given.parameters), failed, stderr_file=sys.stderr)
        notebook = nbformat.read(file, as_version=4)
    heading = notebook.cells[0].source.partition("\n")[0].removeprefix("# ")
    text = as_html(notebook, f"{page.stem}: {heading}")
    write_atomically(page, lambda part: part.write_text(text, encoding="utf-8"))
    print(f"The page: {page.resolve().as_uri()}")
    return 0


if __name__ == "__main__":
    run_command_line(main)

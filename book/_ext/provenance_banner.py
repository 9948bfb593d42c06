"""Every page of results says below its title, in numbers, what its networks were trained on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.errors import ExtensionError

from lib.book.pages import notebook_pages
from lib.integrity import load_parts, published_results
from lib.report.studies import trained_on


def say(app: Any, doctree: Any, page: str) -> None:
    """Put the line below the title; a page that shows no study has none."""
    shown = {page.name: page for page in notebook_pages()}.get(Path(page).name)
    title = doctree.next_node(nodes.title)
    if shown is None or title is None:
        return
    studies = [Path(app.srcdir, published_results(chapter)) for chapter in shown.folders]
    try:
        text = trained_on(map(load_parts, studies))
    except (KeyError, ValueError) as error:
        names = " and ".join(map(str, studies))
        raise ExtensionError(f"{names} cannot be read as a provenance: {error!r}") from error
    if text:
        line = nodes.paragraph("", text, classes=["networks", "tex2jax_ignore"])
        title.parent.insert(title.parent.index(title) + 1, line)


def setup(app: Any) -> dict[str, bool]:
    app.connect("doctree-resolved", say)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

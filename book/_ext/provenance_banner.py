"""Every page of results says below its title, in numbers, what its networks were trained on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.addnodes import start_of_file
from sphinx.errors import ExtensionError

from lib.book.pages import Page, left_out, notebook_pages
from lib.integrity import load_parts
from lib.report import TITLES
from lib.report.studies import trained_on
from lib.repository import published_results

FIRST = "index"


def say(app: Any, doctree: Any, page: str) -> None:
    """Put the line below the title of each page: on paper, all are one; without a study, none."""
    shown = {page.name: page for page in notebook_pages()}
    parts = {page: doctree} | {of["docname"]: of for of in doctree.findall(start_of_file)}
    for name, part in parts.items():
        title = part.next_node(nodes.title)
        text = trained_on_here(app, shown.get(Path(name).name))
        absent = left_out(Path(app.srcdir, "book")) if Path(name).name == FIRST else ()
        if absent:
            text += f"; pages left out, since they are not measured: {', '.join(absent)}"
        if title is not None and text:
            line = nodes.paragraph("", text, classes=["networks", "tex2jax_ignore"])
            title.parent.insert(title.parent.index(title) + 1, line)


def trained_on_here(app: Any, page: Page | None) -> str:
    """What the networks that a page names were trained on; empty if it shows no study."""
    chapters = () if page is None else page.folders
    studies = [Path(app.srcdir, published_results(chapter)) for chapter in chapters]
    try:
        return trained_on(named_by(page, load_parts(study)) for study in studies)
    except (KeyError, ValueError) as error:
        names = " and ".join(map(str, studies))
        raise ExtensionError(f"{names} cannot be read as a provenance: {error!r}") from error


def named_by(page: Page, parts: dict[str, Any]) -> dict[str, Any]:
    """The parts of a study whose networks a page names: some pages show a part of a chapter."""
    text = page.source.read_text(encoding="utf-8")

    def is_named(part: dict[str, Any]) -> bool:
        models = {setting["model"] for setting in part["experiments"].values()}
        return all(name in text or TITLES.get(name, name) in text for name in models)

    return {name: part for name, part in parts.items() if is_named(part)}


def setup(app: Any) -> dict[str, bool]:
    app.connect("doctree-resolved", say)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

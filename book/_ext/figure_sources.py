"""The caption of each figure ends with links to its notebook and to the published tables."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from docutils import nodes

from lib.book.pages import notebook_pages
from lib.integrity import load_parts, study_folders
from lib.repository import RESULTS

TABLES = "tables.zip"


def add_links(app: Any, doctree: Any, page: str) -> None:
    """Add the links; on paper there is no file that they could lead to."""
    shown = {page.name: page for page in notebook_pages()}.get(Path(page).name)
    if shown is None or app.builder.name != "html":
        return
    files = {"notebook": f"_sources/{page}.ipynb"} | ({"tables": TABLES} if shown.folders else {})
    up = "../" * page.count("/")
    links = [nodes.reference("", text, refuri=up + file) for text, file in files.items()]
    for caption in doctree.findall(nodes.caption):
        caption += nodes.Text(" Source: ")
        for link in links:
            caption += [link.deepcopy(), nodes.Text("." if link is links[-1] else ", ")]


def pack(app: Any, error: Exception | None) -> None:
    """Put the tables of all studies, with their provenance, beside the pages."""
    if error is not None or app.builder.name != "html":
        return
    with ZipFile(Path(app.outdir, TABLES), "w", ZIP_DEFLATED) as packed:
        for study in study_folders(Path(app.srcdir, RESULTS)):
            for experiment in load_parts(study):
                for file in sorted((study / experiment).iterdir()):
                    packed.write(file, file.relative_to(app.srcdir))


def setup(app: Any) -> dict[str, bool]:
    app.connect("doctree-resolved", add_links)
    app.connect("build-finished", pack)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

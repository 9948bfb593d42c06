"""Every page of results says at its head, in numbers, what its networks were trained on."""

from __future__ import annotations

import html
from pathlib import Path
from typing import Any

from sphinx.errors import ExtensionError

from lib.book.pages import notebook_pages
from lib.integrity import load_parts, published_results
from lib.report.studies import trained_on


def of_page(app: Any, page: str, template: str, context: dict[str, Any], doctree: Any) -> None:
    """Set the theme's announcement; a page that shows no study has none."""
    shown = {page.name: page for page in notebook_pages()}.get(Path(page).name)
    if shown is None:
        context["theme_announcement"] = ""
        return
    studies = [Path(app.srcdir, published_results(chapter)) for chapter in shown.folders]
    try:
        text = trained_on(map(load_parts, studies), shown.parameters.get("network", ""))
    except (KeyError, ValueError) as error:
        names = " and ".join(map(str, studies))
        raise ExtensionError(f"{names} cannot be read as a provenance: {error!r}") from error
    # unlike the page itself, the line above it is searched for formulas
    banner = f'<span class="tex2jax_ignore">{html.escape(text, quote=False)}</span>'
    context["theme_announcement"] = banner if text else ""


def setup(app: Any) -> dict[str, bool]:
    app.add_config_value("own_study", False, "env")
    app.connect("html-page-context", of_page)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

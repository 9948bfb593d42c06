"""Every page says at its head which data and scale its numbers come from."""

from __future__ import annotations

import html
from pathlib import Path
from typing import Any

from sphinx.errors import ExtensionError

from lib.book.pages import RESULTS, published_results
from lib.book.report.scale import statement
from lib.integrity import PROVENANCE, load_json


def add_banner(app: Any, config: Any) -> None:
    """Set the theme's announcement from the provenance beside `_config.yml`.

    Raises:
        ExtensionError: there is no provenance, or it cannot be read.
    """
    file = Path(app.srcdir, RESULTS, PROVENANCE)
    if not file.is_file():
        raise ExtensionError(
            f"{RESULTS / PROVENANCE} is missing beside _config.yml, so no page could say where its "
            "numbers come from. Make it with `make book`, which builds the book as well."
        )
    config.html_theme_options["announcement"] = _text(file)


def of_chapter(app: Any, page: str, template: str, context: dict[str, Any], doctree: Any) -> None:
    """The page of a chapter with results of its own names those."""
    file = Path(app.srcdir, published_results(Path(page).name), PROVENANCE)
    if file.is_file():
        context["theme_announcement"] = _text(file)


def _text(file: Path) -> str:
    try:
        text = statement(load_json(file))
    except (KeyError, ValueError) as error:
        raise ExtensionError(f"{file} cannot be read as a provenance: {error!r}") from error
    # unlike the page itself, the line above it is searched for formulas
    return f'<span class="tex2jax_ignore">{html.escape(text, quote=False)}</span>'


def setup(app: Any) -> dict[str, bool]:
    """Sphinx calls this once."""
    app.connect("config-inited", add_banner)
    app.connect("html-page-context", of_chapter)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

"""The page of the explorer gets its chart library, from a package and not from another host."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import vl_convert

PAGE = "book/explorer"
LIBRARY = "vega.js"


def add_scripts(app: Any, page: str, template: str, context: dict[str, Any], doctree: Any) -> None:
    """Vega and what connects it with the page, on this page alone: it is a megabyte."""
    if page == PAGE:
        app.add_js_file(LIBRARY)
        app.add_js_file("explorer.js")


def write_library(app: Any, error: Exception | None) -> None:
    """Vega, Vega-Lite and Vega-Embed in one file."""
    if error is None:
        # in a scope of its own: other scripts of the page use the same short names
        bundle = f"(() => {{{vl_convert.javascript_bundle()}}})();"
        Path(app.outdir, "_static", LIBRARY).write_text(bundle, encoding="utf-8")


def setup(app: Any) -> dict[str, bool]:
    """Sphinx calls this once."""
    app.connect("html-page-context", add_scripts)
    app.connect("build-finished", write_library)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

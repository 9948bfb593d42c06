"""Every page says at its head which data and scale its numbers come from."""

from __future__ import annotations

import html
import json
from pathlib import Path
from typing import Any

from sphinx.errors import ExtensionError

from lib.report.scale import banner

PROVENANCE = "results/provenance.json"


def add_banner(app: Any, config: Any) -> None:
    """Set the theme's announcement from the provenance beside `_config.yml`.

    Raises:
        ExtensionError: there is no provenance, or it cannot be read.
    """
    file = Path(app.srcdir, PROVENANCE)
    if not file.is_file():
        raise ExtensionError(
            f"{PROVENANCE} is missing beside _config.yml, so no page could say where its numbers "
            "come from. Make it with `make book`, which builds the book as well."
        )
    try:
        text = banner(json.loads(file.read_text(encoding="utf-8")))
    except (KeyError, ValueError) as error:
        raise ExtensionError(f"{PROVENANCE} cannot be read as a provenance: {error!r}") from error
    config.html_theme_options["announcement"] = html.escape(text, quote=False)


def setup(app: Any) -> dict[str, bool]:
    """Sphinx calls this once."""
    app.connect("config-inited", add_banner)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

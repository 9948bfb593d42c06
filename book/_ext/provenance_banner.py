"""Every page says at its head which data and scale its numbers come from."""

from __future__ import annotations

import html
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sphinx.errors import ExtensionError

from lib.book.results import RESULTS, published_results
from lib.report.format import count
from lib.report.names import DATASETS, enumerate_words, title
from lib.report.scale import (
    PAPER_DATASETS,
    missing_words,
    papers_own,
    scale_words,
    unofficial_words,
    width_words,
)

PROVENANCE = "provenance.json"


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


def banner(provenance: Mapping[str, Any]) -> str:
    """The line at the head of every page: which data and scale its numbers come from."""
    settings = [provenance["experiments"][name] for name in papers_own(provenance)]
    datasets = list(dict.fromkeys(setting["dataset"] for setting in settings))
    where = enumerate_words([title(DATASETS, name) for name in datasets])
    if any(unofficial_words(setting) for setting in settings):
        where = f"parts of {where}"
    absent = [name for name in PAPER_DATASETS if name not in datasets]
    if len(absent) == len(PAPER_DATASETS):
        where += f", not {' or '.join(title(DATASETS, name) for name in absent)}"
    runs = _range([len(s["runs"]) for s in settings], "pruning run")
    width = width_words(*(setting["width"] for setting in settings))
    iterations = _range([setting["iterations"] for setting in settings], "iteration")
    scale = scale_words(provenance)
    text = f"{scale} on {where}: networks at {width}, {runs} of {iterations} each."
    return f"{missing_words(provenance)} {text}" if provenance["missing"] else text


def _range(numbers: list[int], noun: str) -> str:
    low, high = min(numbers), max(numbers)
    return count(low, noun) if low == high else f"{low} to {count(high, noun)}"


def _text(file: Path) -> str:
    try:
        text = banner(json.loads(file.read_text(encoding="utf-8")))
    except (KeyError, ValueError) as error:
        raise ExtensionError(f"{file} cannot be read as a provenance: {error!r}") from error
    # unlike the page itself, the line above it is searched for formulas
    return f'<span class="tex2jax_ignore">{html.escape(text, quote=False)}</span>'


def setup(app: Any) -> dict[str, bool]:
    """Sphinx calls this once."""
    app.connect("config-inited", add_banner)
    app.connect("html-page-context", of_chapter)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

"""Every page of results says at its head which data and scale its numbers come from."""

from __future__ import annotations

import html
from pathlib import Path
from typing import Any

from sphinx.errors import ExtensionError

from lib.book.pages import CHAPTERS, OF_EITHER, SHARED_PAGES, notebook_pages, own_pages
from lib.book.report.results import published_results
from lib.book.report.scale import statement
from lib.integrity import load_parts, load_study

FRONT_PAGE, FRONT_CHAPTER = "index", "converged"
"""The front page answers with networks of this chapter, beside those of one's own study."""

WITHOUT_A_STUDY = (
    *("introduction", "look_up", "nano_imp", "pruning_methods", "run_it"),
    *("similarity_metrics", "what_a_value_means", "your_own"),
)
"""Pages without a number of the study: a line about it would be read as one about them."""


def add_banner(app: Any, config: Any) -> None:
    """Set the theme's announcement from the provenance beside `_config.yml`.

    Where the main study has no tables, it is that of the front page's chapter.

    Raises:
        ExtensionError: there is no provenance, or it cannot be read.
    """
    main, front = (Path(app.srcdir, published_results(name)) for name in ("", FRONT_CHAPTER))
    shown = front if load_parts(front) and not load_parts(main) else main
    config.html_theme_options["announcement"] = _text(shown)


def of_chapter(app: Any, page: str, template: str, context: dict[str, Any], doctree: Any) -> None:
    """A page that shows the tables of a chapter names these, and those of the main study beside.

    Where a chapter has no tables, the line stays that of the main study. A page without a study
    has no line.
    """
    name = Path(page).name
    if name in WITHOUT_A_STUDY:
        context["theme_announcement"] = ""
        return
    folders = next((page.folders for page in notebook_pages() if page.name == name), None)
    if folders is not None:
        if all(
            map(load_parts, studies := [Path(app.srcdir, published_results(c)) for c in folders])
        ):
            context["theme_announcement"] = _text(*studies) if studies else ""
        return
    alone = [chapter for chapter in CHAPTERS if name in own_pages(chapter)]
    beside = [chapter for chapter in CHAPTERS if name in SHARED_PAGES.get(chapter, ())]
    if name in OF_EITHER and app.config.own_study:
        alone = []
    if name == FRONT_PAGE and not alone:
        beside = [FRONT_CHAPTER]
    if alone or beside:
        folders = [published_results(chapter) for chapter in (*(alone or [""]), *beside)]
        studies = [Path(app.srcdir, folder) for folder in folders]
        if all(map(load_parts, studies)):
            context["theme_announcement"] = _text(*studies)


def _text(*studies: Path) -> str:
    """The statement about one study, or about several together."""
    try:
        provenance = load_study(
            studies[0], "Make it with `make book`, which builds the book as well."
        )
        for study in studies[1:]:
            also = load_study(study)
            for fact in ("experiments", "jobs", "missing"):
                provenance[fact] = _joined(provenance[fact], also[fact])
            provenance["scaled_down"] |= also["scaled_down"]
        text = statement(provenance)
    except (KeyError, ValueError) as error:
        names = " and ".join(map(str, studies))
        raise ExtensionError(f"{names} cannot be read as a provenance: {error!r}") from error
    # unlike the page itself, the line above it is searched for formulas
    return f'<span class="tex2jax_ignore">{html.escape(text, quote=False)}</span>'


def _joined(facts: dict | list, also: dict | list) -> dict | list:
    return facts | also if isinstance(facts, dict) else [*facts, *also]


def setup(app: Any) -> dict[str, bool]:
    """Sphinx calls this once."""
    app.connect("config-inited", add_banner)
    app.connect("html-page-context", of_chapter)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

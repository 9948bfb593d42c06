"""The pages that come from notebooks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from .. import ROOT
from ..report.names import PAPER_NETWORKS
from ..study.chapters import CHAPTERS

MULTI_PAGE = {"network_page": ("network", tuple(PAPER_NETWORKS))}
"""Notebook that makes several pages -> (its parameter, the values, which name the pages)."""


@dataclass(frozen=True)
class Page:
    """A page of the book.

    Attributes:
        name: of the page, and of its file in `book`.
        source: the notebook in percent format.
        parameters: {name: text} that select this page of the notebook, without its results folders.
    """

    name: str
    source: Path
    parameters: Mapping[str, str] = field(default_factory=dict)


def notebook_pages(root: Path = ROOT, chapter: str | None = None) -> list[Page]:
    """The pages of all notebooks except those of jobs, sorted by name.

    Args:
        chapter: only the page of this chapter; empty for the main study's pages; None for all.
    """
    pages = []
    for source in (root / "notebooks").glob("*.py"):
        if source.stem in MULTI_PAGE:
            parameter, values = MULTI_PAGE[source.stem]
            pages += [Page(value, source, {parameter: value}) for value in values]
        elif not source.stem.startswith("job_"):
            pages.append(Page(source.stem, source))
    if chapter is not None:
        pages = [p for p in pages if (p.name if p.name in CHAPTERS else "") == chapter]
    return sorted(pages, key=lambda page: page.name)

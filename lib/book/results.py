"""Where the results of the published book lie in the repository."""

from __future__ import annotations

from pathlib import Path

RESULTS = Path("results")
CHAPTERS = "chapters"
"""The folder in it that holds those of the companion papers' chapters."""


def published_results(chapter: str = "") -> Path:
    """The folder of a chapter's tables, or of the main study's, from the repository's root."""
    return RESULTS / CHAPTERS / chapter if chapter else RESULTS

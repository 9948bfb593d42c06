"""Where the results of the published book lie in the repository."""

from __future__ import annotations

from pathlib import Path

RESULTS = Path("results")
CHAPTERS = "chapters"
"""The subfolder for the results of companion papers' chapters, a folder for each."""
FULL_SCALE = "full_scale"
"""The subfolder for networks at the paper's scale, and the parameter of the pages that read it."""


def published_results(chapter: str = "") -> Path:
    """The folder of a chapter's tables, or of the main study's, from the repository's root.

    Args:
        chapter: its name, or `FULL_SCALE`; empty for the main study.
    """
    if chapter == FULL_SCALE:
        return RESULTS / FULL_SCALE
    return RESULTS / CHAPTERS / chapter if chapter else RESULTS

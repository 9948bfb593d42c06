"""The repository of the study: where it lies, and where its published results are."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
"""The repository's root: notebooks are executed from several folders, so paths start here."""

RESULTS = Path("results")
"""The folder of the published studies, in the repository and in each book."""


def published_results(chapter: str) -> Path:
    """The folder of a chapter's tables, from the repository's root."""
    return RESULTS / "chapters" / chapter

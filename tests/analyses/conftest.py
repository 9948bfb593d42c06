"""Made-up results for all questions, as for the report."""

from ..book.report.conftest import folder, results

__all__ = ["folder", "results"]

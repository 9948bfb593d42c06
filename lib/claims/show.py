"""Verdicts as tables for the reader."""

import html
from collections.abc import Iterable, Sequence

from ..report.names import PAPER_NETWORKS
from ..report.tables import Table
from .engine import Finding, Outcome

PAGES = {
    "accuracy": "Accuracy",
    **PAPER_NETWORKS,
    "output_layers": "Output layers",
    "controls": "Is it pruning?",
    "contrast": "Where the contrast comes from",
    "dimensions": "Intrinsic dimension",
    "reshapes": "The metric or the matrix?",
}
"""page -> the text of a link to it."""


class _LinkedTable(Table):
    """A table whose last column holds `text -> address`."""

    def _cells(self, row: Sequence[str]) -> str:
        text, _, address = row[-1].partition(" -> ")
        head, _, tail = super()._cells((*row[:-1], text)).rpartition(html.escape(text))
        return f'{head}<a href="{html.escape(address)}">{html.escape(text)}</a>{tail}'


HEADER = ("Claim", "Rule", "Measured", "Verdict")


def _row(outcome: Outcome, finding: Finding, more: str = "") -> tuple[str, ...]:
    rule = f"{finding.rule.words}: {finding.rule.bound}{more}"
    return outcome.claim.statement, rule, finding.measured, finding.qualified_verdict


def table(outcomes: Iterable[Outcome], *, where: bool = False) -> Table:
    """One row, on a phone one card, for each claim, with the one of its rules nearest to failing.

    Args:
        where: also the section that makes the claim, and a link to the figure that shows it.
    """
    header, rows = HEADER, []
    for outcome in outcomes:
        claim, more = outcome.claim, len(outcome.findings) - 1
        row = _row(outcome, outcome.nearest, f"; and {more} more" if more else "")
        if where:
            page, figure = claim.shown
            place = ", ".join(part for part in (claim.section, claim.figure) if part)
            row = (row[0], place, *row[1:], f"{PAGES[page]} -> {page}.html#{figure}")
        rows.append(row)
    if where:
        header = ("Claim", "Section", *header[1:], "Figure")
    kind = _LinkedTable if where else Table
    return kind(header, rows, cards=True, nothing="There are no claims here.")


def parts(outcomes: Iterable[Outcome]) -> Table:
    """One row for each rule of the claims that have several."""
    several = (outcome for outcome in outcomes if len(outcome.findings) > 1)
    rows = [_row(outcome, finding) for outcome in several for finding in outcome.findings]
    return Table(HEADER, rows, cards=True, nothing="No claim has several rules.")

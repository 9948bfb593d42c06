"""Verdicts as tables: one frame for a page to select from, and how a reader sees it."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence

import pandas as pd

from ..report.names import PAPER_NETWORKS
from ..report.tables import Table
from .engine import Outcome

PAGES = {
    "accuracy": "Accuracy",
    **PAPER_NETWORKS,
    "output_layers": "Output layers",
    "controls": "Is it pruning?",
    "contrast": "Where the contrast comes from",
    "dimensions": "Intrinsic dimension",
    "reshapes": "The metric or the matrix?",
}
"""page -> how a link to it reads."""


class _LinkedTable(Table):
    """A table whose last column holds `text -> address`."""

    def _cells(self, row: Sequence[str]) -> str:
        text, _, address = row[-1].partition(" -> ")
        head, _, tail = super()._cells((*row[:-1], text)).rpartition(html.escape(text))
        return f'{head}<a href="{html.escape(address)}">{html.escape(text)}</a>{tail}'


def frame(outcomes: Iterable[Outcome]) -> pd.DataFrame:
    """Outcomes as a tidy frame.

    Returns:
        Index the keys of the claims; columns `section`, `claim`, `rule`, `mean`, `low`, `high`,
        `n`, `verdict`; NaN where nothing was measured.
    """
    rows = {
        outcome.claim.key: {
            "section": outcome.claim.section,
            "claim": outcome.claim.statement,
            "rule": f"{outcome.claim.rule.words}: {outcome.claim.rule.bound}",
            **{name: getattr(outcome.interval, name, None) for name in ("mean", "low", "high")},
            "n": getattr(outcome.interval, "n", 0),
            "verdict": outcome.verdict,
        }
        for outcome in outcomes
    }
    found = pd.DataFrame.from_dict(rows, orient="index")
    return found.astype({"mean": float, "low": float, "high": float})


def table(outcomes: Iterable[Outcome], *, where: bool = False) -> Table:
    """One row, on a phone one card, for each claim.

    Args:
        outcomes: what was decided.
        where: also the section that makes the claim, and a link to the figure that shows it.
    """
    header, rows = ("Claim", "Rule", "Measured", "Verdict"), []
    for outcome in outcomes:
        claim, rule = outcome.claim, outcome.claim.rule
        row = (claim.statement, f"{rule.words}: {rule.bound}", outcome.measured, outcome.verdict)
        if where:
            page, figure = claim.shown
            place = ", ".join(part for part in (claim.section, claim.figure) if part)
            row = (row[0], place, *row[1:], f"{PAGES[page]} -> {page}.html#{figure}")
        rows.append(row)
    if where:
        header = ("Claim", "Section", *header[1:], "Figure")
    kind = _LinkedTable if where else Table
    return kind(header, rows, cards=True, nothing="There are no claims here.")

"""The claims of the paper and ours, what the results say of them, and how a page shows it.

A claim is decided by its rule alone, which was written before the run: see `claim_rules.py` for
the rules, `claim_results.py`, `claim_discussion.py` and `ours.py` for the claims.
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence

from ..report.names import PAPER_NETWORKS, enumerate_words
from ..report.results import Results
from ..report.tables import Table
from .engine import (
    CONFIDENCE,
    RUNS,
    VERDICTS,
    Claim,
    Outcome,
    decide,
)
from .ours import CONTRAST, CONTROLS, ELSEWHERE, NULLS, OURS, RESHAPES
from .paper import PAPER

__all__ = [
    "CLAIMS",
    "CONTRAST",
    "CONTROLS",
    "ELSEWHERE",
    "NULLS",
    "OURS",
    "PAPER",
    "RESHAPES",
    "Claim",
    "ClaimsTable",
    "Link",
    "Outcome",
    "claims_of",
    "counts",
    "evaluate",
    "in_section",
    "link",
    "method",
    "named_counts",
    "summary",
    "table",
    "table_of_page",
]

CLAIMS = (*PAPER, *OURS)

PAGES = {
    "accuracy": "Accuracy",
    **PAPER_NETWORKS,
    "output_layers": "Output layers",
    "controls": "Is it pruning?",
    "contrast": "Where the contrast comes from",
    "dimensions": "Intrinsic dimension",
    "reshapes": "The metric or the matrix?",
    "icpram2020": "Tasks of growing complexity",
    "icann2020": "Where gradual pruning ends",
    "wacv2020": "Is pruning compression?",
    "at_init": "Pruning before training",
}
"""page -> how a link to it reads."""


class Link(str):
    """A cell that links somewhere: its text is the string.

    Args:
        text: what the reader sees.
        address: relative to the page that holds the table.
    """

    address: str

    def __new__(cls, text: str, address: str) -> Link:
        link = super().__new__(cls, text)
        link.address = address
        return link

    @property
    def html(self) -> str:
        return f'<a href="{html.escape(self.address)}">{html.escape(self)}</a>'


class ClaimsTable(Table):
    """A table whose last column holds links."""

    def _cells(self, row: Sequence[str]) -> str:
        cells, link = super()._cells(row), row[-1]
        head, _, tail = cells.rpartition(f">{html.escape(link)}<")
        return f"{head}>{link.html}<{tail}"


def claims_of(page: str) -> list[Claim]:
    """The claims whose figure stands on a page."""
    return [claim for claim in CLAIMS if claim.shown[0] == page]


def in_section(section: str, page: str = "") -> list[Claim]:
    """The paper's claims of one of its sections, such as "5.2", or those of a page among them."""
    return [c for c in PAPER if c.section == section and page in ("", c.shown[0])]


def evaluate(results: Results, claims: Iterable[Claim] = CLAIMS) -> list[Outcome]:
    """Decide claims on a study's results, in their order."""
    return [decide(claim, results) for claim in claims]


def counts(outcomes: Iterable[Outcome]) -> dict[str, int]:
    """How many claims got each verdict; all verdicts are there."""
    verdicts = [outcome.verdict for outcome in outcomes]
    return {verdict: verdicts.count(verdict) for verdict in VERDICTS}


def named_counts(outcomes: Iterable[Outcome]) -> dict[str, int]:
    """`counts` under names that a page can refer to: `does_not_hold`; `claims` is all of them."""
    found = counts(outcomes)
    names = [verdict.replace("(", "").replace(")", "").replace(" ", "_") for verdict in found]
    return dict(zip(names, found.values(), strict=True)) | {"claims": sum(found.values())}


def summary(outcomes: Sequence[Outcome]) -> str:
    """`Of 50 claims, 20 hold, 10 do not hold, ...`, one sentence."""
    words = {
        "holds": ("holds", "hold"),
        "does not hold": ("does not hold", "do not hold"),
        "undecided": ("is undecided", "are undecided"),
        "undecided (too few runs)": ("has too few runs", "have too few runs"),
        "not measured": ("was not measured", "were not measured"),
    }
    parts = [
        f"{number} {words[verdict][number != 1]}"
        for verdict, number in counts(outcomes).items()
        if number
    ]
    if not parts:
        return "There are no claims here."
    return f"Of {len(outcomes)} claims, {enumerate_words(parts)}."


def method() -> str:
    """How a verdict is made, in short sentences."""
    return (
        f"Each run gives one number. From at least {RUNS} runs comes a mean and its "
        f"{100 * CONFIDENCE:g} % interval. A claim *holds* if the whole interval lies on its side "
        "of the threshold. It *does not hold* if the whole interval lies on the other side. "
        f"Otherwise it is *undecided*. With fewer than {RUNS} runs it has too few."
    )


def table(outcomes: Iterable[Outcome]) -> Table:
    """One row, on a phone one card, for each claim."""
    header = ("Claim", "Where", "Rule", "Measured", "Verdict", "Figure")
    rows = [
        (
            outcome.claim.statement,
            outcome.claim.where,
            outcome.claim.rule.sentence,
            outcome.measured,
            outcome.verdict,
            link(outcome.claim),
        )
        for outcome in outcomes
    ]
    return ClaimsTable(header, rows, cards=True, nothing="There are no claims here.")


def table_of_page(outcomes: Iterable[Outcome]) -> Table:
    """The same for claims of one paper on the page that shows them: without where they stand."""
    rows = [
        (outcome.claim.statement, outcome.claim.rule.sentence, outcome.measured, outcome.verdict)
        for outcome in outcomes
    ]
    header = ("Claim", "Rule", "Measured", "Verdict")
    return Table(header, rows, cards=True, nothing="There are no claims here.")


def link(claim: Claim) -> Link:
    """To the figure of this book that shows a claim."""
    page, figure = claim.shown
    return Link(PAGES[page], f"{page}.html#{figure}")

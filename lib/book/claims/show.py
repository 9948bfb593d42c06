"""Verdicts for the reader: one claim as a table, many as a list that unfolds."""

import html
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from ..report.format import Table, count
from ..report.names import PAPER_NETWORKS
from .engine import (
    FAILS,
    HOLDS,
    NOT_MEASURED,
    TOO_FEW,
    UNDECIDED,
    VERDICTS,
    Claim,
    Finding,
    Outcome,
)

PAGES = {
    "accuracy": "Accuracy and answers",
    **PAPER_NETWORKS,
    "controls": "Is it pruning?",
    "contrast": "Where the contrast comes from",
}
"""page -> the text of a link to it."""

SIGNS = {
    HOLDS: ("\u2713", "holds"),
    FAILS: ("\u2717", "fails"),
    UNDECIDED: ("?", "open"),
    TOO_FEW: ("?", "open"),
    NOT_MEASURED: ("\u2013", "absent"),
}
"""verdict -> its sign, and the class that gives it a colour."""

SHORT = 20
"""A list of at most so many claims is not folded."""

CHOICES = {"all": "all"} | {
    kind: f"{sign} {verdict}" for verdict, (sign, kind) in SIGNS.items() if verdict != TOO_FEW
}
"""What the list can be narrowed to."""


def figure_of(claim: Claim) -> tuple[str, str]:
    """The page that shows a claim, and the name of its figure there."""
    page, _, figure = claim.page.partition("#")
    return page, figure or f"fig-{page.replace('_', '-')}"


def headline(outcomes: Sequence[Outcome]) -> dict[str, int]:
    """How many `claims` there are, and how many got each of two verdicts, for other pages."""
    verdicts = Counter(outcome.verdict for outcome in outcomes)
    return {"claims": len(outcomes), "holds": verdicts[HOLDS], "does_not_hold": verdicts[FAILS]}


def _row(finding: Finding) -> tuple[str, ...]:
    rule = f"{finding.rule.words}: {finding.rule.bound}"
    return rule, finding.measured, finding.qualified_verdict


def table(outcomes: Iterable[Outcome]) -> Table:
    """One row, on a phone one card, for each rule of each claim."""
    rows = [(o.claim.statement, *_row(finding)) for o in outcomes for finding in o.findings]
    header = ("Claim", "Rule", "Measured", "Verdict")
    return Table(header, rows, cards=True, nothing="There are no claims here.")


def counts(lists: Mapping[str, Sequence[Outcome]]) -> Table:
    """How many claims got each verdict, and how many of the decided ones only narrowly.

    Args:
        lists: what the claims of a row have in common -> these claims.
    """
    verdicts = [verdict for verdict in VERDICTS if verdict != TOO_FEW]
    rows = {}
    for shared, outcomes in lists.items():
        number = Counter(o.verdict.removesuffix(" (too few networks)") for o in outcomes)
        narrow = sum(outcome.nearest.narrow for outcome in outcomes)
        rows[shared] = [len(outcomes), *(number[verdict] for verdict in verdicts), narrow]
    heads = ["Claims", *(verdict.capitalize() for verdict in verdicts), "Decided narrowly"]
    return Table.of(pd.DataFrame.from_dict(rows, orient="index", columns=heads).rename_axis(""))


class Claims:
    """A line for each claim with a sign for each of its rules; it unfolds to what was measured.

    The claims of a section stand together, and where there are many, behind a line for
    the section.

    Args:
        name: different for each list of a page.
        outcomes: of each section in the order of the list.
        linked: whether `claim.page` is a page of the main study, so that it gets a link.
    """

    def __init__(self, name: str, outcomes: Iterable[Outcome], *, linked: bool = False):
        self.name, self.outcomes, self.linked = name, list(outcomes), linked

    def _repr_html_(self) -> str:
        if not self.outcomes:
            return "<p>There are no claims here.</p>"
        parts = [
            f'<label><input type="radio" name="{self.name}" value="{value}"'
            f"{' checked' if value == 'all' else ''}> {words}</label>"
            for value, words in CHOICES.items()
        ]
        parts = [f"<fieldset><legend>Show</legend>{''.join(parts)}</fieldset>"]
        sections: dict[str, list[Outcome]] = {}
        for outcome in self.outcomes:
            sections.setdefault(outcome.claim.section, []).append(outcome)
        for section in sorted(sections, key=lambda name: name if name[0].isdigit() else "~"):
            parts.append(self._section(section, sections[section]))
        return f'<div class="claims">{"".join(parts)}</div>'

    def _section(self, section: str, outcomes: list[Outcome]) -> str:
        """A line with a sign for each claim; of a long list, its claims unfold."""
        marks = "".join(
            f'<i class="{kind}">{sign}</i>' for sign, kind in (SIGNS[o.verdict] for o in outcomes)
        )
        title = f"Main paper, section {section}" if section[0].isdigit() else section
        checked = " checked" if len(self.outcomes) <= SHORT else ""
        return (
            f'<div class="group"><label class="section"><input type="checkbox"{checked}> '
            f'{html.escape(title)} <span class="marks" aria-hidden="true">{marks}</span> '
            f"<small>{count(len(outcomes), 'claim')}</small></label>"
            f"{''.join(map(self._claim, outcomes))}</div>"
        )

    def _claim(self, outcome: Outcome) -> str:
        signs = [(*SIGNS[finding.verdict], finding) for finding in outcome.findings]
        marks = "".join(
            f'<i class="{kind}" title="{html.escape(finding.rule.words)}">{sign}</i>'
            for sign, kind, finding in signs
        )
        rows = [_row(finding) for finding in outcome.findings]
        inside = Table(("Rule", "Measured", "Verdict"), rows, cards=True)._repr_html_()
        if self.linked:
            page, figure = figure_of(outcome.claim)
            inside += f'<p><a href="{page}.html#{figure}">{html.escape(PAGES[page])}</a></p>'
        narrowly = " <em>(narrowly)</em>" if outcome.nearest.narrow else ""
        return (
            f'<details class="claim {SIGNS[outcome.verdict][1]}"><summary>'
            f'<span class="marks" aria-hidden="true">{marks}</span> '
            f'<span class="said">{outcome.verdict}: </span>'
            f"{html.escape(outcome.claim.statement)}{narrowly}</summary>{inside}</details>"
        )

    def __repr__(self) -> str:
        lines = []
        for outcome in self.outcomes:
            signs = "".join(SIGNS[finding.verdict][0] for finding in outcome.findings)
            lines.append(f"{signs} {outcome.claim.statement}")
            lines += [f"    {' | '.join(_row(finding))}" for finding in outcome.findings]
        return "\n".join(lines)

"""How every claim is decided, here and nowhere else.

`decide` takes the numbers of a rule from the tables, `statistics.interval` makes a mean
and an interval of them, and `rule_verdict` says on which side of the bound the interval
lies. A claim about several things, "in each network" or "SVCCA and PWCCA", has a rule
for each, and holds if all of them do.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..report import format
from ..report.results import Results
from ..report.statistics import Interval
from .engine import FAILS, HOLDS, NARROW, NOT_MEASURED, TOO_FEW, UNDECIDED, Claim, Missing, Rule

_NEAREST_TO_FAILING = (FAILS, NOT_MEASURED, TOO_FEW, UNDECIDED, HOLDS)
"""The verdict of a claim is the first of these that any of its rules has."""


@dataclass(frozen=True)
class Finding:
    """What the results say about one rule.

    Attributes:
        verdict: one of `VERDICTS`.
        interval: None where nothing could be measured.
        missing: what these results lack; empty otherwise.
    """

    rule: Rule
    verdict: str
    interval: Interval | None = None
    missing: str = ""

    @property
    def margin(self) -> float:
        """How far the mean lies from the bound, positive on the rule's side; NaN without a mean."""
        return self.rule.margin(math.nan if self.interval is None else self.interval.mean)

    @property
    def narrow(self) -> bool:
        """Whether it is decided, and by less than matters in the field (`NARROW`).

        Between two bounds, a mean in the middle half is not narrow.
        """
        rule, threshold = self.rule, NARROW.get(self.rule.unit, 0)
        if self.verdict == HOLDS:
            threshold = min(threshold, (rule.below - rule.above) / 4)
        return self.verdict in (HOLDS, FAILS) and abs(self.margin) < threshold

    @property
    def qualified_verdict(self) -> str:
        """The verdict, followed by "narrowly" where it is narrow."""
        return f"{self.verdict}, narrowly" if self.narrow else self.verdict

    @property
    def measured(self) -> str:
        """Mean, interval and number of complete networks, or what is missing."""
        if self.interval is None:
            return self.missing
        return self.interval.described(self.rule.unit)


@dataclass(frozen=True)
class Outcome:
    """A claim that was decided: what became of each of its rules."""

    claim: Claim
    findings: tuple[Finding, ...]

    @property
    def nearest(self) -> Finding:
        """The finding that failed, or is nearest to failing; its verdict is that of the claim."""

        def order(finding: Finding) -> tuple[int, float]:
            margin = math.inf if math.isnan(finding.margin) else finding.margin
            return _NEAREST_TO_FAILING.index(finding.verdict), margin

        return min(self.findings, key=order)

    @property
    def verdict(self) -> str:
        """One of `VERDICTS`: that of an intersection-union test (Berger 1982)."""
        return self.nearest.verdict


def rule_verdict(rule: Rule, interval: Interval) -> str:
    """Where the interval lies: on the claim's side, on the other side, or across a bound."""
    if interval.n < 2:
        return TOO_FEW
    if rule.above < interval.low and interval.high < rule.below:
        return HOLDS
    return FAILS if interval.high <= rule.above or interval.low >= rule.below else UNDECIDED


def find(rule: Rule, results: Results) -> Finding:
    """Measure the quantity of a rule, and judge it."""
    try:
        interval = rule.quantity.interval(results, rule.minus)
    except Missing as error:
        return Finding(rule, NOT_MEASURED, missing=str(error))
    if not interval.n:
        networks = format.count(interval.undefined, "complete network")
        return Finding(rule, NOT_MEASURED, missing=f"not defined in {networks}")
    return Finding(rule, rule_verdict(rule, interval), interval)


def decide(claim: Claim, results: Results) -> Outcome:
    """Decide a claim, by each of its rules."""
    return Outcome(claim, tuple(find(rule, results) for rule in claim.rules))


def evaluate(results: Results, claims: Iterable[Claim]) -> list[Outcome]:
    """Decide claims on a study's results, in their order."""
    return [decide(claim, results) for claim in claims]


def headline(outcomes: Sequence[Outcome]) -> dict[str, int]:
    """How many `claims` there are, and how many got each of two verdicts, for other pages."""
    verdicts = Counter(outcome.verdict for outcome in outcomes)
    return {"claims": len(outcomes), "holds": verdicts[HOLDS], "does_not_hold": verdicts[FAILS]}

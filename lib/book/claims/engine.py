"""How every claim is decided, here and nowhere else.

A claim is data: a sentence, and rules. A rule is a quantity, with one number for each
complete network, and a bound. `find` takes the numbers from the tables,
`statistics.interval` makes a mean and an interval of them, and `rule_verdict` says on
which side of the bound the interval lies. A claim about several things, "in each
network" or "SVCCA and PWCCA", has a rule for each, and holds if all of them do.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field

from ..report.format import count
from ..report.results import Results
from ..report.statistics import Interval, interval
from ..report.style import VISIBLE
from .quantity import Missing, Quantity, limits_apart

HOLDS = "holds"
FAILS = "does not hold"
UNDECIDED = "undecided"
TOO_FEW = "undecided (too few networks)"
NOT_MEASURED = "not measured"
VERDICTS = (HOLDS, FAILS, UNDECIDED, TOO_FEW, NOT_MEASURED)
_NEAREST_TO_FAILING = (FAILS, NOT_MEASURED, TOO_FEW, UNDECIDED, HOLDS)
"""The verdict of a claim is the first of these that any of its rules has."""

POINTS = "percentage points"
LAYERS = "layers"

NARROW = {"": VISIBLE, POINTS: 0.5, LAYERS: 0.5, "decades": 0.1, "millibits": 10, "millinats": 10}
"""unit -> a mean nearer than this to its bound is decided narrowly: for a similarity,
less than a figure shows; for an accuracy, less than two networks of one recipe commonly
differ on 10,000 images (standard error of a difference at 90 %: 0.4 points); for a
place, half a layer; for a curvature, a factor of 1.3; for information, a hundredth of a
bit or nat."""


@dataclass(frozen=True)
class Rule:
    """A quantity, and the side of a bound on which it must lie.

    With both bounds it is a test of equivalence, by two one-sided tests (Schuirmann
    1987): the interval must lie inside both. To claim that two things are alike, bound
    their difference on both sides, since their distance is never below 0.

    Attributes:
        quantity: of each complete network.
        above: it must lie above this; by default there is no such bound.
        below: it must lie below this; by default there is no such bound.
        unit: of the bounds and of what is measured.
        minus: what is subtracted without pairing, because it is of other complete
            networks; None for nothing.
    """

    quantity: Quantity
    above: float = -math.inf
    below: float = math.inf
    unit: str = ""
    minus: Quantity | None = field(default=None, kw_only=True)

    def __post_init__(self):
        if math.isinf(self.above) and math.isinf(self.below):
            raise ValueError(f"a rule needs a bound, above or below: {self.words}")
        if self.above >= self.below:
            raise ValueError(f"nothing lies above {self.above} and below {self.below}")

    @property
    def words(self) -> str:
        """The quantity, in words for the reader."""
        if self.minus is None:
            return self.quantity.words
        return f"{self.quantity.words}, minus {self.minus.words}, not paired"

    @property
    def bound(self) -> str:
        """`above 0.75`, `below 0`, `between 0.3 and 0.4`."""
        unit = f" {self.unit}" if self.unit else ""
        if math.isinf(self.below):
            return f"above {self.above:g}{unit}"
        if math.isinf(self.above):
            return f"below {self.below:g}{unit}"
        return f"between {self.above:g} and {self.below:g}{unit}"

    def margin(self, value: float) -> float:
        """How far a value lies from the nearest bound: positive where the rule holds."""
        return min(value - self.above, self.below - value)


@dataclass(frozen=True)
class Claim:
    """A statement that the results decide.

    Attributes:
        key: its name, different for each claim.
        text: the statement in our words, a short sentence. `{bound}` is that of the
            first rule.
        section: of the paper, such as "5.2"; of another paper, with its name, such as
            "ICPRAM 2020, abstract"; for a claim of ours, its subject.
        page: the page of this book that shows it; `page#figure` where a page has
            several figures.
        rules: what decides it. The claim holds if every rule does, and does not if one
            does not.
    """

    key: str
    text: str
    section: str
    page: str
    rules: tuple[Rule, ...]

    @property
    def statement(self) -> str:
        """The text with the bound of the rules in it."""
        return self.text.format(bound=self.rules[0].bound)


def declare(section: str, page: str, *claims: dict[str, tuple]) -> tuple[Claim, ...]:
    """Claims of one place in the paper: {key: (text, rule)}, or (text, rule, rule, ...)."""
    return tuple(
        Claim(key, text, section, page, tuple(rules))
        for group in claims
        for key, (text, *rules) in group.items()
    )


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
        interval = self.interval
        return self.missing if interval is None else interval.described(self.rule.unit)


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
    parts = [rule.quantity] if rule.minus is None else [rule.quantity, rule.minus]
    limits = rule.quantity.limits if rule.minus is None else limits_apart(*parts)
    try:
        measured = interval(*(part.numbers(results) for part in parts)).within(*limits)
    except Missing as error:
        return Finding(rule, NOT_MEASURED, missing=str(error))
    if not measured.n:
        networks = count(measured.undefined, "complete network")
        return Finding(rule, NOT_MEASURED, missing=f"not defined in {networks}")
    return Finding(rule, rule_verdict(rule, measured), measured)


def decide(claim: Claim, results: Results) -> Outcome:
    """Decide a claim, by each of its rules."""
    return Outcome(claim, tuple(find(rule, results) for rule in claim.rules))


def evaluate(results: Results, claims: Iterable[Claim]) -> list[Outcome]:
    """Decide claims on a study's results, in their order."""
    return [decide(claim, results) for claim in claims]

"""How every claim is decided, here and nowhere else.

A rule is data: a quantity with one number for each complete network, and a bound. `decide` takes
the numbers from the tables, `statistics.interval` makes a mean and an interval of them, and
`verdict` says on which side of the bound the interval lies. A claim about several things, "in each
network" or "SVCCA and PWCCA", has a rule for each, and holds if all of them do.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

import pandas as pd

from ..report import format
from ..report.results import Results
from ..report.statistics import Interval, interval
from ..report.style import VISIBLE
from ..report.values import NETWORK

HOLDS = "holds"
FAILS = "does not hold"
UNDECIDED = "undecided"
TOO_FEW = "undecided (too few networks)"
NOT_MEASURED = "not measured"
VERDICTS = (HOLDS, FAILS, UNDECIDED, TOO_FEW, NOT_MEASURED)

_NEAREST_TO_FAILING = (FAILS, NOT_MEASURED, TOO_FEW, UNDECIDED, HOLDS)
"""The verdict of a claim is the first of these that any of its rules has."""

MINUS = ", minus "

POINTS = "percentage points"
LAYERS = "layers"

NARROW = {"": VISIBLE, POINTS: 0.5, LAYERS: 0.5, "decades": 0.1, "millibits": 10, "millinats": 10}
"""unit -> a mean nearer than this to its bound is decided narrowly: for a similarity, less than a
figure shows; for an accuracy, less than two networks of one recipe commonly differ on 10,000 images
(standard error of a difference at 90 %: 0.4 points); for a place, half a layer; for a curvature, a
factor of 1.3; for information, a hundredth of a bit or nat."""


class Missing(LookupError):
    """The results lack something that a rule needs; the message says what."""


@dataclass(frozen=True)
class Quantity:
    """One number for each complete network.

    Attributes:
        words: what it is, for the reader.
        measure: takes the numbers from the results; their index has a level `train_seed`. Several
            numbers of one complete network are those of its runs. NaN where it is not defined.
            Raises `Missing`.
        limits: the lowest and the highest number that there can be; an interval ends there.
    """

    words: str
    measure: Callable[[Results], pd.Series]
    limits: tuple[float, float] = (-math.inf, math.inf)

    def numbers(self, results: Results) -> pd.Series:
        """One number for each complete network, the mean over its runs; NaN if one run has none.

        Returns:
            Index train_seed.
        """
        return self.measure(results).groupby(level=NETWORK).mean(skipna=False)

    def interval(self, results: Results, minus: Quantity | None = None) -> Interval:
        """The mean over complete networks and its interval.

        Args:
            minus: of other complete networks, whose mean is subtracted; None for nothing.

        Raises:
            Missing: the results lack something.
        """
        parts = [self] if minus is None else [self, minus]
        found = interval(*(part.numbers(results) for part in parts))
        return found.within(*(self.limits if minus is None else _apart(self, minus)))

    def of(self, words: str) -> Quantity:
        """The same quantity, with words added that say where it is measured."""
        return replace(self, words=f"{self.words} {words}")

    def __sub__(self, other: Quantity) -> Quantity:
        """The difference within each complete network that both have."""
        first, second = (f"({q.words})" if MINUS in q.words else q.words for q in (self, other))
        words = f"{first}{MINUS}{second}"
        found = together(words, lambda t: t.iloc[:, 0] - t.iloc[:, 1], self, other)
        return replace(found, limits=_apart(self, other))


def _apart(one: Quantity, other: Quantity) -> tuple[float, float]:
    """The limits of the difference of two quantities."""
    return one.limits[0] - other.limits[1], one.limits[1] - other.limits[0]


def together(
    words: str, combine: Callable[[pd.DataFrame], pd.Series], *parts: Quantity
) -> Quantity:
    """Combine several quantities of the same complete networks into one.

    Only for networks that are the same: a complete network and its pruned ones, or two metrics of
    it. Networks of different architectures are not pairs, even where their seeds are equal; for
    those `Rule` has `minus`.

    Args:
        combine: a frame with a row for each complete network and a column for each part -> a number
            for each.
        parts: the quantities.
    """

    def measure(results: Results) -> pd.Series:
        table = pd.concat([part.numbers(results) for part in parts], axis=1, join="inner")
        if table.empty:
            raise Missing("no complete network of the one has a counterpart in the other")
        return combine(table)

    return Quantity(words, measure)


@dataclass(frozen=True)
class Rule:
    """A quantity, and the side of a bound on which it must lie.

    With both bounds it is a test of equivalence, by two one-sided tests (Schuirmann 1987): the
    interval must lie inside both. To claim that two things are alike, bound their difference on
    both sides, since their distance is never below 0.

    Attributes:
        quantity: of each complete network.
        above: it must lie above this; by default there is no such bound.
        below: it must lie below this; by default there is no such bound.
        unit: of the bounds and of what is measured.
        minus: what is subtracted without pairing, because it is of other complete networks; None
            for nothing.
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
        text: the statement in our words, a short sentence. `{bound}` is that of the first rule.
        section: of the paper, such as "5.2"; of another paper, with its name, such as "ICPRAM 2020,
            abstract"; for a claim of ours, its subject.
        page: the page of this book that shows it; `page#figure` where a page has several figures.
        rules: what decides it. The claim holds if every rule does, and does not if one does not.
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

    @property
    def shown(self) -> tuple[str, str]:
        """(page, name of its figure)."""
        page, _, figure = self.page.partition("#")
        return page, figure or f"fig-{page.replace('_', '-')}"


def declare(section: str, page: str, *claims: dict[str, tuple]) -> tuple[Claim, ...]:
    """Claims of one place in the paper: {key: (text, rule)}, or (text, rule, rule, ...)."""
    return tuple(
        Claim(key, text, section, page, tuple(rules))
        for some in claims
        for key, (text, *rules) in some.items()
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


def verdict(rule: Rule, found: Interval) -> str:
    """Where the interval lies: on the claim's side, on the other side, or across a bound."""
    if found.n < 2:
        return TOO_FEW
    if rule.above < found.low and found.high < rule.below:
        return HOLDS
    return FAILS if found.high <= rule.above or found.low >= rule.below else UNDECIDED


def estimate(
    measure: Callable[..., pd.Series],
    *arguments: object,
    limits: tuple[float, float] = (-math.inf, math.inf),
) -> Interval:
    """The mean over complete networks of what a function measures, and its interval.

    Args:
        measure: returns a number for each complete network, such as `Quantity.numbers`.
        arguments: its own.
        limits: the lowest and the highest number that there can be.

    Returns:
        Of no network at all where the function raises `Missing`.
    """
    try:
        return interval(measure(*arguments)).within(*limits)
    except Missing:
        return interval(())


def find(rule: Rule, results: Results) -> Finding:
    """Measure the quantity of a rule, and judge it."""
    try:
        found = rule.quantity.interval(results, rule.minus)
    except Missing as error:
        return Finding(rule, NOT_MEASURED, missing=str(error))
    if not found.n:
        networks = format.count(found.undefined, "complete network")
        return Finding(rule, NOT_MEASURED, missing=f"not defined in {networks}")
    return Finding(rule, verdict(rule, found), found)


def decide(claim: Claim, results: Results) -> Outcome:
    """Decide a claim, by each of its rules."""
    return Outcome(claim, tuple(find(rule, results) for rule in claim.rules))


def evaluate(results: Results, claims: Iterable[Claim]) -> list[Outcome]:
    """Decide claims on a study's results, in their order."""
    return [decide(claim, results) for claim in claims]


def headline(outcomes: Sequence[Outcome]) -> dict[str, int]:
    """How many `claims` there are, and how many got each of two verdicts, for other pages."""
    found = Counter(outcome.verdict for outcome in outcomes)
    return {"claims": len(outcomes), "holds": found[HOLDS], "does_not_hold": found[FAILS]}

"""How every claim is decided, here and nowhere else.

A rule is data: a quantity with one number for each run, a bound, and what its interval counts as
independent. `decide` takes the numbers from the tables, `statistics.interval` makes a mean and an
interval of them, and `verdict` says on which side of the bound it lies.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import pandas as pd

from ..report import format
from ..report.names import enumerate_words
from ..report.results import Results
from ..report.statistics import Interval, interval

HOLDS = "holds"
FAILS = "does not hold"
UNDECIDED = "undecided"
TOO_FEW = "undecided (too few runs)"
NOT_MEASURED = "not measured"
VERDICTS = {
    HOLDS: ("holds", "hold"),
    FAILS: ("does not hold", "do not hold"),
    UNDECIDED: ("is undecided", "are undecided"),
    TOO_FEW: ("has too few runs", "have too few runs"),
    NOT_MEASURED: ("was not measured", "were not measured"),
}
"""verdict -> how one claim has it, and several."""

INDEPENDENT = {"run": ["train_seed", "prune_seed"], "complete network": ["train_seed"]}
"""What an interval may count as one observation -> the columns of the tables that tell it."""

FEWEST = 3
"""With fewer observations than these, an interval says too little."""

MINUS = ", minus "


class Missing(LookupError):
    """The results lack something that a rule needs; the message says what."""


@dataclass(frozen=True)
class Quantity:
    """One number for each run.

    Attributes:
        words: what it is.
        measure: the numbers from the results alone, index (train_seed, prune_seed); NaN where the
            run does not define it. Raises `Missing`.
    """

    words: str
    measure: Callable[[Results], pd.Series]

    def of(self, words: str) -> Quantity:
        """The same, with words for where it is measured."""
        return Quantity(f"{self.words} {words}", self.measure)

    def __sub__(self, other: Quantity) -> Quantity:
        """The difference within each run that both have."""
        first, second = (f"({q.words})" if MINUS in q.words else q.words for q in (self, other))
        return together(
            f"{first}{MINUS}{second}", lambda t: t.iloc[:, 0] - t.iloc[:, 1], self, other
        )


def together(
    words: str, combine: Callable[[pd.DataFrame], pd.Series], *parts: Quantity
) -> Quantity:
    """Several quantities of the same run as one; runs of different networks pair by their seeds.

    Args:
        words: what comes of it.
        combine: a frame with a row for each run and a column for each part -> a number for each.
        parts: the quantities.
    """

    def measure(results: Results) -> pd.Series:
        table = pd.concat([part.measure(results) for part in parts], axis=1, join="inner")
        if table.empty:
            raise Missing("no run of the one has a counterpart in the other")
        return combine(table)

    return Quantity(words, measure)


def smallest(words: str, *parts: Quantity) -> Quantity:
    """The smallest of several quantities in each run; NaN where one of them is."""
    return together(words, lambda table: table.min(axis=1, skipna=False), *parts)


def largest(words: str, *parts: Quantity) -> Quantity:
    """The largest of several quantities in each run; NaN where one of them is."""
    return together(words, lambda table: table.max(axis=1, skipna=False), *parts)


def distance(one: Quantity, other: Quantity) -> Quantity:
    """How far apart two quantities are in each run."""
    words = f"distance between {one.words} and {other.words}"
    return together(words, lambda table: (table.iloc[:, 0] - table.iloc[:, 1]).abs(), one, other)


@dataclass(frozen=True)
class Rule:
    """What decides a claim: a quantity, and the side of a bound on which it must lie.

    Attributes:
        quantity: of each run.
        above: it must lie above this; None for no such bound.
        below: it must lie below this; None for no such bound.
        unit: of the bounds and of what is measured.
        minus: what is subtracted without pairing the runs; None for nothing.
        independent: what the interval counts as one observation, a key of `INDEPENDENT`.
    """

    quantity: Quantity
    above: float | None = None
    below: float | None = None
    unit: str = ""
    minus: Quantity | None = field(default=None, kw_only=True)
    independent: str = field(default="run", kw_only=True)

    def __post_init__(self):
        if self.above is None and self.below is None:
            raise ValueError(f"a rule needs a bound, above or below: {self.words}")
        if None not in (self.above, self.below) and self.above >= self.below:
            raise ValueError(f"nothing lies above {self.above} and below {self.below}")

    @property
    def words(self) -> str:
        """The quantity for the reader."""
        if self.minus is None:
            return self.quantity.words
        return f"{self.quantity.words}, minus {self.minus.words}, not paired"

    @property
    def bound(self) -> str:
        """`above 0.75`, `below 0`, `between 0.3 and 0.4`."""
        unit = f" {self.unit}" if self.unit else ""
        if self.below is None:
            return f"above {self.above:g}{unit}"
        if self.above is None:
            return f"below {self.below:g}{unit}"
        return f"between {self.above:g} and {self.below:g}{unit}"

    def misses_by(self, value: float) -> float:
        """How far a value lies from where the rule wants it; 0 or less on its side."""
        above = -math.inf if self.above is None else self.above - value
        below = -math.inf if self.below is None else value - self.below
        return max(above, below)


@dataclass(frozen=True)
class Claim:
    """A statement that the results decide.

    Attributes:
        key: its name, different for each claim.
        text: the statement in our words, one short sentence. `{bound}` stands for the rule's.
        section: of the paper, such as "5.2"; of another paper its name, such as "ICPRAM 2020,
            abstract"; of ours what the claim is about.
        figure: of the paper, such as "Fig. 5"; empty where there is none.
        page: the page of this book that shows it; `page#figure` where a page has several figures.
        rule: what decides it.
    """

    key: str
    text: str
    section: str
    figure: str
    page: str
    rule: Rule

    @property
    def statement(self) -> str:
        """The text with the rule's bound in it."""
        return self.text.format(bound=self.rule.bound)

    @property
    def shown(self) -> tuple[str, str]:
        """(page, name of its figure)."""
        page, _, figure = self.page.partition("#")
        return page, figure or f"fig-{page.replace('_', '-')}"


def declare(
    section: str, figure: str, page: str, claims: dict[str, tuple[str, Rule]]
) -> tuple[Claim, ...]:
    """Claims of one place in the paper: {key: (text, rule)}."""
    return tuple(
        Claim(key, text, section, figure, page, how) for key, (text, how) in claims.items()
    )


@dataclass(frozen=True)
class Outcome:
    """A claim after the run.

    Attributes:
        verdict: a key of `VERDICTS`.
        interval: None where nothing could be measured.
        missing: what these results lack; empty otherwise.
    """

    claim: Claim
    verdict: str
    interval: Interval | None = None
    missing: str = ""

    @property
    def measured(self) -> str:
        """Mean, interval and number of runs, or what is missing."""
        m, rule = self.interval, self.claim.rule
        if m is None:
            return self.missing
        parts = [format.count(m.n, rule.independent)]
        if m.undefined:
            parts.append(f"{m.undefined} undefined")
        if m.n:
            value = format.interval(m.mean, m.low, m.high, digits=2 if rule.unit else 3)
            parts.insert(0, f"{value} {rule.unit}".rstrip())
        return ", ".join(parts)


def verdict(rule: Rule, found: Interval) -> str:
    """Where the interval lies: on the claim's side, on the other side, or across a bound."""
    if found.n < FEWEST:
        return TOO_FEW
    above = -math.inf if rule.above is None else rule.above
    below = math.inf if rule.below is None else rule.below
    if above < found.low and found.high < below:
        return HOLDS
    return FAILS if found.high <= above or found.low >= below else UNDECIDED


def observations(rule: Rule, quantity: Quantity, results: Results) -> pd.Series:
    """What the interval of a rule is made of: means over the runs of each independent unit."""
    values = quantity.measure(results)
    return values.groupby(level=INDEPENDENT[rule.independent]).mean()


def decide(claim: Claim, results: Results) -> Outcome:
    """Measure a claim and judge it."""
    rule = claim.rule
    parts = [rule.quantity] if rule.minus is None else [rule.quantity, rule.minus]
    try:
        found = interval(*(observations(rule, part, results) for part in parts))
    except Missing as error:
        return Outcome(claim, NOT_MEASURED, missing=str(error))
    return Outcome(claim, verdict(rule, found), found)


def evaluate(results: Results, claims: Iterable[Claim]) -> list[Outcome]:
    """Decide claims on a study's results, in their order."""
    return [decide(claim, results) for claim in claims]


def counts(outcomes: Iterable[Outcome]) -> dict[str, int]:
    """How many claims got each verdict; all verdicts are there."""
    verdicts = [outcome.verdict for outcome in outcomes]
    return {verdict: verdicts.count(verdict) for verdict in VERDICTS}


def headline(outcomes: Sequence[Outcome]) -> dict[str, int]:
    """How many `claims` there are, of which each `holds` or `does_not_hold`, for other pages."""
    found = counts(outcomes)
    return {"claims": len(outcomes), "holds": found[HOLDS], "does_not_hold": found[FAILS]}


def summary(outcomes: Sequence[Outcome]) -> str:
    """`Of 50 claims, 20 hold, 10 do not hold, ...`, one sentence."""
    parts = [
        f"{number} {VERDICTS[verdict][number != 1]}"
        for verdict, number in counts(outcomes).items()
        if number
    ]
    return f"Of {len(outcomes)} claims, {enumerate_words(parts)}."

"""What claims are made of: quantities, rules, and the claims that have them.

A rule is data: a quantity with one number for each complete network, and a bound.
`decided` takes the numbers from the tables, and says on which side of the bound they
lie.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pandas as pd

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

MINUS = ", minus "

POINTS = "percentage points"
LAYERS = "layers"

NARROW = {"": VISIBLE, POINTS: 0.5, LAYERS: 0.5, "decades": 0.1, "millibits": 10, "millinats": 10}
"""unit -> a mean nearer than this to its bound is decided narrowly: for a similarity,
less than a figure shows; for an accuracy, less than two networks of one recipe commonly
differ on 10,000 images (standard error of a difference at 90 %: 0.4 points); for a
place, half a layer; for a curvature, a factor of 1.3; for information, a hundredth of a
bit or nat."""


class Missing(LookupError):
    """The results lack something that a rule needs; the message says what."""


@dataclass(frozen=True)
class Quantity:
    """One number for each complete network.

    Attributes:
        words: what it is, for the reader.
        measure: takes the numbers from the results; their index has a level
            `train_seed`. Several numbers of one complete network are those of its runs.
            NaN where it is not defined. Raises `Missing`.
        limits: the lowest and the highest number that there can be; an interval ends
            there.
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
        difference = interval(*(part.numbers(results) for part in parts))
        return difference.within(*(self.limits if minus is None else _apart(self, minus)))

    def of(self, words: str) -> Quantity:
        """The same quantity, with words added that say where it is measured."""
        return replace(self, words=f"{self.words} {words}")

    def __sub__(self, other: Quantity) -> Quantity:
        """The difference within each complete network that both have."""
        first, second = (f"({q.words})" if MINUS in q.words else q.words for q in (self, other))
        words = f"{first}{MINUS}{second}"
        difference = together(words, lambda t: t.iloc[:, 0] - t.iloc[:, 1], self, other)
        return replace(difference, limits=_apart(self, other))


def _apart(first: Quantity, second: Quantity) -> tuple[float, float]:
    """The limits of the difference of two quantities."""
    return first.limits[0] - second.limits[1], first.limits[1] - second.limits[0]


def together(
    words: str, combine: Callable[[pd.DataFrame], pd.Series], *parts: Quantity
) -> Quantity:
    """Combine several quantities of the same complete networks into one.

    Only for networks that are the same: a complete network and its pruned ones, or two
    metrics of it. Networks of different architectures are not pairs, even where their
    seeds are equal; for those `Rule` has `minus`.

    Args:
        combine: a frame with a row for each complete network and a column for each part
            -> a number for each.
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

    @property
    def shown(self) -> tuple[str, str]:
        """(page, name of its figure)."""
        page, _, figure = self.page.partition("#")
        return page, figure or f"fig-{page.replace('_', '-')}"


def declare(section: str, page: str, *claims: dict[str, tuple]) -> tuple[Claim, ...]:
    """Claims of one place in the paper: {key: (text, rule)}, or (text, rule, rule, ...)."""
    return tuple(
        Claim(key, text, section, page, tuple(rules))
        for group in claims
        for key, (text, *rules) in group.items()
    )


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

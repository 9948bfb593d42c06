"""From one number for each run to a verdict."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import stats

from ..report.names import count
from ..report.results import Results

HOLDS = "holds"
FAILS = "does not hold"
UNDECIDED = "undecided"
TOO_FEW = "undecided (too few runs)"
NOT_MEASURED = "not measured"
VERDICTS = (HOLDS, FAILS, UNDECIDED, TOO_FEW, NOT_MEASURED)

RUNS = 3
"""With fewer runs than these, an interval over runs says too little."""

CONFIDENCE = 0.95


class Missing(LookupError):
    """The results lack something that a rule needs; the message says what."""


@dataclass(frozen=True)
class Sample:
    """What a rule measured.

    Attributes:
        values: one number for each run; NaN where the run does not define it.
        others: those of the runs that are subtracted, where the two sets are not paired.
    """

    values: tuple[float, ...]
    others: tuple[float, ...] | None = None


@dataclass(frozen=True)
class Measurement:
    """A mean over runs and its interval.

    Attributes:
        mean: over the runs; of two unpaired sets, the difference of their means.
        low: lower end of the interval; NaN with a single run.
        high: upper end.
        runs: how many had a number; of two sets, the smaller.
        undefined: how many had none.
    """

    mean: float
    low: float
    high: float
    runs: int
    undefined: int = 0


@dataclass(frozen=True)
class Rule:
    """What decides a claim: a quantity, and the side of a threshold on which it must lie.

    Attributes:
        words: the quantity, as it stands in a sentence.
        measure: the quantity of each run, from the results alone.
        above: it must lie above this; None for no such bound.
        below: it must lie below this; None for no such bound.
        unit: after the numbers.
    """

    words: str
    measure: Callable[[Results], Sample]
    above: float | None = None
    below: float | None = None
    unit: str = ""

    def __post_init__(self):
        if self.above is None and self.below is None:
            raise ValueError(f"a rule needs a threshold, above or below: {self.words}")
        if None not in (self.above, self.below) and self.above >= self.below:
            raise ValueError(f"nothing lies above {self.above} and below {self.below}")

    @property
    def threshold(self) -> str:
        """`above 0.75`, `below 0`, `between 0.3 and 0.4`."""
        unit = f" {self.unit}" if self.unit else ""
        if self.below is None:
            return f"above {self.above:g}{unit}"
        if self.above is None:
            return f"below {self.below:g}{unit}"
        return f"between {self.above:g} and {self.below:g}{unit}"

    @property
    def sentence(self) -> str:
        """The rule for the reader."""
        return f"{self.words[:1].upper()}{self.words[1:]}: {self.threshold}."


@dataclass(frozen=True)
class Claim:
    """A statement that the results decide.

    Attributes:
        key: its name, different for each claim.
        text: the statement in our words, one short sentence. `{threshold}` stands for the rule's.
        section: of the paper, such as "5.2"; of another paper its name, such as "ICPRAM 2020,
            abstract"; empty for what we add.
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
        """The text with the rule's threshold in it."""
        return self.text.format(threshold=self.rule.threshold)

    @property
    def shown(self) -> tuple[str, str]:
        """(page, name of its figure)."""
        page, _, figure = self.page.partition("#")
        return page, figure or f"fig-{page.replace('_', '-')}"

    @property
    def where(self) -> str:
        """`section 5.2, Fig. 5`; of another paper its name, with or without a section."""
        section = f"section {self.section}" if self.section[:1].isdigit() else self.section
        parts = (section, self.figure)
        return ", ".join(part for part in parts if part) or "ours"


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
        verdict: one of `VERDICTS`.
        measurement: None where nothing could be measured.
        missing: what these results lack; empty otherwise.
    """

    claim: Claim
    verdict: str
    measurement: Measurement | None = None
    missing: str = ""

    @property
    def measured(self) -> str:
        """Mean, interval and runs for the reader, or what is missing."""
        m = self.measurement
        if m is None:
            return self.missing
        unit = f" {self.claim.rule.unit}" if self.claim.rule.unit else ""
        parts = [count(m.runs, "run")]
        if m.undefined:
            parts.append(f"{m.undefined} undefined")
        if m.runs < 1:
            return ", ".join(parts)
        digits = 2 if unit else 3
        interval = ""
        if not math.isnan(m.low):
            interval = f" ({_number(m.low, digits)} to {_number(m.high, digits)})"
        return f"{_number(m.mean, digits)}{unit}{interval}, {', '.join(parts)}"


def measure(sample: Sample, confidence: float = CONFIDENCE) -> Measurement:
    """Mean and t-interval over runs; Welch's of the difference where two sets are not paired.

    Runs without a number are left out and counted. Where all runs agree exactly, the interval is
    that point.
    """
    groups = [np.array(sample.values, dtype=float)]
    if sample.others is not None:
        groups.append(np.array(sample.others, dtype=float))
    defined = [group[~np.isnan(group)] for group in groups]
    undefined = sum(len(group) for group in groups) - sum(len(group) for group in defined)
    runs = min(len(group) for group in defined)
    nan = math.nan
    if runs == 0:
        return Measurement(nan, nan, nan, 0, undefined)
    mean = float(defined[0].mean() - (defined[1].mean() if len(defined) > 1 else 0))
    if runs == 1:
        return Measurement(mean, nan, nan, 1, undefined)
    errors = np.array([group.var(ddof=1) / len(group) for group in defined])
    half = 0.0
    if errors.sum() > 0:
        # Welch and Satterthwaite; with one group these are its n - 1 degrees of freedom.
        freedom = errors.sum() ** 2 / sum(
            error**2 / (len(group) - 1) for error, group in zip(errors, defined, strict=True)
        )
        half = float(stats.t.ppf((1 + confidence) / 2, freedom) * math.sqrt(errors.sum()))
    return Measurement(mean, mean - half, mean + half, runs, undefined)


def verdict(rule: Rule, m: Measurement) -> str:
    """Where the interval lies: on the claim's side, on the other side, or across a threshold."""
    if m.runs < RUNS:
        return TOO_FEW
    above = -math.inf if rule.above is None else rule.above
    below = math.inf if rule.below is None else rule.below
    if above < m.low and m.high < below:
        return HOLDS
    return FAILS if m.high <= above or m.low >= below else UNDECIDED


def decide(claim: Claim, results: Results) -> Outcome:
    """Measure a claim and judge it."""
    try:
        measurement = measure(claim.rule.measure(results))
    except Missing as error:
        return Outcome(claim, NOT_MEASURED, missing=str(error))
    return Outcome(claim, verdict(claim.rule, measurement), measurement)


def _number(value: float, digits: int) -> str:
    # What rounds to 0 has no sign.
    return f"{round(value, digits) + 0:.{digits}f}"

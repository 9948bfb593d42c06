"""The same rules on other tables: other readings of the same networks, and other scales.

Each reading changes the tables in one way and leaves the rules alone. A claim whose verdict changes
with a reading depends on what that changes; one that fails in all fails for another reason.
"""

import dataclasses
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..report.results import Results
from ..report.statistics import Interval
from ..report.tables import Table
from .decided import Finding, Outcome, decide
from .engine import FAILS, HOLDS, NOT_MEASURED, TOO_FEW, UNDECIDED
from .vocabulary import FOUR

NEARER, FURTHER_AWAY, SAME = "nearer", "further away", "no clear difference"
UNCHANGED = "unchanged"
"""The cell of a claim on which a reading has no effect."""

CELLS = {
    HOLDS: "holds",
    FAILS: "does not",
    UNDECIDED: "undecided",
    TOO_FEW: "too few",
    NOT_MEASURED: "-",
}
"""verdict -> its words in a narrow cell."""


@dataclass(frozen=True)
class SensitivityAnalysis:
    """One way to read the tables.

    Attributes:
        short: head of its column.
        about: what it changes, for the reader.
        change: returns the tables in this reading; None where the results lack what it needs.
    """

    short: str
    about: str
    change: Callable[[Results], Results | None]


def above_chance(results: Results) -> Results:
    """Values rescaled to 0 for what chance gives and 1 for identical representations."""
    rows = results.similarity
    value = ((rows.value - rows.null_mean) / (1 - rows.null_mean)).clip(lower=0)
    outputs = ~rows.metric.isin([*FOUR, "mean_cca"])  # of these, the entries are compared
    return dataclasses.replace(
        results, similarity=rows.assign(value=value.where(~outputs, rows.value))
    )


def decide_again(
    results: Results, outcomes: Sequence[Outcome], readings: Iterable[SensitivityAnalysis]
) -> pd.DataFrame:
    """Claims decided again, each in each reading.

    Args:
        outcomes: claims as they were decided on them.

    Returns:
        A row for each claim and reading, in this order: `key`; `claim`, its statement; `bound`;
        `measured` and `declared`, what was measured and its verdict as declared; `reading`;
        `measured_so` and `verdict`, the same in this reading, "not measured" where the results lack
        what it needs; `concerned`, whether the reading changed what a rule measures; `direction`,
        whether it brought that nearer to the claim; `on_its_side`, whether the mean in this reading
        lies where the claim asks for. For a claim with several rules, what is measured is that of
        the rule nearest to failing as declared.
    """
    changed = [(reading, reading.change(results)) for reading in readings]
    rows = []
    for outcome in outcomes:
        claim, base = outcome.claim, outcome.nearest
        for reading, tables in changed:
            absent = Outcome(claim, tuple(Finding(rule, NOT_MEASURED) for rule in claim.rules))
            other = absent if tables is None else decide(claim, tables)
            same = other.findings[outcome.findings.index(base)]
            measured = same.interval is not None
            pairs = zip(outcome.findings, other.findings, strict=True)
            concerned = measured and not all(_same(*pair) for pair in pairs)
            rows.append(
                {
                    "key": claim.key,
                    "claim": claim.statement,
                    "bound": base.rule.bound,
                    "measured": base.measured,
                    "declared": outcome.verdict,
                    "reading": reading.short,
                    "measured_so": same.measured,
                    "verdict": other.verdict,
                    "concerned": concerned,
                    "direction": direction(base, same) if concerned else SAME,
                    "on_its_side": all(finding.margin > 0 for finding in other.findings),
                }
            )
    columns = "key claim bound measured declared reading measured_so verdict concerned direction"
    found = pd.DataFrame(rows, columns=[*columns.split(), "on_its_side"])
    return found.astype({"concerned": bool, "on_its_side": bool})


def _same(one: Finding, other: Finding) -> bool:
    if one.interval is None or other.interval is None:
        return one.interval is other.interval
    pairs = (dataclasses.astuple(finding.interval) for finding in (one, other))
    return np.allclose(*pairs, rtol=0, atol=1e-9, equal_nan=True)


def direction(base: Finding, other: Finding) -> str:
    """Whether a quantity lies nearer to its claim in another reading; neither if intervals overlap.

    If one of the two has a single network, that must lie outside the prediction interval of the
    other, where one more of its networks is to be expected.

    Args:
        base, other: the same rule, measured in two ways.
    """
    here, there = base.interval, other.interval
    if here is None or not _apart(here, there):
        return SAME
    return NEARER if other.margin > base.margin else FURTHER_AWAY


def _apart(one: Interval, other: Interval) -> bool:
    halves = [
        (mine.high - mine.low) / 2 * (math.sqrt(mine.n + 1) if yours.n == 1 else 1)
        for mine, yours in ((one, other), (other, one))
    ]
    if min(one.n, other.n) == 1 < max(one.n, other.n):
        halves = [half for half in halves if not math.isnan(half)]
    return abs(one.mean - other.mean) > sum(halves)


def cells(found: pd.DataFrame) -> pd.Series:
    """The words of a narrow cell for each row of `decide_again`."""
    words = found.verdict.map(CELLS)
    return words.where(found.concerned | (found.verdict == NOT_MEASURED), UNCHANGED)


def readings_table(found: pd.DataFrame) -> Table:
    """The claims of `decide_again` that a reading affects: as declared, and in each reading."""
    shown = found.assign(cell=cells(found)).groupby("key", sort=False)
    rows = [
        (mine.claim.iloc[0], CELLS[mine.declared.iloc[0]], *mine.cell)
        for _, mine in shown
        if mine.concerned.any()
    ]
    header = ("Claim", "As declared", *found.reading.unique())
    return Table(header, rows, cards=True, nothing="No change has an effect on any claim.")


def tally(found: pd.DataFrame, readings: Iterable[SensitivityAnalysis]) -> Table:
    """On how many claims of `decide_again` each reading has an effect, and what becomes of them."""
    rows = []
    for reading in readings:
        mine = found[(found.reading == reading.short) & found.concerned]
        before, after = mine.declared == HOLDS, mine.verdict == HOLDS
        open_ = mine.verdict.isin([UNDECIDED, TOO_FEW])
        numbers = (len(mine), before.sum(), after.sum(), (before & after).sum(), open_.sum())
        rows.append((reading.short, reading.about, *map(str, numbers)))
    numeric = ("Claims affected", "Hold before", "Hold after", "Hold in both", "Undecided after")
    return Table(("Change", "What is changed", *numeric), rows, numeric=numeric, cards=True)

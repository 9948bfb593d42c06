"""The same rules on other tables: other readings of the same networks, and other scales.

Each reading changes the tables in one way and leaves the rules alone. A claim whose
verdict changes with a reading depends on what that changes; one that fails in all fails
for another reason.
"""

import dataclasses
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..report.format import Table
from ..report.results import Results
from ..report.statistics import Interval
from .engine import FAILS, HOLDS, NOT_MEASURED, TOO_FEW, UNDECIDED, Finding, Outcome, decide
from .vocabulary import PAPER_METRICS

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
        change: returns the tables in this reading; None where the results lack what it
            needs.
    """

    short: str
    about: str
    change: Callable[[Results], Results | None]


def above_chance(results: Results) -> Results:
    """Values rescaled to 0 for what chance gives and 1 for identical representations."""
    rows = results.similarity
    value = ((rows.value - rows.null_mean) / (1 - rows.null_mean)).clip(lower=0)
    outputs = ~rows.metric.isin([*PAPER_METRICS, "mean_cca"])  # of these, the entries are compared
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
        A row for each claim and reading, in this order: `key`; `claim`, its statement;
        `bound`; `measured` and `declared`, what was measured and its verdict as
        declared; `reading`; `measured_so` and `verdict`, the same in this reading, "not
        measured" where the results lack what it needs; `concerned`, whether the reading
        changed what a rule measures; `direction`, whether it brought that nearer to the
        claim; `on_its_side`, whether the mean in this reading lies where the claim asks
        for. For a claim with several rules, what is measured is that of the rule
        nearest to failing as declared.
    """
    changed_tables = [(reading, reading.change(results)) for reading in readings]
    rows = []
    for outcome in outcomes:
        claim, base = outcome.claim, outcome.nearest
        for reading, tables in changed_tables:
            absent = Outcome(claim, tuple(Finding(rule, NOT_MEASURED) for rule in claim.rules))
            again = absent if tables is None else decide(claim, tables)
            nearest_again = again.findings[outcome.findings.index(base)]
            is_measured = nearest_again.interval is not None
            pairs = zip(outcome.findings, again.findings, strict=True)
            concerned = is_measured and not all(_same(*pair) for pair in pairs)
            rows.append(
                {
                    "key": claim.key,
                    "claim": claim.statement,
                    "bound": base.rule.bound,
                    "measured": base.measured,
                    "declared": outcome.verdict,
                    "reading": reading.short,
                    "measured_so": nearest_again.measured,
                    "verdict": again.verdict,
                    "concerned": concerned,
                    "direction": direction(base, nearest_again) if concerned else SAME,
                    "on_its_side": all(finding.margin > 0 for finding in again.findings),
                }
            )
    columns = "key claim bound measured declared reading measured_so verdict concerned direction"
    table = pd.DataFrame(rows, columns=[*columns.split(), "on_its_side"])
    return table.astype({"concerned": bool, "on_its_side": bool})


def _same(declared: Finding, again: Finding) -> bool:
    if declared.interval is None or again.interval is None:
        return declared.interval is again.interval
    pairs = (dataclasses.astuple(finding.interval) for finding in (declared, again))
    return np.allclose(*pairs, rtol=0, atol=1e-9, equal_nan=True)


def direction(declared: Finding, again: Finding) -> str:
    """Whether a quantity lies nearer to its claim in another reading; neither if intervals overlap.

    If one of the two has a single network, that must lie outside the prediction
    interval of the other, where one more of its networks is to be expected.

    Args:
        declared, again: the same rule, measured as declared and in another reading.
    """
    before, after = declared.interval, again.interval
    if before is None or not _apart(before, after):
        return SAME
    return NEARER if again.margin > declared.margin else FURTHER_AWAY


def _apart(first: Interval, second: Interval) -> bool:
    halves = [
        (interval.high - interval.low) / 2 * (math.sqrt(interval.n + 1) if opposite.n == 1 else 1)
        for interval, opposite in ((first, second), (second, first))
    ]
    if min(first.n, second.n) == 1 < max(first.n, second.n):
        halves = [half for half in halves if not math.isnan(half)]
    return abs(first.mean - second.mean) > sum(halves)


def cells(decisions: pd.DataFrame) -> pd.Series:
    """The words of a narrow cell for each row of `decide_again`."""
    texts = decisions.verdict.map(CELLS)
    return texts.where(decisions.concerned | (decisions.verdict == NOT_MEASURED), UNCHANGED)


def readings_table(decisions: pd.DataFrame) -> Table:
    """The claims of `decide_again` that a reading affects: as declared, and in each reading."""
    by_claim = decisions.assign(cell=cells(decisions)).groupby("key", sort=False)
    rows = [
        (claim_rows.claim.iloc[0], CELLS[claim_rows.declared.iloc[0]], *claim_rows.cell)
        for _, claim_rows in by_claim
        if claim_rows.concerned.any()
    ]
    header = ("Claim", "As declared", *decisions.reading.unique())
    return Table(header, rows, cards=True, nothing="No change has an effect on any claim.")


def tally(decisions: pd.DataFrame, readings: Iterable[SensitivityAnalysis]) -> Table:
    """On how many claims of `decide_again` each reading has an effect, and what becomes of them."""
    rows = []
    for reading in readings:
        affected = decisions[(decisions.reading == reading.short) & decisions.concerned]
        before, after = affected.declared == HOLDS, affected.verdict == HOLDS
        open_ = affected.verdict.isin([UNDECIDED, TOO_FEW])
        numbers = (len(affected), before.sum(), after.sum(), (before & after).sum(), open_.sum())
        rows.append((reading.short, reading.about, *map(str, numbers)))
    numeric = ("Claims affected", "Hold before", "Hold after", "Hold in both", "Undecided after")
    return Table(("Change", "What is changed", *numeric), rows, numeric=numeric, cards=True)

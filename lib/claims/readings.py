"""Would a claim hold if the same networks were read otherwise?

Each reading changes the tables in one way and leaves the rules alone. A claim whose verdict changes
with a reading depends on it; one that fails in all of them fails for another reason.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..report.names import METRICS, count
from ..report.results import PAPER_RESHAPE, Results
from ..report.tables import Table
from .engine import (
    FAILS,
    HOLDS,
    NOT_MEASURED,
    TOO_FEW,
    UNDECIDED,
    Measurement,
    Outcome,
    decide,
)

EARLY = 0.1
"""A tenth of the weights: where the paper's networks are most accurate (section 5.1)."""


@dataclass(frozen=True)
class Reading:
    """One way to read the tables.

    Attributes:
        short: head of its column.
        about: what it changes, for the reader.
        change: the tables as this reading has them; None where these results lack what it takes.
    """

    short: str
    about: str
    change: Callable[[Results], Results | None]


def _reshaped(results: Results, reshape: str, metrics: Sequence[str]) -> Results | None:
    """These metrics on another reshape, under the name of the one that the paper uses."""
    rows = results.similarity
    hidden = ~rows.kind.isin(["fc", "out"])
    own = rows.reshape == rows.metric.map(PAPER_RESHAPE)
    concerned = hidden & rows.metric.isin(metrics)
    other = rows[concerned & (rows.reshape == reshape)]
    if other.empty:
        return None
    renamed = other.assign(reshape=other.metric.map(PAPER_RESHAPE))
    kept = rows[~concerned & (own | ~hidden)]
    return dataclasses.replace(results, similarity=pd.concat([kept, renamed], ignore_index=True))


def above_chance(results: Results) -> Results:
    """0 for what chance gives, 1 for identical."""
    rows = results.similarity
    value = ((rows.value - rows.null_mean) / (1 - rows.null_mean)).clip(lower=0)
    outputs = rows.metric.isin(["cosine"])  # compared entry by entry, without a null
    return dataclasses.replace(
        results, similarity=rows.assign(value=value.where(~outputs, rows.value))
    )


def _beyond_training(results: Results) -> Results | None:
    """Without the distance that networks reach which were trained as often and never pruned."""
    rows = results.similarity
    key = ["iteration", "layer", "metric", "reshape"]
    parts, found = [], False
    for name, mine in rows.groupby("experiment", sort=False):
        control = rows[rows.experiment == f"{name}_trained_on"]
        if len(control):
            found = True
            trained = control.groupby(key).value.mean().rename("trained")
            mine = mine.join(trained, on=key)
            mine = mine.assign(value=(mine.value + 1 - mine.trained).clip(upper=1))
        parts.append(mine.drop(columns="trained", errors="ignore"))
    return dataclasses.replace(results, similarity=pd.concat(parts)) if found else None


def _until(results: Results) -> Results:
    """Only the iterations that leave a tenth of the weights or more."""
    tables = {}
    for name in ("similarity", "performance"):
        table = getattr(results, name)
        tables[name] = table[table.remaining >= EARLY]
    return dataclasses.replace(results, **tables)


READINGS = (
    Reading(
        "One matrix",
        "CKA and NBS see the matrix that SVCCA and PWCCA see, with channels as columns",
        lambda results: _reshaped(results, "channels", ("cka", "nbs")),
    ),
    Reading(
        "Image means",
        "all metrics see one row for each image, with the spatial mean of each channel",
        lambda results: _reshaped(results, "gap", tuple(PAPER_RESHAPE)),
    ),
    Reading("Chance", "what mismatched images give counts as 0", above_chance),
    Reading("Training", "what training alone does is taken out", _beyond_training),
    Reading("A tenth", "pruning stops when a tenth of the weights is left", _until),
)

WORDS = {
    HOLDS: "holds",
    FAILS: "does not",
    UNDECIDED: "undecided",
    TOO_FEW: "too few",
    NOT_MEASURED: "-",
}
"""verdict -> how a narrow cell says it."""


def verdicts(results: Results, outcomes: Sequence[Outcome]) -> pd.DataFrame:
    """The verdict on each claim in each reading.

    Args:
        results: a study's results.
        outcomes: claims as the paper reads them, usually those that do not hold.

    Returns:
        Index the keys of the claims, columns `paper` and the names of the readings. A reading that
        changes nothing of what a rule measures gives the same verdict; one that these results do
        not have is `NOT_MEASURED`.
    """
    changed = {reading.short: reading.change(results) for reading in READINGS}
    found = {
        outcome.claim.key: {"paper": outcome.verdict}
        | {
            name: NOT_MEASURED if other is None else decide(outcome.claim, other).verdict
            for name, other in changed.items()
        }
        for outcome in outcomes
    }
    return pd.DataFrame.from_dict(found, orient="index", columns=["paper", *changed])


def failing(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """The claims that do not hold as the paper reads them."""
    return [outcome for outcome in outcomes if outcome.verdict == FAILS]


def table(results: Results, outcomes: Sequence[Outcome]) -> Table:
    """The claims that do not hold, and what becomes of each in the other readings."""
    failed = failing(outcomes)
    frame = verdicts(results, failed)
    rows = [
        (
            outcome.claim.statement,
            outcome.measured,
            *(WORDS[frame.loc[outcome.claim.key, reading.short]] for reading in READINGS),
        )
        for outcome in failed
    ]
    header = ("Claim", "Measured", *(reading.short for reading in READINGS))
    return Table(header, rows, cards=True, nothing="There is no claim that does not hold.")


def summary(results: Results, outcomes: Sequence[Outcome]) -> str:
    """How many claims each reading would rescue, in short sentences of Markdown."""
    failed = failing(outcomes)
    if not failed:
        return "There is no claim that does not hold."
    frame = verdicts(results, failed)
    lines = []
    for reading in READINGS:
        cells = frame[reading.short]
        if (cells == NOT_MEASURED).all():
            lines.append(f"- **{reading.short}**: {reading.about}. Not measured here.")
            continue
        held = int((cells == HOLDS).sum())
        open_ = int(cells.isin([UNDECIDED, TOO_FEW]).sum())
        lines.append(
            f"- **{reading.short}**: {reading.about}. Of {count(len(failed), 'claim')}, {held} "
            f"would hold and {open_} be undecided."
        )
    never = int((~(frame == HOLDS).any(axis=1)).sum())
    lines.append(f"\nIn none of these readings {count(never, 'claim')} would hold.")
    return "\n".join(lines)


UNCHANGED = "unchanged"
"""The cell of a claim that does not speak of what a reading changes."""


def instead_of_svcca(metric: str, reshape: str = "") -> Callable[[Results], Results | None]:
    """The tables with another metric's values under the name of SVCCA.

    Args:
        metric: as it is called in the results.
        reshape: on which it is read; empty for the one that the main paper uses.

    Returns:
        results -> changed results, or None where no experiment has it. An experiment that alone
        lacks it has no SVCCA then, so that two metrics are never compared with each other.
    """
    own = PAPER_RESHAPE["svcca"]

    def change(results: Results) -> Results | None:
        rows = results.similarity
        found = rows[(rows.metric == metric) & (rows.reshape == (reshape or PAPER_RESHAPE[metric]))]
        if found.empty:
            return None
        renamed = found.assign(metric="svcca", reshape=own)
        kept = rows[rows.metric != "svcca"]
        return dataclasses.replace(results, similarity=pd.concat([kept, renamed]))

    return change


OF_SVCCA = (
    *(
        Reading(METRICS[metric], f"{METRICS[metric]} takes the place of SVCCA", change)
        for metric in ("pwcca", "cka", "nbs")
        for change in (instead_of_svcca(metric),)
    ),
    Reading(
        "CKA, same matrix",
        "CKA takes the place of SVCCA and sees the same matrix, with channels as columns",
        instead_of_svcca("cka", "channels"),
    ),
    Reading("Chance", "SVCCA, where what mismatched images give counts as 0", above_chance),
)
"""For papers that compare layers by SVCCA alone."""


def _read(
    results: Results, outcomes: Sequence[Outcome], readings: Sequence[Reading]
) -> dict[str, dict[str, str]]:
    """{reading: {claim: how its cell says the verdict}}."""
    found = {}
    for reading in readings:
        other = reading.change(results)
        cells = {}
        for outcome in outcomes:
            if other is None:
                cells[outcome.claim.key] = "-"
                continue
            again = decide(outcome.claim, other)
            same = _same(again.measurement, outcome.measurement)
            cells[outcome.claim.key] = UNCHANGED if same else WORDS[again.verdict]
        found[reading.short] = cells
    return found


def _same(one: Measurement | None, other: Measurement | None) -> bool:
    if one is None or other is None:
        return one is other
    pairs = zip(dataclasses.astuple(one), dataclasses.astuple(other), strict=True)
    return all(np.isclose(a, b, rtol=0, atol=1e-9, equal_nan=True) for a, b in pairs)


def chapter_table(
    results: Results, outcomes: Sequence[Outcome], readings: Sequence[Reading]
) -> Table:
    """The verdict on each claim that a reading concerns, as declared and in the readings."""
    found = _read(results, outcomes, readings)
    concerned = [
        outcome
        for outcome in outcomes
        if any(found[r.short][outcome.claim.key] not in (UNCHANGED, "-") for r in readings)
    ]
    rows = [
        (
            outcome.claim.statement,
            WORDS[outcome.verdict],
            *(found[reading.short][outcome.claim.key] for reading in readings),
        )
        for outcome in concerned
    ]
    header = ("Claim", "As declared", *(reading.short for reading in readings))
    return Table(header, rows, cards=True, nothing="There are no claims here.")


def chapter_summary(
    results: Results, outcomes: Sequence[Outcome], readings: Sequence[Reading]
) -> str:
    """What each reading does to the claims that it concerns, in short sentences of Markdown."""
    found = _read(results, outcomes, readings)
    lines = []
    for reading in readings:
        cells = found[reading.short]
        concerned = [o for o in outcomes if cells[o.claim.key] not in (UNCHANGED, "-")]
        if not concerned:
            lines.append(f"- **{reading.short}**: {reading.about}. Not measured here.")
            continue
        before = sum(outcome.verdict == HOLDS for outcome in concerned)
        after = sum(cells[outcome.claim.key] == WORDS[HOLDS] for outcome in concerned)
        both = sum(
            outcome.verdict == HOLDS and cells[outcome.claim.key] == WORDS[HOLDS]
            for outcome in concerned
        )
        lines.append(
            f"- **{reading.short}**: {reading.about}. This concerns "
            f"{count(len(concerned), 'claim')}: as declared, {_hold(before)}; read so, "
            f"{_hold(after)}; in both, {_hold(both)}."
        )
    return "\n".join(lines)


def _hold(number: int) -> str:
    return f"{number} {'holds' if number == 1 else 'hold'}"

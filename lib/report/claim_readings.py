"""Would a claim hold if the same networks were read otherwise?

Each reading changes the tables in one way and leaves the rules alone. A claim whose verdict changes
with a reading depends on it; one that fails in all of them fails for another reason.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pandas as pd

from .claim_verdicts import FAILS, HOLDS, NOT_MEASURED, TOO_FEW, UNDECIDED, Outcome, decide
from .names import count
from .results import PAPER_RESHAPE, Results
from .tables import Table

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

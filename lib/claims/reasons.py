"""Why a claim does not hold here: what other readings and other scales say, in one place."""

from __future__ import annotations

from collections.abc import Sequence

from ..report.names import count, enumerate_words
from ..report.results import Results
from ..report.style import VISIBLE
from ..report.tables import Table
from . import readings as claim_readings
from . import scales as claim_scales
from .engine import HOLDS, Outcome
from .scales import FURTHER, NEARER, gap

NONE = "none of these"

SCALE_REASONS = {
    ("slim", FURTHER): "the width: networks half as wide lie further away",
    ("slim", NEARER): "not the width: networks half as wide lie nearer",
    ("brief", FURTHER): "the re-trainings: with briefer ones it lies further away",
    ("brief", NEARER): "not the re-trainings: with briefer ones it lies nearer",
}
"""(scale, direction) -> what it suggests."""


def reasons(results: Results, failed: Sequence[Outcome]) -> dict[str, list[str]]:
    """{key of a claim: what may be the reason, each a few words}; an empty list where nothing is.

    Args:
        results: a study's results.
        failed: claims that do not hold on them.
    """
    found_in = claim_readings.verdicts(results, failed)
    scales = claim_scales.outcomes(results, failed)
    found = {}
    for outcome in failed:
        key = outcome.claim.key
        said = [
            f"it holds if {reading.about}"
            for reading in claim_readings.READINGS
            if found_in.loc[key, reading.short] == HOLDS
        ]
        for suffix, other in scales.loc[key].items():
            if other is not None:
                way = claim_scales.direction(outcome, other)
                said += [text for text in (SCALE_REASONS.get((suffix, way)),) if text]
        if not outcome.claim.rule.unit and missed(outcome) < VISIBLE:
            said.append("a near miss, too small to be seen in a figure")
        found[key] = said
    return found


def missed(outcome: Outcome) -> float:
    """How far the mean lies from where the claim wants it, in the unit of its rule."""
    return gap(outcome.claim.rule, outcome.measurement.mean)


def table(results: Results, failed: Sequence[Outcome]) -> Table:
    """The claims that do not hold, by how much they miss, and what may be the reason."""
    found = reasons(results, failed)
    rows = []
    for outcome in failed:
        unit = outcome.claim.rule.unit
        by = f"{missed(outcome):.2f} {unit}" if unit else f"{missed(outcome):.3f}"
        text = "; ".join(found[outcome.claim.key]) or NONE
        rows.append((outcome.claim.statement, by, text))
    header = ("Claim", "Misses by", "What may be the reason")
    return Table(header, rows, cards=True, nothing="There is no claim that does not hold.")


def summary(results: Results, failed: Sequence[Outcome]) -> str:
    """For how many claims there is a reason, in short sentences of Markdown."""
    if not failed:
        return "There is no claim that does not hold."
    found = reasons(results, failed)
    none = [outcome.claim.statement for outcome in failed if not found[outcome.claim.key]]
    explained = len(failed) - len(none)
    text = (
        f"Of {count(len(failed), 'claim')} that {'does' if len(failed) == 1 else 'do'} not hold, "
        f"something that was tested speaks to {explained}."
    )
    if none:
        quoted = enumerate_words([f'"{statement}"' for statement in none])
        text += f" Nothing does to {len(none)}: {quoted}"
    return text

"""Does a claim fail because of the scale? The same rules on networks of a smaller scale yet.

Nobody can see from one scale what a larger one would give. From two of them comes a direction:
where a step down takes a quantity further from what its claim asks for, a step up may bring it
nearer.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

import pandas as pd

from ..report.names import SCALES, count
from ..report.results import Results
from ..report.tables import Table
from .engine import (
    FAILS,
    HOLDS,
    NOT_MEASURED,
    TOO_FEW,
    UNDECIDED,
    Outcome,
    Rule,
    decide,
)

NEARER, FURTHER, SAME = "nearer", "further away", "no clear difference"
WORDS = {HOLDS: "holds", FAILS: "does not", UNDECIDED: "undecided", TOO_FEW: "too few runs"}


def scaled(results: Results, suffix: str) -> Results | None:
    """The tables with networks of another scale in the place of their base.

    Args:
        results: a study's results.
        suffix: a key of `SCALES`.

    Returns:
        None where no network was run at that scale. Networks that were not, and all controls, stay
        as they are.
    """
    variants = {f"{name}_{suffix}": name for name in _scaled(results, suffix)}
    if not variants:
        return None
    tables = {}
    for name in ("similarity", "performance"):
        table = getattr(results, name)
        kept = table[~table.experiment.isin(variants.values())]
        moved = kept.experiment.map(variants).fillna(kept.experiment)
        tables[name] = kept.assign(experiment=moved)
    return dataclasses.replace(results, **tables)


def _scaled(results: Results, suffix: str) -> list[str]:
    known = results.provenance["experiments"]
    return [name for name in known if f"{name}_{suffix}" in known]


def gap(rule: Rule, value: float) -> float:
    """How far a quantity lies from where its claim wants it; 0 or less on the claim's side."""
    gaps = []
    if rule.above is not None:
        gaps.append(rule.above - value)
    if rule.below is not None:
        gaps.append(value - rule.below)
    return max(gaps)


def direction(base: Outcome, other: Outcome) -> str:
    """Whether another scale brings a quantity nearer to its claim.

    It does not, either way, while the two intervals meet.

    Args:
        base, other: the same claim, measured at two scales.
    """
    here, there = base.measurement, other.measurement
    if not (here.high < there.low or there.high < here.low):
        return SAME
    rule = base.claim.rule
    return NEARER if gap(rule, there.mean) < gap(rule, here.mean) else FURTHER


def outcomes(results: Results, failed: Sequence[Outcome]) -> pd.DataFrame:
    """What becomes of claims at other scales.

    Args:
        results: a study's results.
        failed: claims as they were decided on them, usually those that do not hold.

    Returns:
        Index the keys of the claims, columns those of `SCALES`: an `Outcome`, or None where the
        claim does not speak of a network that was run at that scale.
    """
    other = {suffix: scaled(results, suffix) for suffix in SCALES}
    found: dict[str, Mapping[str, Outcome | None]] = {
        outcome.claim.key: {
            suffix: None if tables is None else _at_scale(outcome, tables)
            for suffix, tables in other.items()
        }
        for outcome in failed
    }
    return pd.DataFrame.from_dict(found, orient="index", columns=list(SCALES), dtype=object)


def _at_scale(outcome: Outcome, tables: Results) -> Outcome | None:
    found = decide(outcome.claim, tables)
    untouched = found.measurement == outcome.measurement
    return None if untouched or found.verdict == NOT_MEASURED else found


def table(results: Results, failed: Sequence[Outcome]) -> Table:
    """The claims that do not hold, what they ask for, and what each scale gives."""
    frame = outcomes(results, failed)
    rows = [
        (
            outcome.claim.statement,
            outcome.claim.rule.threshold,
            outcome.measured,
            *(_cell(outcome, frame.loc[outcome.claim.key, suffix]) for suffix in SCALES),
        )
        for outcome in failed
        if frame.loc[outcome.claim.key].notna().any()
    ]
    header = ("Claim", "Asked for", "Measured", *SCALES.values())
    nothing = "No network of a claim that does not hold was run at another scale."
    return Table(header, rows, cards=True, nothing=nothing)


def _cell(base: Outcome, other: Outcome | None) -> str:
    if other is None:
        return "-"
    verdict = WORDS[other.verdict]
    return f"{other.measured}: {verdict}, {direction(base, other)}"


def summary(results: Results, failed: Sequence[Outcome]) -> str:
    """In how many claims each scale matters, and in which direction, in Markdown."""
    frame = outcomes(results, failed)
    lines = []
    for suffix, head in SCALES.items():
        tested = [o for o in failed if frame.loc[o.claim.key, suffix] is not None]
        if not tested:
            lines.append(f"- **{head}**: not measured here.")
            continue
        pairs = [(outcome, frame.loc[outcome.claim.key, suffix]) for outcome in tested]
        held = sum(other.verdict == HOLDS for _, other in pairs)
        ways = [direction(*pair) for pair in pairs]
        experiments = [results.network(name) for name in _scaled(results, suffix)]
        lines.append(
            f"- **{head}** ({', '.join(experiments)}): of {count(len(pairs), 'claim')}, "
            f"{ways.count(FURTHER)} lie further from holding, {ways.count(NEARER)} nearer, and "
            f"{ways.count(SAME)} show no clear difference. {held} would hold."
        )
    return "\n".join(lines)

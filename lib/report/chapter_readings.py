"""Would the claims of a companion paper hold if its networks were read otherwise?

Each of these papers knows one metric, or one way to read a measure. A reading puts another one in
its place and leaves the rules alone.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from .claim_icann2020 import RADIUS
from .claim_readings import WORDS, Reading, above_chance
from .claim_verdicts import HOLDS, Measurement, Outcome, decide
from .names import METRICS, count
from .results import PAPER_RESHAPE, Results
from .tables import Table

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


def _trace(results: Results) -> Results | None:
    rows = results.landscape
    found = rows[rows.quantity == "trace"]
    if found.empty:
        return None
    renamed = found.assign(quantity="eigenvalue", number=0)
    kept = rows[rows.quantity != "eigenvalue"]
    return dataclasses.replace(results, landscape=pd.concat([kept, renamed]))


def _at_radius(radius: float) -> Callable[[Results], Results | None]:
    def change(results: Results) -> Results | None:
        rows = results.landscape
        up = rows.quantity == "increase"
        found = rows[up & np.isclose(rows.radius, radius)]
        if found.empty:
            return None
        moved = found.assign(radius=RADIUS)
        return dataclasses.replace(results, landscape=pd.concat([rows[~up], moved]))

    return change


def _last_layer(results: Results) -> Results | None:
    rows = results.potentials
    if rows.empty:
        return None
    last = rows.groupby("experiment").depth.transform("max")
    return dataclasses.replace(results, potentials=rows[rows.depth == last])


def _layers_alike(results: Results) -> Results | None:
    rows = results.potentials
    return None if rows.empty else dataclasses.replace(results, potentials=rows.assign(neurons=1))


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

OF_MINIMA = (
    Reading("Trace", "the trace of the Hessian takes the place of its largest eigenvalue", _trace),
    Reading("Near", "the loss rises over half of the distance", _at_radius(RADIUS / 2)),
    Reading("Far", "the loss rises over four times the distance", _at_radius(4 * RADIUS)),
    Reading("Layers alike", "every layer weighs alike, not every neuron", _layers_alike),
    Reading("Last layer", "only the neurons of the last layer of ReLUs count", _last_layer),
)
"""For a paper on minima and on the entropy of neurons."""


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


def table(results: Results, outcomes: Sequence[Outcome], readings: Sequence[Reading]) -> Table:
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


def summary(results: Results, outcomes: Sequence[Outcome], readings: Sequence[Reading]) -> str:
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

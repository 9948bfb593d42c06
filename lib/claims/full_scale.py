"""The same rules on a study and on networks at the paper's own scale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..report.full_scale import FULL, HERE
from ..report.names import count
from ..report.results import Results
from ..report.tables import Table
from .engine import FAILS, HOLDS, NOT_MEASURED, TOO_FEW, Outcome, decide
from .scales import WORDS, gap
from .show import CLAIMS


@dataclass(frozen=True)
class Pair:
    """One claim at both scales.

    Attributes:
        here: in the study of the other pages.
        full: at the paper's scale.
    """

    here: Outcome
    full: Outcome

    @property
    def on_its_side(self) -> bool:
        """Whether the mean at the paper's scale lies where the claim wants it."""
        return gap(self.full.claim.rule, self.full.measurement.mean) < 0


def pairs(here: Results, full: Results) -> list[Pair]:
    """Every claim that was measured at both scales."""
    found = [Pair(decide(claim, here), decide(claim, full)) for claim in CLAIMS]
    return [p for p in found if NOT_MEASURED not in (p.here.verdict, p.full.verdict)]


def table(found: Sequence[Pair]) -> Table:
    """What each claim asks for, and what each scale gives."""
    rows = [
        (
            pair.here.claim.statement,
            pair.here.claim.rule.threshold,
            f"{pair.here.measured}: {WORDS[pair.here.verdict]}",
            _at_full_scale(pair),
        )
        for pair in found
    ]
    nothing = "No claim was measured at both scales."
    return Table(("Claim", "Asked for", HERE, FULL), rows, cards=True, nothing=nothing)


def _at_full_scale(pair: Pair) -> str:
    if pair.full.verdict != TOO_FEW:
        return f"{pair.full.measured}: {WORDS[pair.full.verdict]}"
    side = "where the claim wants it" if pair.on_its_side else "not where the claim wants it"
    return f"{pair.full.measured}: mean {side}"


def summary(found: Sequence[Pair]) -> str:
    """How many claims come to lie elsewhere at the paper's scale, in Markdown."""
    lines = []
    for verdict, head in ((FAILS, "do not hold"), (HOLDS, "hold")):
        mine = [pair for pair in found if pair.here.verdict == verdict]
        sides = sum(pair.on_its_side for pair in mine)
        lines.append(
            f"- Of {count(len(mine), 'claim')} that {head} on the other pages, {sides} "
            f"{'has its' if sides == 1 else 'have their'} mean at the paper's scale where the "
            "claim wants it."
        )
    return "\n".join(lines)

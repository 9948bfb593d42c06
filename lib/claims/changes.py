"""What became of the rules: which changed after the first study, why, and what they said then.

The rules of today were written before the networks that they decide were trained. Those of the
first published study were older, and some of them were unfair. So nobody has to trust that a rule
changed for its own sake: the old one stands beside it, with its verdict on the old networks.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from ..report import format
from ..report.tables import Table
from .engine import Outcome

DATE = "2026-11-21"
"""When the rules changed, before any result of the networks that they now decide was read."""


def first_study(module: str) -> pd.DataFrame:
    """What the rules of then said of the first study; every run counted as independent of others.

    Args:
        module: the file of the module whose claims these are. Beside it lie `first.csv`, the
            verdicts, and `changes.json`: of each rule that is another one today, or several that
            changed alike, the `keys` of their claims, what it `was`, and `why` it changed.

    Returns:
        Index key; columns `verdict`, `mean`, `low`, `high`, `runs`; `was` and `why`, NaN where the
        rule is still the same.

    Raises:
        ValueError: a change is of a claim that the first study had not, or one has two changes.
    """
    folder = Path(module).parent
    found = pd.read_csv(folder / "first.csv", index_col="key")
    changes = json.loads((folder / "changes.json").read_text(encoding="utf-8"))
    by_key = pd.DataFrame(changes).explode("keys").set_index("keys")
    if unknown := set(by_key.index) - set(found.index):
        raise ValueError(f"no verdict of the first study: {', '.join(sorted(unknown))}")
    return found.join(by_key, validate="one_to_one")


FIRST_STUDY = first_study(__file__)
"""Of the claims of this folder."""


def changed(outcomes: Iterable[Outcome], first: pd.DataFrame = FIRST_STUDY) -> Table:
    """The claims whose rule is another one than in the first study, or whose verdict is.

    Args:
        outcomes: of today.
        first: as `first_study` gives it.
    """
    rows = []
    for outcome in outcomes:
        key = outcome.claim.key
        if key not in first.index:
            before, why, then = "-", f"New on {DATE}.", "-"
        else:
            found = first.loc[key]
            then = format.interval(found["mean"], found.low, found.high, digits=3)
            then = f"{then}, {format.count(found.runs, 'run')}: {found.verdict}"
            before = "the same"
            why = "The same rule on other networks; and complete networks count now, not runs."
            if pd.notna(found.was):
                before, why = found.was, found.why
            elif found.verdict == outcome.verdict:
                continue
        now = f"{outcome.measured}: {outcome.nearest.said}"
        rows.append((outcome.claim.statement, before, why, then, now))
    header = ("Claim", f"Rule before {DATE}", "Why", "In the first study", "Now")
    return Table(header, rows, cards=True, nothing="No rule and no verdict has changed.")

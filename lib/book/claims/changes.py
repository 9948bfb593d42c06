"""What became of the rules: which changed after the first study, why, and what they said then.

Readers need not trust us that the reason was good: the old rule is shown with its verdict.
"""

import json
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from ..report import format
from ..report.tables import Table
from .engine import Outcome

DATE = "2026-11-21"
"""When the rules changed, after the first study. New networks were then being trained, unread."""

LATER = dict.fromkeys(
    ("vgg16_bn-nbs-no-trend", "cka-depth"),
    "New on 2026-11-22, overlooked before. Only ResNet_fast's new networks were still unread.",
) | dict.fromkeys(
    (
        "vgg_svhn-accuracy-early",
        "accuracy-alike",
        "vgg16_bn-nbs-depth",
        "vgg16_bn-nbs-stacks",
        "cka-plateaus",
    ),
    "New on 2026-11-25, overlooked before. The networks that decide it had been published.",
)


def first_study(module: str) -> pd.DataFrame:
    """What the rules of that time said of the first study, with all runs counted as independent.

    Args:
        module: the file of the module that declares the claims. Beside it lie `first.csv`, the
            verdicts, and `changes.json`: for each rule that has changed since, or several that
            changed alike, the `keys` of their claims, what it `was`, and `why` it changed.

    Returns:
        Index key; columns `verdict`, `mean`, `low`, `high`, `runs`; `today`, the verdict of today's
        rule on the same study, which counts complete networks; `was` and `why`, NaN where the rule
        is still the same.

    Raises:
        ValueError: a change is of a claim that the first study did not have, or a claim has two.
    """
    folder = Path(module).parent
    found = pd.read_csv(folder / "first.csv", index_col="key")
    changes = json.loads((folder / "changes.json").read_text(encoding="utf-8"))
    by_key = pd.DataFrame(changes).explode("keys").set_index("keys")
    if unknown := set(by_key.index) - set(found.index):
        raise ValueError(f"no verdict of the first study: {', '.join(sorted(unknown))}")
    return found.join(by_key, validate="one_to_one")


UNIT, RUNS = "Complete networks count now, not runs.", "The networks are new."
FIRST_STUDY = first_study(__file__)
"""The claims of this folder in the first study."""


def changed(outcomes: Iterable[Outcome], first: pd.DataFrame = FIRST_STUDY) -> Table:
    """The claims whose rule or verdict is no longer that of the first study."""
    rows = []
    for outcome in outcomes:
        key = outcome.claim.key
        if key not in first.index:
            before, then, by_today, why = "-", "-", "-", LATER.get(key, f"New on {DATE}.")
        else:
            found = first.loc[key]
            by_today = found.today
            then = format.interval(found["mean"], found.low, found.high, digits=3)
            then = f"{then}, {format.count(found.runs, 'run')}: {found.verdict}"
            if found.verdict == outcome.verdict and pd.isna(found.was):
                continue
            steps = (UNIT, found.verdict, by_today), (RUNS, by_today, outcome.verdict)
            before, why = "the same", " ".join(words for words, a, b in steps if a != b)
            if pd.notna(found.was):
                before, why = found.was, found.why
        now = f"{outcome.nearest.measured}: {outcome.nearest.qualified_verdict}"
        rows.append((outcome.claim.statement, before, why, then, by_today, now))
    header = ("Claim", f"Rule before {DATE}", "Why", "First study", "The same, today's rule", "Now")
    return Table(header, rows, cards=True, nothing="No rule and no verdict has changed.")

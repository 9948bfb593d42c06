"""What was said of earlier networks and under earlier rules, beside what is said today."""

from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from ...book.claims.engine import Outcome, evaluate
from ...book.report.results import Results
from ..prunings.claims import CLAIMS
from ..prunings.ways import BASE, experiment_name

FIRST_STUDY = Path(__file__).with_name("first_study.csv")
"""Claims whose rule or verdict was in November 2026 no longer that of the first study."""

_UNTIL = {"November 2026": "Until 2026-11-26"}


def first_study(paper: str, today: Iterable[Outcome] = ()) -> pd.DataFrame:
    """What became of the first study's claims; nothing computes these verdicts any more.

    Args:
        paper: "main paper", or the chapter of a companion paper, such as "wacv2020".
        today: what other networks than those of November 2026 say of the same claims;
            without any, there is no column for it.

    Returns:
        Texts; index Claim, and a column for each rule and study.
    """
    table = pd.read_csv(FIRST_STUDY, index_col=["Paper", "Claim"], dtype=str, keep_default_na=False)
    table = table.loc[paper]
    verdicts = {x.claim.statement: f"{x.nearest.measured}: {x.verdict}" for x in today}
    table = table.rename(columns=_UNTIL) if verdicts else table
    return table.assign(Today=table.index.map(verdicts)) if verdicts else table


EARLIER_OF_WAYS = Path(__file__).with_name("earlier_ways.csv")
"""Verdicts on ways to prune, published until November 2026, that differ today: a way
counted as accurate if the mean was lower by at most half a point at the level of the
comparison."""


def ways_then_and_now(prunings: Results) -> pd.DataFrame:
    """Each verdict on ways to prune that the rule of equal accuracy has changed, likewise.

    Args:
        prunings: the results of that chapter; without them there are no rows.

    Returns:
        Index claim; columns `Earlier`, `Today`.
    """
    earlier = pd.read_csv(EARLIER_OF_WAYS, index_col="key").earlier
    claims = [claim for claim in CLAIMS if claim.key in earlier]
    if experiment_name(BASE, "midway") not in prunings:
        claims = []
    rows = {
        outcome.claim.statement: {
            "Earlier": earlier[outcome.claim.key],
            "Today": outcome.verdict,
        }
        for outcome in evaluate(prunings, claims)
    }
    columns = ["Earlier", "Today"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("Claim")

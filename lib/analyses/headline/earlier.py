"""What was said under earlier rules, beside what today's rules say of the same networks."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd

from ...book.claims import equal
from ...book.claims.decided import evaluate
from ...book.report.format import percent
from ...book.report.names import METRICS
from ...book.report.results import Results
from ..prunings.claims import CLAIMS
from ..prunings.ways import BASE, experiment_name

EARLIER = Path(__file__).with_suffix(".csv")
"""Verdicts published until November 2026: an accuracy counted as equal if the mean was lower by at
most half a point at the last such iteration, and similarities as alike within 0.05."""

FIRST_STUDY = Path(__file__).with_name("first_study.csv")
"""Claims whose rule or verdict was in November 2026 no longer that of the first study."""


def first_study(paper: str) -> pd.DataFrame:
    """What became of the first study's claims; nothing computes these verdicts any more.

    Args:
        paper: "main paper", or the chapter of a companion paper, such as "wacv2020".

    Returns:
        Texts; index Claim, and a column for each rule and study.
    """
    table = pd.read_csv(FIRST_STUDY, index_col=["Paper", "Claim"], dtype=str, keep_default_na=False)
    return table.loc[paper]


def _left(study: Results, network: str, metric: str, control: str = "") -> str:
    last = equal.last_as_accurate(study, network, control)
    if not last:
        return "never"
    rows = study.of(network, "performance")
    left = rows[rows.iteration == last].remaining.mean()
    return f"{percent(left)} of the weights left"


def _costless(study: Results, network: str, metric: str) -> str:
    if f"{network}_trained_on" not in study:
        return equal.UNKNOWN
    return _left(study, network, metric, "trained_on")


def _closer(study: Results, network: str, metric: str) -> str:
    last = equal.last_as_accurate(study, network)
    if not last:
        return equal.UNKNOWN
    difference = equal.similarity(study, network, metric, last, minus="independent")
    return equal.verdict(difference, equal.margin(study, network, metric))


EARLIER_OF_WAYS = Path(__file__).with_name("earlier_ways.csv")
"""Verdicts on ways to prune, published until then, that differ today: a way counted as accurate if
the mean was lower by at most half a point at the level of the comparison."""


NOW: dict[str, Callable[[Results, str, str], str]] = {
    "as accurate as the complete network": _left,
    "pruning costs no accuracy": _costless,
    "closer than independent networks": _closer,
}
"""Question -> what today's rule says of a network, by a metric if it needs one."""


def then_and_now(study: Results) -> pd.DataFrame:
    """Each verdict under the earlier rule and under today's, on the same published tables.

    Args:
        study: with the paper's networks; those that it lacks have no row.

    Returns:
        Index question; columns `Network`, `Metric`, `Earlier`, `Today`.
    """
    table = pd.read_csv(EARLIER, keep_default_na=False)
    table = table[table.network.isin(study.experiments)]
    today = [
        NOW[row.question](study, row.network, row.metric) for row in table.itertuples(index=False)
    ]
    return pd.DataFrame(
        {
            "Question": table.question,
            "Network": table.network.map(study.network),
            "Metric": table.metric.map(METRICS).fillna(""),
            "Earlier": table.earlier,
            "Today": today,
        }
    ).set_index("Question")


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

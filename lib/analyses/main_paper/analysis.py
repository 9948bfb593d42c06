"""Why a claim of the paper does not hold: the same rules on other readings and at another width."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import pandas as pd

from ...book.claims.engine import HOLDS, Outcome
from ...book.claims.readings import SensitivityAnalysis, above_chance, cells
from ...book.report.format import number
from ...book.report.results import PAPER_RESHAPE, Results

FEW_LEFT = 0.1
"""Share of the weights down to which the paper's networks are most accurate (section 5.1)."""


def reshaped(study: Results, reshape: str, metrics: Sequence[str]) -> Results | None:
    """Metrics on another reshape, under the name of the one that the paper uses.

    Returns:
        None where they were not computed on it.
    """
    rows = study.similarity
    hidden = ~rows.kind.isin(["fc", "out"])
    papers_own = rows.reshape == rows.metric.map(PAPER_RESHAPE)
    concerned = hidden & rows.metric.isin(metrics)
    on_reshape = rows[concerned & (rows.reshape == reshape)]
    if on_reshape.empty:
        return None
    renamed = on_reshape.assign(reshape=on_reshape.metric.map(PAPER_RESHAPE))
    kept = rows[~concerned & (papers_own | ~hidden)]
    return replace(study, similarity=pd.concat([kept, renamed], ignore_index=True))


def until_a_tenth(study: Results) -> Results:
    """Only the iterations that leave a tenth of the weights or more."""
    tables = {name: getattr(study, name) for name in ("similarity", "performance")}
    kept = {name: table[table.remaining >= FEW_LEFT] for name, table in tables.items()}
    return replace(study, **kept)


READINGS = (
    SensitivityAnalysis(
        "One matrix",
        "CKA and NBS see the matrix that SVCCA and PWCCA see, with channels as columns",
        partial(reshaped, reshape="channels", metrics=("cka", "nbs")),
    ),
    SensitivityAnalysis(
        "Image means",
        "all metrics see one row for each image, with the spatial mean of each channel",
        partial(reshaped, reshape="gap", metrics=tuple(PAPER_RESHAPE)),
    ),
    SensitivityAnalysis("Chance", "what mismatched images give counts as 0", above_chance),
    SensitivityAnalysis(
        "A tenth", "pruning stops when a tenth of the weights is left", until_a_tenth
    ),
)
"""The same networks, measured in another way."""


def slim_instead(slim: Results) -> SensitivityAnalysis:
    """Slim networks in the place of those of a study, all of them."""
    return SensitivityAnalysis("Slim", "slim networks decide", lambda _: slim)


def why_not(failed: Sequence[Outcome], otherwise: pd.DataFrame, slim: pd.DataFrame) -> pd.DataFrame:
    """By how much claims miss their bounds, and which tests give a hint why.

    Args:
        failed: claims that do not hold.
        otherwise, slim: the same, decided again in other readings and by slim networks.

    Returns:
        A row for each claim, its statement as the index. NaN where no test gives a hint.
    """
    nearest = {outcome.claim.key: outcome.nearest for outcome in failed}
    misses = {key: f"{number(-x.margin, 3)} {x.rule.unit}".strip() for key, x in nearest.items()}
    table = pd.DataFrame(
        {
            "Claim": {outcome.claim.key: outcome.claim.statement for outcome in failed},
            "Misses by": misses,
            "Narrowly": {key: "yes" if x.narrow else None for key, x in nearest.items()},
            "Holds if": _hold_if(otherwise),
            "Slim networks": _measured_so(slim),
        },
        index=list(nearest),
        dtype=object,
    )
    return table.set_index("Claim")


def _hold_if(otherwise: pd.DataFrame) -> pd.Series:
    """{key of a claim: the readings with which it holds, unless it does so anyway}."""
    holds = (otherwise.verdict == HOLDS) & (otherwise.declared != HOLDS)
    return otherwise[holds].groupby("key").reading.agg(", ".join)


def _measured_so(decisions: pd.DataFrame) -> pd.Series:
    """{key of a claim: what was measured in the one reading of these rows, and which way it is}."""
    measured = decisions[decisions.concerned]
    texts = measured.measured_so + ": " + cells(measured) + ", " + measured.direction
    return texts.set_axis(measured.key)

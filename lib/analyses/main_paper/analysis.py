"""Why a claim of the paper does not hold: the same rules on other readings and at other scales."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import pandas as pd

from ...book.claims.decided import Outcome
from ...book.claims.engine import HOLDS
from ...book.claims.readings import FURTHER_AWAY, NEARER, SensitivityAnalysis, above_chance, cells
from ...book.report.format import number
from ...book.report.names import SCALES
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
    own = rows.reshape == rows.metric.map(PAPER_RESHAPE)
    concerned = hidden & rows.metric.isin(metrics)
    found = rows[concerned & (rows.reshape == reshape)]
    if found.empty:
        return None
    renamed = found.assign(reshape=found.metric.map(PAPER_RESHAPE))
    kept = rows[~concerned & (own | ~hidden)]
    return replace(study, similarity=pd.concat([kept, renamed], ignore_index=True))


def one_matrix(study: Results) -> Results | None:
    """CKA and NBS on the matrix of SVCCA and PWCCA."""
    return reshaped(study, "channels", ("cka", "nbs"))


def image_means(study: Results) -> Results | None:
    """All metrics on the spatial means of the channels."""
    return reshaped(study, "gap", tuple(PAPER_RESHAPE))


def until_a_tenth(study: Results) -> Results:
    """Only the iterations that leave a tenth of the weights or more."""
    tables = {name: getattr(study, name) for name in ("similarity", "performance")}
    kept = {name: table[table.remaining >= FEW_LEFT] for name, table in tables.items()}
    return replace(study, **kept)


READINGS = (
    SensitivityAnalysis(
        "One matrix",
        "CKA and NBS see the matrix that SVCCA and PWCCA see, with channels as columns",
        one_matrix,
    ),
    SensitivityAnalysis(
        "Image means",
        "all metrics see one row for each image, with the spatial mean of each channel",
        image_means,
    ),
    SensitivityAnalysis("Chance", "what mismatched images give counts as 0", above_chance),
    SensitivityAnalysis(
        "A tenth", "pruning stops when a tenth of the weights is left", until_a_tenth
    ),
)
"""The same networks, measured in another way."""


def at_scale(suffix: str) -> Callable[[Results], Results | None]:
    """Networks of another scale in the place of their base; all others, and controls, stay.

    Args:
        suffix: a key of `SCALES`.
    """

    def change(study: Results) -> Results | None:
        known = study.provenance["experiments"]
        base = {f"{name}_{suffix}": name for name in known if f"{name}_{suffix}" in known}
        if not base:
            return None
        tables = {}
        for name in ("similarity", "performance"):
            table = getattr(study, name)
            kept = table[~table.experiment.isin(base.values())]
            moved = kept.experiment.map(base).fillna(kept.experiment)
            tables[name] = kept.assign(experiment=moved)
        return replace(study, **tables)

    return change


AT_SCALES = tuple(
    SensitivityAnalysis(
        head, "networks of a still smaller scale replace those of the study", at_scale(suffix)
    )
    for suffix, head in SCALES.items()
)


def why_not(
    failed: Sequence[Outcome], otherwise: pd.DataFrame, smaller: pd.DataFrame
) -> pd.DataFrame:
    """By how much claims miss their bounds, and which tests give a hint why.

    Args:
        failed: claims that do not hold.
        otherwise, smaller: the same, decided again in other readings and at smaller scales.

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
            "Holds if": _readings(otherwise[otherwise.verdict == HOLDS]),
            "Further away": _readings(smaller[smaller.direction == FURTHER_AWAY]),
            "Nearer": _readings(smaller[smaller.direction == NEARER]),
        },
        index=list(nearest),
        dtype=object,
    )
    return table.set_index("Claim")


def _readings(found: pd.DataFrame) -> pd.Series:
    """{key of a claim: the readings of these rows}."""
    return found.groupby("key").reading.agg(", ".join)


def moved_by_scale(smaller: pd.DataFrame) -> pd.DataFrame:
    """Of claims decided again at smaller scales, those that are about a network that was run there.

    Of a claim on several networks only the one that decides counts.
    """
    return smaller[smaller.concerned & (smaller.measured_so != smaller.measured)]


def by_scale(moved: pd.DataFrame) -> pd.DataFrame:
    """What was measured at each scale, and which way that is, as texts; a row for each claim."""
    said = moved.measured_so + ": " + cells(moved) + ", " + moved.direction
    heads = {"claim": "Claim", "bound": "Asked for", "measured": "Measured"}
    table = moved.assign(said=said).rename(columns=heads)
    table = table.set_index([*heads.values(), "reading"])
    return table.said.unstack("reading", sort=False).fillna("-")

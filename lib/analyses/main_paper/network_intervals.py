"""In what share of simulated studies an interval over complete networks contains the truth."""

import pandas as pd

from ... import ROOT
from ...book.report.format import percent

SIMULATED = ROOT / "benchmarks" / "coverage.csv"
_CORRELATIONS = "rank correlation"
_HEADS = {"question": "Interval for", "interval": "Observations"}


def simulated_studies() -> pd.DataFrame:
    """The published simulation: a row for each kind of study, `covered` is the share."""
    return pd.read_csv(SIMULATED)


def shares_as_texts(simulated: pd.DataFrame) -> pd.DataFrame:
    """The shares, a row for each kind of study, a column for each shape of its numbers."""
    sizes = simulated.networks.astype(str) + " networks, " + simulated.runs.astype(str) + " runs"
    kinds = simulated.assign(Study=sizes, covered=[percent(x, 1) for x in simulated.covered])
    kinds = kinds.rename(columns=_HEADS).set_index([*_HEADS.values(), "Study", "shape"])
    return kinds.covered.unstack("shape", sort=False)


def lowest_and_highest(simulated: pd.DataFrame) -> dict[str, float]:
    """In percent, the smallest and the largest share, for sentences.

    Returns:
        `coverage_networks_low` and `_high` where complete networks are counted,
        `coverage_runs_…` where runs are, and `coverage_correlations_…` of rank
        correlations near 1.
    """
    correlations = simulated.question == _CORRELATIONS
    kinds = {
        observations.split()[-1]: rows.covered
        for observations, rows in simulated[~correlations].groupby("interval")
    } | {"correlations": simulated[correlations].covered}
    ends: dict[str, float] = {}
    for kind, shares in kinds.items():
        ends[f"coverage_{kind}_low"] = 100 * float(shares.min())
        ends[f"coverage_{kind}_high"] = 100 * float(shares.max())
    return ends

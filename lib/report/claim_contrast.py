"""How much of the contrast between two metrics stays when one of its causes is taken out."""

from __future__ import annotations

import pandas as pd

from .claim_terms import Term
from .claim_verdicts import Missing
from .contrast import FACTORS, PAIRS, contrast
from .names import METRICS
from .results import Results


def half_left(experiment: str, factor: str) -> Term:
    """The contrast without a factor, minus half of the whole: positive if more than half stays.

    Args:
        experiment: one of the paper's.
        factor: a key of `FACTORS`.
    """
    low, high = PAIRS[0]

    def measure(results: Results) -> pd.Series:
        if experiment not in results.provenance["experiments"]:
            raise Missing(f"no experiment {experiment}")
        whole = contrast(results, experiment, low, high)
        left = contrast(results, experiment, low, high, [factor])
        if left.empty:
            raise Missing(f"{FACTORS[factor]} of {experiment} was not measured")
        return left - whole / 2

    words = (
        f"the distance from 1 of {METRICS[low]} minus that of {METRICS[high]}, mean over the "
        f"hidden layers, {FACTORS[factor]} taken out, minus half of the same with it"
    )
    return Term(words, measure)

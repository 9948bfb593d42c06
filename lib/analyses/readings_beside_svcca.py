"""Other readings for the companion papers that compare layers by SVCCA alone."""

import dataclasses
from collections.abc import Callable

import pandas as pd

from ..book.claims.readings import SensitivityAnalysis, above_chance
from ..book.report.names import METRICS
from ..book.report.results import PAPER_RESHAPE, Results


def instead_of_svcca(metric: str, reshape: str = "") -> Callable[[Results], Results | None]:
    """Another metric's values under the name of SVCCA.

    An experiment that lacks this metric then has no SVCCA, so that two metrics are
    never compared with each other.

    Args:
        metric: as it is called in the results.
        reshape: on which it is read; empty for the one that the main paper uses.
    """

    def change(results: Results) -> Results | None:
        rows = results.similarity
        of_metric = rows[
            (rows.metric == metric) & (rows.reshape == (reshape or PAPER_RESHAPE[metric]))
        ]
        if of_metric.empty:
            return None
        renamed = of_metric.assign(metric="svcca", reshape=PAPER_RESHAPE["svcca"])
        kept = rows[rows.metric != "svcca"]
        return dataclasses.replace(results, similarity=pd.concat([kept, renamed]))

    return change


OF_SVCCA = (
    *(
        SensitivityAnalysis(
            METRICS[name], f"{METRICS[name]} takes the place of SVCCA", instead_of_svcca(name)
        )
        for name in ("pwcca", "cka", "nbs")
    ),
    SensitivityAnalysis(
        "CKA, same matrix",
        "CKA takes the place of SVCCA and sees the same matrix, with channels as columns",
        instead_of_svcca("cka", "channels"),
    ),
    SensitivityAnalysis("Chance", "SVCCA, with its null counted as 0", above_chance),
)

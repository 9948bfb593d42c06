"""The paper's claims, decided on networks that were trained to the end, as the paper's were.

Networks of the paper's width decide them. The slim ones stand beside these, and the
networks that are taken apart decide what needs more than the paper's own comparison.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pandas as pd

from ...book.claims.engine import NOT_MEASURED, Outcome
from ...book.report.results import Results
from ..contrast.all_matrices import with_matrices
from ..contrast.tables import FURTHER_MATRICES
from ..frames import frame_of
from .papers_names import under_the_papers_names
from .studied_networks import ANALYSED_NETWORKS, SLIM_NETWORKS


def analysed_networks(study: Results) -> Results:
    """The networks that are taken apart, under the paper's names and with the further matrices.

    Args:
        study: such as the chapter `converged`; one that has none of them is given back
            as it is.
    """
    return with_matrices(under_the_papers_names(study, ANALYSED_NETWORKS, FURTHER_MATRICES))


def slim_networks(study: Results) -> Results:
    """The slim networks, likewise; no networks at all where a study has none of these."""
    if any(name in study for name in SLIM_NETWORKS.values()):
        return with_matrices(under_the_papers_names(study, SLIM_NETWORKS, FURTHER_MATRICES))
    return replace(
        study,
        similarity=study.similarity.iloc[:0],
        performance=study.performance.iloc[:0],
        provenance={**study.provenance, "experiments": {}, "files": {}},
    )


def changed_verdicts(lists: Mapping[str, Sequence[Outcome]]) -> pd.DataFrame:
    """The claims on which networks differ.

    Args:
        lists: what networks are -> outcomes of the same claims in the same order.

    Returns:
        Texts; index Claim. What was measured in fewer than two has no row. The last
        column is what decides in the networks that come last.
    """
    rows = {}
    for outcomes in zip(*lists.values(), strict=True):
        verdicts = {words: outcome.verdict for words, outcome in zip(lists, outcomes, strict=True)}
        if len({*verdicts.values()} - {NOT_MEASURED}) > 1:
            last = outcomes[-1]
            decides = {"What decides there": last.nearest.measured}
            rows[last.claim.statement,] = verdicts | decides
    return frame_of(rows, "Claim")

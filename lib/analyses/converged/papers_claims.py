"""The paper's claims, decided on networks that were trained to the end, as the paper's were."""

from collections.abc import Mapping, Sequence

import pandas as pd

from ...book.claims.decided import Outcome, evaluate
from ...book.claims.engine import NOT_MEASURED, Claim
from ...book.report.results import Results
from ..frames import frame_of
from .experiments import CONVERGED_NETWORKS, SLIM_NETWORKS
from .papers_names import under_the_papers_names


def decided(study: Results, claims: Sequence[Claim]) -> tuple[list[Outcome], list[Outcome]]:
    """The claims decided by networks of the paper's width, and by slim ones.

    Args:
        study: as in `under_the_papers_names`.
        claims: of the main study.
    """
    to_the_end = evaluate(under_the_papers_names(study, CONVERGED_NETWORKS), claims)
    slim = evaluate(under_the_papers_names(study, SLIM_NETWORKS), claims)
    return to_the_end, slim


def changed_verdicts(lists: Mapping[str, Sequence[Outcome]]) -> pd.DataFrame:
    """The claims on which networks differ.

    Args:
        lists: how networks were trained -> outcomes of the same claims in the same order.

    Returns:
        Texts; index Claim. What was measured in fewer than two has no row. The last column is
        what decides in the networks that come last.
    """
    rows = {}
    for outcomes in zip(*lists.values(), strict=True):
        verdicts = {words: outcome.verdict for words, outcome in zip(lists, outcomes, strict=True)}
        if len({*verdicts.values()} - {NOT_MEASURED}) > 1:
            last = outcomes[-1]
            decides = {"What decides there": last.nearest.measured}
            rows[last.claim.statement,] = verdicts | decides
    return frame_of(rows, "Claim")

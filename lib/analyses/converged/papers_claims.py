"""The paper's claims, decided on networks that were trained to the end, as the paper's were."""

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from ...book.claims.decided import Outcome
from ...book.claims.engine import NOT_MEASURED
from ...book.report.results import Results
from ..frames import frame_of
from .experiments import CONVERGED_NETWORKS


def under_the_papers_names(study: Results) -> Results:
    """The networks that were trained to the end, under the names that the main study's have.

    So the rules of the main study decide them too, as they stand. Of other tables than those of
    similarity and performance nothing is taken over.

    Args:
        study: such as the chapter `converged`; a network that it lacks is lacking in the answer.
    """
    names = {
        experiment: network + experiment.removeprefix(converged)
        for network, converged in CONVERGED_NETWORKS.items()
        for experiment in study.provenance["experiments"]
        if f"{experiment}_".startswith(f"{converged}_")
    }
    experiments = {
        names[experiment]: settings | {"base": names.get(settings["base"], settings["base"])}
        for experiment, settings in study.provenance["experiments"].items()
        if experiment in names
    }
    return replace(
        study,
        similarity=_renamed(study.similarity, names),
        performance=_renamed(study.performance, names),
        provenance={**study.provenance, "experiments": experiments, "files": {}},
    )


def _renamed(rows: pd.DataFrame, names: dict[str, str]) -> pd.DataFrame:
    rows = rows[rows.experiment.isin(names)]
    return rows.assign(experiment=rows.experiment.map(names))


def changed_verdicts(briefly: Sequence[Outcome], to_the_end: Sequence[Outcome]) -> pd.DataFrame:
    """The claims on which networks that were trained briefly, and to the end, differ.

    Args:
        briefly, to_the_end: outcomes of the same claims in the same order.

    Returns:
        Texts; index Claim. What was not measured in both has no row.
    """
    rows = {}
    for brief, ended in zip(briefly, to_the_end, strict=True):
        verdicts = (brief.verdict, ended.verdict)
        if brief.verdict != ended.verdict and NOT_MEASURED not in verdicts:
            rows[brief.claim.statement,] = {
                "Trained briefly": brief.verdict,
                "Trained to the end": ended.verdict,
                "What decides, trained to the end": ended.nearest.measured,
            }
    return frame_of(rows, "Claim")

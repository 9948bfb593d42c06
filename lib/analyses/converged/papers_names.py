"""The networks of this chapter under the names that the paper's have in the main study.

So pages, claims and figures that are about the paper's networks need not know which
study the networks come from.
"""

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from ...book.report import results as published
from ...book.report.page import open_study
from ...book.report.results import Results
from ...table_schemas import TableSchema
from .studied_networks import ANALYSED_NETWORKS, CONVERGED_NETWORKS


def open_networks(
    results: str, *tables: TableSchema, networks: Mapping[str, str] = ANALYSED_NETWORKS
) -> Results:
    """Load a study for a page about the paper's networks, and state on the page what they are.

    Args:
        results: a results folder: of the chapter `converged`, or of another study,
            which is opened as it is.
        tables, networks: as in `under_the_papers_names`.

    Raises:
        ResultsError: the folder cannot be read, or has none of the networks under
            either name.
    """
    known = published.load_results(results)
    present = [name for name in networks.values() if name in known]
    study = open_study(results, *(present or networks))
    return under_the_papers_names(study, networks, *tables)


def open_wide_networks(results: str, *tables: TableSchema) -> Results:
    """As `open_networks`, those of the paper's width."""
    return open_networks(results, *tables, networks=CONVERGED_NETWORKS)


def under_the_papers_names(
    study: Results, networks: Mapping[str, str], *tables: TableSchema
) -> Results:
    """Some networks and their controls, under the names that the main study's have.

    Args:
        study: such as the chapter `converged`; a network that it lacks is lacking in
            the answer. A study that has none of them is given back as it is.
        networks: the main study's name of a network -> its name in this one.
        tables: what is taken over beside the tables of similarity and performance; all
            others are empty in the answer.
    """
    names = {
        experiment: network + experiment.removeprefix(name_here)
        for network, name_here in networks.items()
        for experiment in study.provenance["experiments"]
        if f"{experiment}_".startswith(f"{name_here}_")
    }
    if not names:
        return study
    settings = study.provenance["experiments"]
    experiments = {
        name: settings[experiment] | {"base": names.get(base := settings[experiment]["base"], base)}
        for experiment, name in names.items()
    }
    return replace(
        study,
        similarity=_renamed(study.similarity, names),
        performance=_renamed(study.performance, names),
        provenance={**study.provenance, "experiments": experiments, "files": {}},
        changed={table.name: _renamed(study.table(table), names) for table in tables},
    )


def _renamed(rows: pd.DataFrame, names: dict[str, str]) -> pd.DataFrame:
    rows = rows[rows.experiment.isin(names)]
    return rows.assign(experiment=rows.experiment.map(names))

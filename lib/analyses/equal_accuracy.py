"""When the networks of a page are compared: while pruning has cost no accuracy, or least."""

from collections.abc import Iterable

import pandas as pd

from ..book.claims.equal import accuracy_lost, last_as_accurate
from ..book.claims.quantity import Missing
from ..book.report.format import number, percent
from ..book.report.names import PAPER_NETWORKS
from ..book.report.results import Results, cached_per_results
from ..table_schemas import TableSchema

TRAINED_AS_LONG = "_trained_as_long"
"""How the control of a network ends that was trained as long without pruning."""


@cached_per_results
def iteration_compared(study: Results, network: str, table: TableSchema) -> int:
    """The last iteration in a table before the first one there that is not as accurate.

    If none is, the first one there: the least that was pruned.

    Args:
        network: of the paper, or its control `_trained_as_long`, which is read at the same
            iteration.

    Raises:
        Missing: nothing was measured.
    """
    measured = set(study.of(network, table).iteration)
    if not measured:
        raise Missing(f"the table {table.name!r} has no {network}")
    last = last_as_accurate(study, network.removesuffix(TRAINED_AS_LONG), measured=measured)
    return last or min(measured)


def iterations_compared(
    study: Results, networks: Iterable[str], table: TableSchema
) -> pd.DataFrame:
    """At which iteration each network is compared.

    Returns:
        Index the network; columns `Iteration`, `Weights left` and `Accuracy lost`,
        texts, with dashes for a network that was not measured.
    """
    columns = ["Iteration", "Weights left", "Accuracy lost, points"]
    compared = {}
    for network in networks:
        try:
            iteration = iteration_compared(study, network, table)
        except Missing:
            compared[study.network(network)] = ("-",) * len(columns)
            continue
        rows = study.of(network, "performance")
        left = rows[rows.iteration == iteration].remaining.mean()
        lost = number(100 * accuracy_lost(study, network)[iteration].mean, 1)
        compared[study.network(network)] = (str(iteration), percent(left), lost)
    return pd.DataFrame.from_dict(compared, orient="index", columns=columns).rename_axis("Network")


def measured_networks(study: Results, *tables: TableSchema, control: str = "") -> list[str]:
    """The paper's networks in a study that have rows in every table.

    Args:
        control: a suffix such as "_independent"; that control must have rows there as
            well.
    """
    measured = [set(study.table(table).experiment) for table in tables]
    return [
        name
        for name in PAPER_NETWORKS
        if name in study
        and all({name, f"{name}{control}"} <= experiments for experiments in measured)
    ]

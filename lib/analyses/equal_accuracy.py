"""When the networks of a page are compared: while they are as accurate as the complete one."""

from collections.abc import Iterable

import pandas as pd

from ..book.claims.engine import Missing
from ..book.claims.equal import last_as_accurate
from ..book.report.format import percent
from ..book.report.names import PAPER_NETWORKS
from ..book.report.results import Results
from ..table_schemas import TableSchema

TRAINED_AS_LONG = "_trained_on"
"""How the control of a network ends that was trained as long without pruning."""


def last_measured(study: Results, network: str, table: TableSchema) -> int:
    """The last iteration in a table before the first one there that is not as accurate.

    Args:
        network: of the paper, or its control `_trained_on`, which is read at the same iteration.

    Raises:
        Missing: there is no such iteration, or nothing was measured.
    """
    measured = set(study.of(network, table).iteration)
    last = last_as_accurate(study, network.removesuffix(TRAINED_AS_LONG), measured=measured)
    if not last:
        asked = " that is as accurate as its complete network" if measured else ""
        raise Missing(f"the table {table.name!r} has no {network}{asked}")
    return last


def iterations_compared(
    study: Results, networks: Iterable[str], table: TableSchema
) -> pd.DataFrame:
    """The iteration at which each network is compared, and how many weights it has left there.

    Returns:
        Index the network; columns `Iteration` and `Weights left`, texts, with a dash for a network
        that is as accurate as its complete one at no iteration that was measured.
    """
    compared = {}
    for network in networks:
        try:
            iteration = last_measured(study, network, table)
        except Missing:
            compared[study.network(network)] = ("-", "-")
            continue
        rows = study.of(network, "performance")
        left = rows[rows.iteration == iteration].remaining.mean()
        compared[study.network(network)] = (str(iteration), percent(left))
    columns = ["Iteration", "Weights left"]
    return pd.DataFrame.from_dict(compared, orient="index", columns=columns).rename_axis("Network")


def measured_networks(study: Results, *tables: TableSchema, control: str = "") -> list[str]:
    """The paper's networks in a study that have rows in every table.

    Args:
        control: a suffix such as "_independent"; that control must have rows there as well.
    """
    measured = [set(study.table(table).experiment) for table in tables]
    return [
        name
        for name in PAPER_NETWORKS
        if name in study
        and all({name, f"{name}{control}"} <= experiments for experiments in measured)
    ]

"""When the networks of a page are compared: while they are as accurate as the complete one."""

from collections.abc import Mapping

from ..book.claims.engine import Missing
from ..book.claims.equal import WORSE, last_as_accurate
from ..book.report.format import number, percent
from ..book.report.results import Results
from ..tables import Table


def last_measured(study: Results, network: str, table: Table) -> int:
    """The last iteration in a table before the first one there that is not as accurate.

    Args:
        network: of the paper, or its control `_trained_on`, which is read at the same iteration.

    Raises:
        Missing: there is no such iteration, or nothing was measured.
    """
    measured = set(study.of(network, table).iteration)
    last = last_as_accurate(study, network.removesuffix("_trained_on"), measured=measured)
    if not last:
        asked = " that is as accurate as its complete network" if measured else ""
        raise Missing(f"the table {table.name!r} has no {network}{asked}")
    return last


def when(study: Results, iterations: Mapping[str, int]) -> str:
    """Sentences that say at which iteration, and with how many weights, networks are compared.

    Args:
        iterations: of each network, the last one measured that is as accurate; none without one.
    """
    said = []
    for network, iteration in iterations.items():
        rows = study.of(network, "performance")
        left = rows[rows.iteration == iteration].remaining.mean()
        said.append(
            f"{study.network(network)} after iteration {iteration}, with {percent(left)} of its "
            "prunable weights left"
        )
    if not said:
        return "No network that was measured is as accurate as the complete one."
    return (
        "Networks count as being as accurate as the complete one while they are shown to lose less "
        f"than {number(100 * WORSE, 1)} percentage points of test accuracy (95 % interval). Of the "
        "iterations measured, the last one before the first that fails is compared: "
        f"{'; '.join(said)}."
    )

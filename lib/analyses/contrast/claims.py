"""What the sentences on matrices rest on: CKA and SVCCA on the paper's matrices and on one."""

import pandas as pd

from ...book.claims.engine import Claim, Rule, declare
from ...book.claims.quantity import Missing, as_quantity, require_experiment
from ...book.report import values
from ...book.report.names import METRICS, PAPER_NETWORKS
from ...book.report.results import Results
from ...book.report.style import VISIBLE


@as_quantity("mean {metric} of the hidden layers on {reshape}")
def mean_on(results: Results, network: str, metric: str, reshape: str) -> pd.Series:
    """Mean of a metric on a matrix over the hidden layers, after the last iteration."""
    return _last(results, network, metric, reshape).mean(axis=1)


@as_quantity('depth of the "U" of {metric} on {reshape}')
def u_on(results: Results, network: str, metric: str, reshape: str) -> pd.Series:
    """Depth of the "U" of a metric on a matrix, after the last iteration."""
    return values.u_depth_by_row(_last(results, network, metric, reshape))


def _last(results: Results, network: str, metric: str, reshape: str) -> pd.DataFrame:
    require_experiment(results, network)
    if values.rows(results, network, metric, reshape).empty:
        raise Missing(f"{network} has no {METRICS[metric]} on {reshape}")
    runs = values.by_run(results, network, metric, reshape)
    return runs[values.hidden(results, network)]


def _of(network: str) -> dict[str, tuple]:
    name = PAPER_NETWORKS[network]
    svcca, cka = ((network, metric, "channels") for metric in ("svcca", "cka"))
    on_images = mean_on(network, "cka", "flat")
    return {
        f"reshapes-metric-{network}": (
            f"On the matrix of channels, CKA of {name} is visibly higher than SVCCA.",
            Rule(mean_on(*cka) - mean_on(*svcca), above=VISIBLE),
        ),
        f"reshapes-matrix-{network}": (
            f"CKA of {name} is visibly higher on whole images than on channels.",
            Rule(on_images - mean_on(*cka), above=VISIBLE),
        ),
        f"reshapes-deeper-{network}": (
            f'On the matrix of channels, CKA of {name} draws a deeper "U" than SVCCA.',
            Rule(u_on(*cka) - u_on(*svcca), above=0),
        ),
    }


MATRIX_CLAIMS: tuple[Claim, ...] = declare(
    "Matrix", "contrast#fig-reshapes-vgg16-bn", *map(_of, PAPER_NETWORKS)
)

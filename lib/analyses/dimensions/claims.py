"""Does intrinsic dimension rank the layers as dissimilarity does, in each complete network?"""

import pandas as pd

from ...book.claims.engine import Claim, Rule, declare
from ...book.claims.quantity import Missing, as_quantity, require_experiment
from ...book.claims.vocabulary import CLEAR
from ...book.report import values
from ...book.report.names import METRICS, PAPER_NETWORKS
from ...book.report.results import Results
from ...book.report.statistics import CORRELATION
from .analysis import ARGUED_METRICS, layer_rank_correlation


@as_quantity(
    "rank correlation over the hidden layers of dissimilarity by {metric} with the intrinsic "
    "dimension of the complete network{given_place}",
    CORRELATION,
    given_place={False: "", True: ", given the place of the layer"},
)
def by_dimension(
    results: Results, network: str, metric: str, given_place: bool = False
) -> pd.Series:
    """Rank correlation of dissimilarity with intrinsic dimension over the hidden layers.

    Args:
        given_place: with the place of the layer taken out.
    """
    require_experiment(results, network)
    hidden = values.hidden(results, network)
    distance = 1 - values.by_run(results, network, metric)[hidden]
    dimension = values.by_run(results, network, "cka", column="id_x")[hidden]
    if dimension.isna().all(axis=None):
        raise Missing(f"{network} has no intrinsic dimensions")
    correlations = {
        run: layer_rank_correlation(distance.loc[run], dimension.loc[run], given_place)
        for run in distance.index
    }
    return pd.Series(correlations).rename_axis(distance.index.names)


def _of(network: str) -> dict[str, tuple]:
    name = PAPER_NETWORKS[network]
    rules = {}
    for metric in ARGUED_METRICS:
        text = f"By {METRICS[metric]}, the layers of {name} of high dimension change most"
        rules[f"dimensions-{network}-{metric}"] = (
            f"{text}.",
            Rule(by_dimension(network, metric), above=CLEAR),
        )
        rules[f"dimensions-given-place-{network}-{metric}"] = (
            f"{text}, given their place in the network.",
            Rule(by_dimension(network, metric, given_place=True), above=CLEAR),
        )
    return rules


DIMENSIONS: tuple[Claim, ...] = declare(
    "Dimension", "contrast#fig-dimensions", *map(_of, PAPER_NETWORKS)
)
"""A clear rank correlation (0.5) is asked for, as by the claims of the paper."""

"""The contrast of SVCCA and CKA, and what it is without some of what contributes to it.

The contrast is how much further from 1 SVCCA is than CKA, on average over the hidden
layers. Besides the metrics themselves two things contribute to it, and each can be
taken out:

- reshape: CKA is computed on the matrix of SVCCA;
- null: a distance 1 - s becomes (1 - s) / (1 - null), so that chance level is 1.

The complete network is the unit: its runs are averaged, and every interval is over
networks.
"""

from collections.abc import Iterable

import pandas as pd

from ...book.report.results import PAPER_RESHAPE, Results, cached_per_results
from ...book.report.values import NETWORK, by_run, hidden

FACTORS = {
    "reshape": "the reshape",
    "null": "the chance level",
}
"""Factor that can be taken out -> what it is called on a page."""


@cached_per_results
def distances(
    study: Results,
    experiment: str,
    metric: str,
    reshape: str = "",
    *,
    relative_to_null: bool = False,
) -> pd.DataFrame:
    """Distance from 1 of each hidden layer, after the last iteration.

    Args:
        study, experiment, metric, reshape: as for `values.by_run`; the experiment may
            be a control.
        relative_to_null: divide by the distance of the null, so that chance level is 1.

    Returns:
        Index (train_seed, run_seed), columns the hidden layers in forward order, NaN
        where the metric is not defined; no rows where it was not computed.
    """
    where = study, experiment, metric, reshape
    distance = 1 - by_run(*where)
    distance = distance / (1 - by_run(*where, "null_mean")) if relative_to_null else distance
    return distance[hidden(study, experiment)].dropna(how="all")


def level(away: pd.DataFrame) -> pd.Series:
    """The mean over the layers, in each run; NaN where a layer has no value."""
    return away.mean(axis=1, skipna=False)


def contrast(study: Results, experiment: str, out: Iterable[str] = ()) -> pd.Series:
    """By how much SVCCA exceeds CKA in the mean distance from 1, in each complete network.

    Args:
        experiment: one of the paper's, or a control of one.
        out: factors that are taken out, keys of `FACTORS`.

    Returns:
        Index train_seed: the mean over the runs of the network. A network is left out
        if something was not measured for it.
    """
    relative_to_null = "null" in out
    matrix = PAPER_RESHAPE["svcca" if "reshape" in out else "cka"]
    svcca = distances(
        study, experiment, "svcca", PAPER_RESHAPE["svcca"], relative_to_null=relative_to_null
    )
    cka = distances(study, experiment, "cka", matrix, relative_to_null=relative_to_null)
    return (level(svcca) - level(cka)).dropna().groupby(level=NETWORK).mean()

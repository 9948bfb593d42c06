"""By layer: are networks nearer to their own complete network than to those of other seeds?"""

import pandas as pd

from ...book.report.results import PAPER_RESHAPE, Results
from ...book.report.values import NETWORK
from .tables import DESCENT


def nearer_to_own(study: Results, experiment: str, metric: str, iteration: int) -> pd.DataFrame:
    """By how much networks are nearer to their own complete network than to those of other seeds.

    The same network stands on one side of both, so training, weights left and accuracy
    are equal, and the ancestry alone differs (the analysis `descent`).

    Args:
        experiment: one that was analysed, such as "resnet_fast" or
            "resnet_fast_trained_as_long".

    Returns:
        Index train_seed, columns the hidden layers in forward order; no rows where
        nothing was measured.
    """
    rows = study.of(experiment, DESCENT)
    rows = rows[(rows.iteration == iteration) & (rows.metric == metric) & (rows.kind != "out")]
    rows = rows[rows.reshape == PAPER_RESHAPE[metric]].sort_values("depth")
    order = rows.layer.unique()
    is_own = rows.other_seed == rows.train_seed
    key = [NETWORK, "layer"]
    nearer = rows[is_own].groupby(key).value.mean() - rows[~is_own].groupby(key).value.mean()
    return nearer.unstack("layer").reindex(columns=order)

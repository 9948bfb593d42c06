"""What this page alone needs: whose descendant a layer shows."""

import pandas as pd

from lib.report import NETWORK


def origin_found(descent: pd.DataFrame) -> pd.Series:
    """The share of layers that are more similar to the own complete network's than to any other's.

    Args:
        descent: rows of layers, each network beside the complete ones of all seeds; a guess
            is right in one of as many as there are.

    Returns:
        Index network, role, metric, iteration, train_seed; from 0 to 1.
    """
    key = ["network", "role", "metric", "iteration", NETWORK]
    defined = descent.dropna(subset="value").round({"value": 10})
    nearest = defined.loc[defined.groupby([*key, "layer"], sort=False).value.idxmax()]
    hit = (nearest.other_seed == nearest[NETWORK]).astype(float)
    return hit.groupby([nearest[name] for name in key], sort=False).mean()

"""What this page alone needs: gains in accuracy, whose descendant a layer shows, and depth."""

import pandas as pd

from lib.report import NETWORK


def gains(performance: pd.DataFrame) -> pd.Series:
    """Test accuracy minus that of the complete network, in points, after each iteration.

    Args:
        performance: its table, with iteration 0 for the complete networks.

    Returns:
        Index network, role, iteration, train_seed: means over the runs of a network.
    """
    key = ["network", "role", "iteration", NETWORK]
    accuracy = performance.groupby(key, sort=False).accuracy.mean()
    complete = accuracy.xs(0, level="iteration").rename("complete")
    both = accuracy.drop(0, level="iteration").to_frame().join(complete)
    return 100 * (both.accuracy - both.complete)


def origin_found(descent: pd.DataFrame) -> pd.Series:
    """The share of layers that are more similar to the own complete network's than to any other's.

    Args:
        descent: rows of layers, each network beside the complete ones of all seeds; a guess
            is right in one of as many as there are.

    Returns:
        Index network, role, metric, iteration, train_seed; from 0 to 1.
    """
    key = ["network", "role", "metric", "iteration", NETWORK]
    nearest = descent.loc[descent.groupby([*key, "layer"], sort=False).value.idxmax()]
    hit = (nearest.other_seed == nearest[NETWORK]).astype(float)
    return hit.groupby([nearest[name] for name in key], sort=False).mean()


def rank_with_depth(by_layer: pd.Series) -> pd.Series:
    """Spearman's correlation of a layer's number with its depth: above 0 if it grows.

    Args:
        by_layer: layers in forward order, as the last level of the index.

    Returns:
        The same index without the layer; NaN where all layers have one number.
    """
    groups = by_layer.groupby(level=[name for name in by_layer.index.names if name != "layer"])
    return groups.agg(lambda line: line.rank().corr(pd.Series(range(len(line)), line.index)))

"""What this page alone needs: how far metrics are apart, in each network and by layer."""

import pandas as pd

from lib.report import number


def spread(places: pd.Series) -> pd.Series:
    """The largest minus the smallest number by any metric, for all else in the index."""
    levels = [name for name in places.index.names if name != "metric"]
    by_metric = places.groupby(level=levels, sort=False)
    return by_metric.max() - by_metric.min()


def in_each(numbers: pd.Series) -> pd.DataFrame:
    """Single numbers as a frame of `intervals`, which claims decide one by one and count.

    Args:
        numbers: index regime, network, train_seed, and any more.

    Returns:
        Index regime, network, comparison: all else.
    """
    kept = ["regime", "network"]
    rest = [name for name in numbers.index.names if name not in kept]
    rows = numbers.rename("mean").reset_index()
    rows["comparison"] = rows[rest].astype(str).agg(", ".join, axis=1)
    return rows.set_index([*kept, "comparison"])[["mean"]].assign(
        low=lambda x: x["mean"], high=lambda x: x["mean"], n=1
    )


def rank_correlation(first: pd.Series, second: pd.Series) -> pd.Series:
    """Spearman's correlation over the layers that have both numbers, for all else in the index."""
    both = pd.DataFrame({"first": first, "second": second}).dropna()
    levels = [name for name in both.index.names if name != "layer"]
    return both.groupby(level=levels, sort=False).apply(
        lambda x: x["first"].corr(x["second"], "spearman")
    )


def depth_of_u(by_layer: pd.Series) -> pd.Series:
    """How far the lowest hidden layer lies below the lower of the first and the last one.

    Args:
        by_layer: hidden layers in forward order; the index has a level `layer`.

    Returns:
        The same index without the layer; 0 for a curve that only falls, or only rises.
    """
    levels = [name for name in by_layer.index.names if name != "layer"]
    return by_layer.groupby(level=levels, sort=False).agg(
        lambda line: min(line.iloc[0], line.iloc[-1]) - line.min()
    )


def span(numbers: pd.Series) -> str:
    """`0.16 to 0.39`: the smallest and the largest."""
    return f"{number(numbers.min())} to {number(numbers.max())}"


def count(true: pd.Series) -> str:
    """`2 of 3`: how many of them are."""
    return f"{true.sum():.0f} of {len(true)}"

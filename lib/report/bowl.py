"""How deep the "U" is that a similarity draws over the layers."""

from __future__ import annotations

import pandas as pd


def u_depth(values: pd.DataFrame) -> pd.Series:
    """How far the lowest hidden layer lies below the lower of the first and the last one.

    So a curve that only falls, or only rises, has no "U", however steep it is.

    Args:
        values: similarities, a column for each hidden layer in forward order.

    Returns:
        A number of at least 0 for each row; NaN where the first or the last layer has none.
    """
    ends = values.iloc[:, [0, -1]].min(axis=1, skipna=False)
    return ends - values.min(axis=1)

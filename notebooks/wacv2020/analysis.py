"""The level at which pruned and sparse networks are compared."""

import numpy as np
import pandas as pd

KEY = ["network", "role"]


def at_half(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with as many weights left as after half of the iterations of pruning.

    Of a mask that is trained repeatedly, and of networks never pruned, the last training.

    Args:
        rows: of a table with the column `remaining`, of all iterations.
    """
    left = np.log(rows.groupby([*KEY, "iteration"]).remaining.mean())
    off = (left - left.groupby(KEY).transform("last") / 2).abs().round(9)
    there = off[off == off.groupby(KEY).transform("min")].reset_index("iteration")
    half = there.groupby(KEY).iteration.max().rename("half")
    return rows.join(half, on=KEY).query("iteration == half").drop(columns="half")

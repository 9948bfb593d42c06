"""What these pages alone need: what lost directions take from mean CCA."""

import pandas as pd

from lib.report import by_network


def counting_lost(mean_cca: pd.DataFrame) -> pd.Series:
    """Mean CCA with a correlation of 0 for each direction of the complete network that was lost.

    Args:
        mean_cca: rows of this metric on channels.
    """
    value, complete, left = (
        by_network(mean_cca, column) for column in ("value", "rank_x", "rank_y")
    )
    return value * left.clip(upper=complete) / complete

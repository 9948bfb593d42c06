"""The rule by which a metric detects damage."""

import numpy as np
import pandas as pd

FALSE_ALARMS, DETECTED, COSTS, ROUNDING_ERROR = 0.05, 0.8, 0.01, 1e-12
"""Share of harmless changes that may raise an alarm; share of the comparisons with an
alarm at which damage counts as detected; loss of accuracy that counts; what is
rounding."""


def share_as_large(values: np.ndarray, harmless: np.ndarray) -> np.ndarray | float:
    """The share of harmless changes that are as large, each value itself counted among them.

    Undefined similarity counts as none. It is NaN where a harmless change is undefined.
    """
    if np.isnan(harmless).any():
        return np.nan
    similarity = np.where(np.isnan(values), -np.inf, values)
    as_large = np.searchsorted(np.sort(harmless), similarity, side="right")
    return (1 + as_large) * (1 / (1 + len(harmless)))


def from_which(holds_at: pd.Series) -> pd.Series:
    """The smallest size from which on all are true; inf if the largest is not, NaN if undefined."""
    holds_at = holds_at.sort_index(level="size", ascending=False)
    keys = [name for name in holds_at.index.names if name != "size"]
    from_here_on = holds_at.groupby(level=keys).cummin() > 0
    size = holds_at.index.get_level_values("size").to_series(index=holds_at.index)
    smallest = size.where(from_here_on, np.inf).groupby(level=keys).min()
    return smallest.mask(holds_at.isna().groupby(level=keys).any())

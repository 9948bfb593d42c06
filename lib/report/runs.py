"""Averages over runs."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd


def over_runs(rows: pd.DataFrame, by: str | Sequence[str], value: str) -> pd.DataFrame:
    """Mean and spread of a column over the runs, a run being a (train_seed, prune_seed).

    Args:
        rows: one row per run and group.
        by: columns that tell the groups apart.
        value: the column to average; NaN counts as absent.

    Returns:
        One row per group, with columns `mean`, `sd` (divisor n - 1; NaN for a single run) and
        `runs`.
    """
    return rows.groupby(by)[value].agg(mean="mean", sd="std", runs="count")

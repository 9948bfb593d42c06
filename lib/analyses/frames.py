"""Tables whose rows are named by several things at once."""

from collections.abc import Mapping

import pandas as pd


def frame_of(rows: Mapping[tuple, Mapping], *levels: str) -> pd.DataFrame:
    """A row for each key, whose parts become the levels of the index; no rows at all from none.

    Args:
        rows: {(part, ...): {column: cell}}.
        levels: what the parts are called.
    """
    index = pd.MultiIndex.from_tuples(rows, names=levels) if rows else None
    return pd.DataFrame(list(rows.values()), index=index)

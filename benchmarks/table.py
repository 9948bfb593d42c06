"""The table that a benchmark measures, row by row."""

from collections.abc import Iterable

import pandas as pd


def report(rows: Iterable[dict], out: str | None) -> None:
    """Print each row as soon as it is measured; then write all as CSV, if there is a file to."""
    table = []
    for row in rows:
        table.append(row)
        print(pd.DataFrame([row]).T.to_string(header=False), "\n", flush=True)
    if out:
        pd.DataFrame(table).to_csv(out, index=False, float_format="%.4g")

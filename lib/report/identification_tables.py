"""Does a metric find the same layer in another network? The tables, compact and complete."""

from __future__ import annotations

from statistics import mode

import pandas as pd

from .identification import accuracies, measured
from .layerwise import SHOWN
from .names import percent
from .reshapes import RESHAPES
from .results import Results
from .tables import Table
from .validity import NOT_MEASURED, marked


def compact(results: Results) -> Table:
    """What the paper's four metrics find among layers of the same size; a column for each network.

    The first row is what chance finds. A metric that is not defined everywhere has fewer layers to
    choose from, and another chance: then its cell says so.
    """
    frames = {name: accuracies(results, name) for name in measured(results)}
    frames = {name: frame for name, frame in frames.items() if len(frame)}
    cells = [
        (metric, reshape)
        for metric in SHOWN
        for reshape in RESHAPES
        if any(frame.same_found.notna().get((metric, reshape), False) for frame in frames.values())
    ]
    columns = {
        results.network(name): _column(frame.reindex(cells)) for name, frame in frames.items()
    }
    heads = ["by chance", *(marked(*cell) for cell in cells)] if cells else []
    rows = list(zip(heads, *columns.values(), strict=True))
    nothing = "No layers of the same size were compared." if frames else NOT_MEASURED
    return Table(("Found, same size", *columns), rows, numeric=list(columns), nothing=nothing)


def _column(frame: pd.DataFrame) -> list[str]:
    """Chance first, then a text for each row of `frame`."""
    if frame.empty:
        return []
    chances = [_share(value) for value in frame.same_chance]
    known = [chance for chance in chances if chance != "-"]
    usual = mode(known) if known else "-"
    texts = []
    for chance, (_, row) in zip(chances, frame.iterrows(), strict=True):
        other = f", chance {chance}" if chance not in (usual, "-") else ""
        texts.append(_with_interval(row, "same_") + other)
    return [usual, *texts]


def complete(results: Results, experiment: str) -> Table:
    """`accuracies` as a table."""
    frame = accuracies(results, experiment)
    rows = [
        (
            marked(metric, reshape),
            _with_interval(row, ""),
            _share(row.chance),
            _share(row.near),
            _share(row.near_chance),
            _with_interval(row, "same_"),
            _share(row.same_chance),
        )
        for (metric, reshape), row in frame.iterrows()
    ]
    header = (
        results.network(experiment),
        "Found",
        "By chance",
        "Within one",
        "By chance within one",
        "Found, same size",
        "By chance, same size",
    )
    return Table(header, rows, numeric=header[1:], nothing=NOT_MEASURED)


def _with_interval(row: pd.Series, prefix: str) -> str:
    found, low, high = (row[f"{prefix}{name}"] for name in ("found", "low", "high"))
    if pd.isna(found):
        return "-"
    return f"{percent(found, 0)} ({100 * low:.0f}\u2013{100 * high:.0f})"


def _share(value: float) -> str:
    return "-" if pd.isna(value) else percent(value, 0)

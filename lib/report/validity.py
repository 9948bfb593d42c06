"""What both checks of validity share: names and order of the metrics on their reshapes."""

from __future__ import annotations

import pandas as pd

from .layerwise import SHOWN
from .names import TITLES
from .reshapes import RESHAPES
from .results import PAPER_RESHAPE

NOT_MEASURED = "Not measured in this study."

PAPER_CELLS = tuple((metric, PAPER_RESHAPE[metric]) for metric in SHOWN)
"""(metric, reshape) of the paper's four metrics as the paper computes them."""


def title(metric: str, reshape: str) -> str:
    """A metric on a reshape for the reader."""
    return f"{TITLES.get(metric, metric)}, {reshape}"


def phrase(metric: str, reshape: str) -> str:
    """A metric on a reshape within a sentence of Markdown."""
    return f"{TITLES.get(metric, metric)} on *{reshape}*"


def marked(metric: str, reshape: str) -> str:
    """`title`, with a mark where the paper reshapes in this way for this metric."""
    own = PAPER_RESHAPE.get(metric) == reshape
    return title(metric, reshape) + (" (paper)" if own else "")


def present(rows: pd.DataFrame) -> list[tuple[str, str]]:
    """The (metric, reshape) that have a value somewhere, metric by metric.

    Args:
        rows: columns `metric`, `reshape`, `value`.
    """
    known = rows[rows.value.notna()]
    cells = set(zip(known.metric, known.reshape, strict=True))
    metrics, reshapes = list(TITLES), list(RESHAPES)
    order = [*metrics, *sorted({metric for metric, _ in cells} - set(metrics))]
    return sorted(cells, key=lambda cell: (order.index(cell[0]), reshapes.index(cell[1])))

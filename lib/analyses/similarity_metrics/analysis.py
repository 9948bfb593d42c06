"""What the page on the metrics computes by hand, beside the formulas that it shows."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.linalg import eigh, qr

from ...book.report.format import Table
from ...book.report.names import metric_titles
from ...metrics import METRICS

TOLERANCE = 1e-10
"""A value by hand and one by `lib.metrics` may differ by this."""

EMPTY = 1e-12
"""An eigenvalue of a Gram matrix below this share of the largest one counts as 0."""

FORGIVEN = {
    "symmetric": "x↔y",
    "permutation": "order",
    "orthogonal": "turn",
    "invertible": "map",
    "scale": "size",
    "translation": "shift",
    "dead_columns": "dead",
}
"""Field of a metric's invariances -> what the page calls the change."""

MATRICES = {
    "channels": ("n·h·w \u00d7 c", "a position of an image"),
    "flat": ("n \u00d7 c·h·w", "an image with all its positions"),
    "gap": ("n \u00d7 c", "an image, averaged over its positions"),
}
"""reshape -> size of the matrix, what an observation is."""


def confirm(name: str, by_hand: float, by_library: float) -> str:
    """Both values of a metric in one line.

    Raises:
        AssertionError: they differ by more than `TOLERANCE`.
    """
    assert abs(by_hand - by_library) <= TOLERANCE, name
    return f"{name:<15} by hand {by_hand:.3f}  library {by_library:.3f}"


def rotation(columns: int) -> np.ndarray:
    """A random orthogonal matrix, (columns, columns), the same each time."""
    return qr(np.random.default_rng(2).standard_normal((columns, columns)))[0]


def unbiased_hsic(k: np.ndarray, m: np.ndarray) -> float:
    """The unbiased estimate of HSIC, of Song et al. 2012, equation 5.

    Args:
        k, m: Gram matrices (n, n); their diagonals are not read.
    """
    n = len(k)
    without_k = k - np.diag(np.diag(k))
    without_m = m - np.diag(np.diag(m))
    sums = without_k.sum() * without_m.sum() / ((n - 1) * (n - 2))
    paths = 2 / (n - 2) * without_k.sum(0) @ without_m.sum(0)
    return (np.sum(without_k * without_m) + sums - paths) / (n * (n - 3))


def root(k: np.ndarray) -> np.ndarray:
    """The square root of a Gram matrix (n, n), which may be of low rank."""
    values, vectors = eigh(k)
    # the root of what should be 0 is far from 0
    values[values < EMPTY * values[-1]] = 0
    return vectors * np.sqrt(values) @ vectors.T


def further_metrics(values: Mapping[str, float]) -> Table:
    """The metrics that the paper does not use: what they measure, their source, their value.

    Args:
        values: {metric: value}.
    """
    titles = metric_titles()
    rows = []
    for name, metric in METRICS.items():
        if metric.about:
            rows.append((titles[name], metric.about, metric.source, float(values[name])))
    header = ["Metric", "What it measures", "Source", "Here"]
    return Table.of(pd.DataFrame(rows, columns=header).set_index("Metric"), cards=True)


def invariances() -> Table:
    """What each metric forgives, as it declares."""
    declared = {name: vars(metric.invariances) for name, metric in METRICS.items()}
    ticks = pd.DataFrame(declared).T.replace({True: "✓", False: "\u2013"})
    shown = ticks.rename(index=metric_titles(), columns=FORGIVEN)
    return Table.of(shown.rename_axis("Metric"))


def matrices(shape: Sequence[int], images: int, layer: str) -> Table:
    """The matrices that can be made of a layer's maps, and whose default each is.

    Args:
        shape: of the layer's output for one image, (c, h, w).
        images: how many.
        layer: heads the column with the sizes.
    """
    channels, height, width = shape
    sizes = {
        "channels": (images * height * width, channels),
        "flat": (images, channels * height * width),
        "gap": (images, channels),
    }
    rows = []
    for reshape, (form, observation) in MATRICES.items():
        # metrics of outputs have no choice
        chosen = [m.title for m in METRICS.values() if m.reshape == reshape and m.reshapes[1:]]
        size = " \u00d7 ".join(f"{number:,}" for number in sizes[reshape])
        rows.append((reshape, form, size, observation, ", ".join(chosen) or "none; on request"))
    header = ["Matrix", "Size", layer, "An observation is", "Default of"]
    return Table(header, rows, cards=True)

"""Is a pruned network more similar to its complete one than shuffled images are?"""

import numpy as np
import pandas as pd

from ...book.claims.vocabulary import FOUR
from ...book.findings import Decided
from ...book.report import values
from ...book.report.names import METRICS
from ...book.report.results import Results
from ...book.report.style import INK
from .analysis import key

OPEN_CIRCLES = {"linestyle": "None", "marker": "o", "markerfacecolor": "white", "color": INK}
"""How a similarity is drawn that is no higher than shuffled images get."""


def thresholds(study: Results, network: str) -> pd.Series:
    """What shuffled images exceed in any layer with a probability of at most 5 %, by metric."""
    highest = {
        metric: values.curves(study, network, metric, column="null_max").iloc[-1].max()
        for metric in FOUR
    }
    return pd.Series(highest, dtype=float)


def above_threshold(study: Results, network: str) -> pd.DataFrame:
    """Whether each similarity of the last iteration is above what shuffled images get.

    Returns:
        Index layer, columns metrics: True, False, or missing where it is not known.
    """
    limits = thresholds(study, network)
    columns = {}
    for metric in FOUR:
        final = values.curves(study, network, metric).iloc[-1]
        known = final.notna() & pd.notna(limits[metric])
        columns[metric] = (final > limits[metric]).where(known).astype("boolean")
    return pd.DataFrame(columns)


def chance_table(study: Results, network: str) -> pd.DataFrame:
    """p-values, thresholds and calibrated similarities of the last iteration, by metric."""
    limits, above = thresholds(study, network), above_threshold(study, network)
    rows = {}
    for metric in FOUR:
        final = values.curves(study, network, metric).iloc[-1]
        p = values.curves(study, network, metric, column="p_value", statistic="max").iloc[-1]
        largest = "below 1e-10" if p.max() < 1e-10 else f"{p.max():.2g}"
        known = above[metric].dropna()
        limit = limits[metric]
        rows[METRICS[metric]] = {
            "Largest p-value": "-" if p.isna().all() else largest,
            "Threshold": limit,
            "Layers above it": f"{known.sum():.0f} of {len(known)}",
            # unlike max, this keeps NaN
            "Lowest, calibrated": np.maximum(0, (final.min() - limit) / (1 - limit)),
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("Metric")


def decided_chance(study: Results, network: str) -> Decided:
    """Whether every similarity of the last iteration is above what shuffled images get."""
    known = above_threshold(study, network).stack().dropna()
    verdict = "holds" if known.all() else "does not hold"
    return Decided(
        key(network, "above-chance"),
        "every layer is more similar, by every metric, than shuffled images get in any layer",
        f"{int(known.sum())} of {len(known)} similarities",
        verdict if len(known) else "not measured",
    )

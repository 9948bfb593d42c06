"""The claims on kernels with gradients, as rules.

They were written before any of these numbers were measured.
"""

import pandas as pd

from ...book.claims.engine import Claim, Rule, declare
from ...book.claims.quantity import as_quantity
from ...book.report.names import METRICS, PAPER_NETWORKS
from ...book.report.results import Results
from .analysis import KERNEL_TITLES, told_apart
from .tables import KERNEL_METRICS, NO_GRADIENTS, UNIT_GRADIENTS, WITH_GRADIENTS

PAGE = "function"

KERNEL_KEYS = {WITH_GRADIENTS: "raw", UNIT_GRADIENTS: "unit"}
"""kernel -> how the keys of its claims end."""


@as_quantity(
    "share of the hidden layers in which {metric} of pruned networks exceeds that of all "
    "independent ones, {kernel}, minus the same without",
    kernel=KERNEL_TITLES,
)
def _gain(results: Results, network: str, metric: str, kernel: str) -> pd.Series:
    with_gradients = told_apart(results, network, metric, kernel)
    return with_gradients - told_apart(results, network, metric, NO_GRADIENTS)


CLAIMS: tuple[Claim, ...] = declare(
    "Gradients",
    PAGE,
    {
        f"gradients-{network}-{metric}-{key}": (
            f"{KERNEL_TITLES[kernel].capitalize()}, {METRICS[metric]} tells a pruned {title} from "
            "independent networks in more layers.",
            Rule(_gain(network, metric, kernel), above=0),
        )
        for network, title in PAPER_NETWORKS.items()
        for metric in KERNEL_METRICS
        for kernel, key in KERNEL_KEYS.items()
    },
)

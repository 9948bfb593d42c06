"""What we expect of kernels with gradients, as rules; they were written before any of the runs."""

import pandas as pd

from ...claims.engine import NETWORK, Claim, Missing, Quantity, Rule, declare
from ...claims.equal import last_as_accurate
from ...claims.vocabulary import require_experiment
from ...report.names import METRICS, PAPER_NETWORKS
from ...report.results import Results
from .tables import GRADIENTS, PLAIN, UNIT, WITH_GRADIENTS

PAGE = "gradients"

KERNELS = {WITH_GRADIENTS: "With gradients", UNIT: "With gradients of unit length"}


def fair_iteration(results: Results, network: str) -> int:
    """The last iteration, among those compared, up to which the accuracy is kept.

    Raises:
        Missing: there is none, or nothing was compared.
    """
    compared = results.of(network, GRADIENTS).iteration.unique()
    kept = [number for number in compared if number <= last_as_accurate(results, network)]
    if not kept:
        raise Missing(f"no network that is as accurate as the complete {network} was compared")
    return int(max(kept))


def told_apart(results: Results, network: str, metric: str, kernel: str) -> pd.Series:
    """The share of the hidden layers in which a pruned network, while it is as accurate, is more
    similar to its complete network than any two complete networks are.

    Returns:
        Index train_seed.

    Raises:
        Missing: these kernels were not compared.
    """
    for name in (network, f"{network}_independent"):
        require_experiment(results, name)
    rows = {
        name: table[(table.metric == metric) & (table.kernel == kernel) & (table.kind != "out")]
        for name in (network, f"{network}_independent")
        for table in (results.of(name, GRADIENTS),)
    }
    pruned, others = rows.values()
    if pruned.empty or others.empty:
        raise Missing(f"{network} was not compared by kernels with gradients")
    pruned = pruned[pruned.iteration == fair_iteration(results, network)]
    values = pruned.pivot(index=NETWORK, columns="layer", values="value")
    return (values > others.groupby("layer").value.max()).mean(axis=1)


def _gain(network: str, metric: str, kernel: str) -> Quantity:
    def measure(results: Results) -> pd.Series:
        with_them, without = (told_apart(results, network, metric, k) for k in (kernel, PLAIN))
        return with_them - without

    words = (
        f"share of the hidden layers in which {METRICS[metric]} of pruned networks exceeds that of "
        f"all independent ones, {KERNELS[kernel].lower()}, minus the same without"
    )
    return Quantity(words, measure)


CLAIMS: tuple[Claim, ...] = declare(
    "Gradients",
    PAGE,
    {
        f"{PAGE}-{network}-{metric}-{'unit' if kernel == UNIT else 'raw'}": (
            f"{words}, {METRICS[metric]} tells a pruned {title} from independent networks in more "
            "layers.",
            Rule(_gain(network, metric, kernel), above=0),
        )
        for network, title in PAPER_NETWORKS.items()
        for metric in ("cka", "nbs")
        for kernel, words in KERNELS.items()
    },
)

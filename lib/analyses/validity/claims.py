"""Do metrics follow what a network does, and do channels find themselves? Decided by network."""

import pandas as pd

from ...book.claims.engine import Claim, Missing, Quantity, Rule, declare
from ...book.claims.runs import require_experiment
from ...book.claims.vocabulary import FOUR
from ...book.report.names import METRICS, PAPER_NETWORKS
from ...book.report.results import PAPER_RESHAPE, Results
from .following import changes, joined, of_runs, step_by_step
from .tables import MATCHING

_TARGETS = {"accuracy-gap": "accuracy gap", "disagreement": "output disagreement"}


def step_correlation(network: str, metric: str, target: str) -> Quantity:
    """Rank correlation of the steps of dissimilarity with those of a change of function."""

    def measure(results: Results) -> pd.Series:
        require_experiment(results, network)
        if target not in changes(results, network):
            raise Missing(f"the {target} of {network} was not measured")
        cell = (metric, PAPER_RESHAPE[metric])
        runs = of_runs(joined(results, network, target, only=[cell]), step_by_step)
        return runs[cell].rename_axis(["train_seed", "prune_seed"])

    words = (
        f"rank correlation, step by step over the iterations, of dissimilarity by "
        f"{METRICS[metric]} with the {target}"
    )
    return Quantity(words, measure)


def own_channels(experiment: str) -> Quantity:
    """Share of the channels alive that find themselves, mean over the layers, at last."""

    def measure(results: Results) -> pd.Series:
        require_experiment(results, experiment)
        rows = results.of(experiment, MATCHING)
        if rows.empty:
            raise Missing(f"the channels of {experiment} were not matched")
        last = rows[rows.iteration == rows.iteration.max()]
        return last.groupby(["train_seed", "prune_seed"]).own.mean()

    return Quantity("share of the channels that find themselves, mean over the layers", measure)


FOLLOWS: tuple[Claim, ...] = declare(
    "Following function",
    "validity",
    {
        f"validity-follows-{key}-{network}-{metric}": (
            f"From iteration to iteration, {METRICS[metric]} follows the {target} of {name}.",
            Rule(step_correlation(network, metric, target), above=0),
        )
        for network, name in PAPER_NETWORKS.items()
        for key, target in _TARGETS.items()
        for metric in FOUR
    },
)

OWN_CHANNELS: tuple[Claim, ...] = declare(
    "Own channels",
    "validity",
    {
        f"validity-own-channels-{network}": (
            f"Most channels of a pruned {name} that are alive find themselves.",
            Rule(own_channels(network), above=0.5),
        )
        for network, name in PAPER_NETWORKS.items()
    }
    | {
        f"validity-own-channels-beside-training-{network}": (
            f"Fewer channels of {name} find themselves after pruning than after training alone.",
            Rule(own_channels(network) - own_channels(f"{network}_trained_on"), below=0),
        )
        for network, name in PAPER_NETWORKS.items()
    },
)

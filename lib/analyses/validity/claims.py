"""Do channels find themselves? Decided by network."""

import pandas as pd

from ...book.claims.engine import Claim, Rule, declare
from ...book.claims.quantity import Missing, as_quantity, require_experiment
from ...book.report.names import PAPER_NETWORKS
from ...book.report.results import Results
from .tables import MATCHING


@as_quantity("share of the channels that find themselves, mean over the layers")
def own_channels(results: Results, experiment: str) -> pd.Series:
    """Share of the channels alive that find themselves, mean over the layers, at last."""
    require_experiment(results, experiment)
    rows = results.of(experiment, MATCHING)
    if rows.empty:
        raise Missing(f"the channels of {experiment} were not matched")
    last = rows[rows.iteration == rows.iteration.max()]
    return last.groupby(["train_seed", "run_seed"]).own.mean()


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
            Rule(own_channels(network) - own_channels(f"{network}_trained_as_long"), below=0),
        )
        for network, name in PAPER_NETWORKS.items()
    },
)

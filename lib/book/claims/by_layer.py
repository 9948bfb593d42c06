"""How many layers are nearer, and how many further: differences by layer before any mean."""

import pandas as pd

from ..report import values
from ..report.results import Results, cached_per_results
from ..report.simultaneous import simultaneous
from ..report.values import NETWORK
from .equal import CLOSER, FURTHER
from .runs import of_pairs

NEITHER = "neither"
COUNTED = (CLOSER, FURTHER, NEITHER)
"""What a layer can be, beside a control."""


@cached_per_results
def per_network(
    study: Results, experiment: str, metric: str, iteration: int | None = None
) -> pd.DataFrame:
    """A metric in each hidden layer of each complete network, the mean over its runs.

    Of complete networks that were compared with each other, each network's number is a
    jackknife pseudo-value (`lib.book.claims.runs.of_pairs`).

    Args:
        iteration: None for the last.

    Returns:
        Index train_seed, columns the hidden layers in forward order.
    """
    runs = values.by_run(study, experiment, metric, iteration=iteration)
    runs = runs[values.hidden(study, experiment)]
    if study.settings(experiment).get("against") == "complete":
        return runs.apply(of_pairs)
    return runs.groupby(level=NETWORK).mean()


def beside(study: Results, network: str, metric: str, iteration: int, control: str) -> pd.DataFrame:
    """Differences of pruned networks from a control, by layer, within each complete network.

    Args:
        network: an experiment of the paper.
        iteration: of the pruned networks; a control that is trained again is taken at
            the same one.
        control: "independent", "trained_as_long", ...

    Returns:
        Index train_seed, columns the hidden layers; no rows where the control was not
        measured.
    """
    name = f"{network}_{control}"
    if name not in study:
        return pd.DataFrame(columns=values.hidden(study, network), dtype=float)
    trained_again = study.settings(name).get("against") == "pruned"
    of_control = per_network(study, name, metric, iteration if trained_again else None)
    return (per_network(study, network, metric, iteration) - of_control).dropna()


def judged(differences: pd.DataFrame) -> pd.DataFrame:
    """Each layer's mean difference, its interval, and which way it goes.

    The intervals hold together for all layers (`lib.book.report.simultaneous`).

    Args:
        differences: index train_seed, columns the layers; positive where pruned
            networks are closer.

    Returns:
        Index layer; columns `mean`, `low`, `high`, `verdict` (one of `COUNTED`).
    """
    table = simultaneous(differences)
    table["verdict"] = NEITHER
    table.loc[table.low > 0, "verdict"] = CLOSER
    table.loc[table.high < 0, "verdict"] = FURTHER
    return table


def count_layers(table: pd.DataFrame) -> pd.Series:
    """How many layers of a table of `judged` there are of each of `COUNTED`."""
    return table.verdict.value_counts().reindex(COUNTED, fill_value=0)

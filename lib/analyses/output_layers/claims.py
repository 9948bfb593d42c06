"""Do pruned networks keep more of the complete network's answers than networks trained as long?"""

import pandas as pd

from ...book.claims.engine import Claim, Rule, declare
from ...book.claims.quantity import Missing, Quantity, require_experiment
from ...book.report import values
from ...book.report.names import PAPER_NETWORKS
from ...book.report.results import Results


def same_class_share(experiment: str) -> Quantity:
    """Share of the images to which a network and its complete one give the same class, at last."""

    def measure(results: Results) -> pd.Series:
        require_experiment(results, experiment)
        rows = values.rows(results, experiment, "agreement")
        if rows.empty:
            raise Missing(f"the answers of {experiment} were not counted")
        last = rows[rows.iteration == rows.iteration.max()]
        return last.set_index(values.RUN_COLUMNS).value

    return Quantity("share of the images with the same class", measure)


SAME_CLASS: tuple[Claim, ...] = declare(
    "Answers",
    "accuracy",
    {
        f"output-layers-answers-{network}": (
            f"A pruned {name} gives the answers of its complete network more often than one that "
            "was trained as long without pruning.",
            Rule(same_class_share(network) - same_class_share(f"{network}_trained_on"), above=0),
        )
        for network, name in PAPER_NETWORKS.items()
    },
)

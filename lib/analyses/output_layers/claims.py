"""Do pruned networks keep more of the complete network's answers than networks trained as long?"""

import pandas as pd

from ...book.claims.engine import Claim, Rule, declare
from ...book.claims.quantity import Missing, as_quantity, require_experiment
from ...book.report import values
from ...book.report.names import PAPER_NETWORKS
from ...book.report.results import Results


@as_quantity("share of the images with the same class")
def same_class_share(results: Results, experiment: str) -> pd.Series:
    """Share of the images to which a network and its complete one give the same class, at last."""
    require_experiment(results, experiment)
    rows = values.rows(results, experiment, "agreement")
    if rows.empty:
        raise Missing(f"the answers of {experiment} were not counted")
    last = rows[rows.iteration == rows.iteration.max()]
    return last.set_index(values.RUN_COLUMNS).value


SAME_CLASS: tuple[Claim, ...] = declare(
    "Answers",
    "accuracy",
    {
        f"output-layers-answers-{network}": (
            f"A pruned {name} gives the answers of its complete network more often than one that "
            "was trained as long without pruning.",
            Rule(
                same_class_share(network) - same_class_share(f"{network}_trained_as_long"), above=0
            ),
        )
        for network, name in PAPER_NETWORKS.items()
    },
)

"""Does a pruned network still resemble its own complete network more than others?"""

import pandas as pd

from ...book.claims.engine import Claim, Rule, declare
from ...book.claims.quantity import as_quantity, require_experiment
from ...book.claims.vocabulary import PAPER_METRICS
from ...book.report.names import METRICS, PAPER_NETWORKS
from ...book.report.results import PAPER_RESHAPE, Results
from ..equal_accuracy import iteration_compared
from ..validity.tables import DESCENT


def beside_both(results: Results, experiment: str, metric: str) -> pd.DataFrame:
    """How similar networks are to the complete one they come from, and to those of other seeds.

    At the last iteration at which the pruned networks are as accurate as the complete
    one, or at the first.

    Args:
        experiment: of the paper, or its control `_trained_as_long`, at the same iteration.

    Returns:
        Index train_seed; columns `own` and `others`, means over the hidden layers.

    Raises:
        Missing: nothing was compared.
    """
    require_experiment(results, experiment)
    rows = results.of(experiment, DESCENT)
    rows = rows[rows.iteration == iteration_compared(results, experiment, DESCENT)]
    rows = rows[(rows.metric == metric) & (rows.reshape == PAPER_RESHAPE[metric])]
    rows = rows[rows.kind != "out"]
    whose = (rows.other_seed == rows.train_seed).map({True: "own", False: "others"})
    return rows.groupby([rows.train_seed, whose.rename("whose")]).value.mean().unstack()


@as_quantity(
    "mean {metric} of the hidden layers with the complete network that it comes from, minus that "
    "with complete networks of other seeds"
)
def descent(results: Results, experiment: str, metric: str) -> pd.Series:
    """By how much a network is nearer to its own complete network than to the others."""
    both = beside_both(results, experiment, metric)
    return both.own - both.others


def _descends(network: str, metric: str) -> dict[str, tuple]:
    name = PAPER_NETWORKS[network]
    pruned, trained = (descent(network + end, metric) for end in ("", "_trained_as_long"))
    return {
        f"{network}-descent-{metric}": (
            f"By {METRICS[metric]}, a pruned {name} is nearer to the complete network that it "
            "comes from than to those of other seeds.",
            Rule(pruned, above=0),
        ),
        f"{network}-descent-beyond-{metric}": (
            f"By {METRICS[metric]}, pruning {name} takes away more of the extra similarity to its "
            "own complete network than training alone does.",
            Rule(pruned - trained, below=0),
        ),
    }


DESCENDS: tuple[Claim, ...] = declare(
    "Descent",
    "controls",
    *(_descends(network, metric) for network in PAPER_NETWORKS for metric in PAPER_METRICS),
)

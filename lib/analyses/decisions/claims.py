"""The claims on what pruned networks decide, as rules.

They were committed before any of these numbers were measured. All compare networks that
have had as much training: a pruned network with itself beside other complete networks,
or with one that was trained as long without pruning.
"""

import pandas as pd

from ...book.claims.engine import Claim, Rule, declare
from ...book.claims.quantity import Quantity, as_quantity
from ...book.report.results import Results
from ..converged.claims import IN_CLAIMS, PAGE
from ..equal_accuracy import TRAINED_AS_LONG
from .analysis import OTHERS, OWN, last_iteration, statistic

WORDS = {
    OWN: "error consistency with the network's own complete one",
    OTHERS: "error consistency with the complete networks of other seeds",
}


@as_quantity("{words}")
def _at_last(
    results: Results,
    words: str,
    experiment: str,
    quantity: str = "error_consistency",
    beside: str = OWN,
) -> pd.Series:
    """A number of the networks of the last iteration."""
    last = last_iteration(results, experiment)
    return statistic(results, experiment, quantity, last, beside)


def _of_errors(network: str) -> dict[str, tuple]:
    title = IN_CLAIMS[network]
    with_own, with_strangers = (_at_last(WORDS[beside], network, beside=beside) for beside in WORDS)
    alone = _at_last(f"{WORDS[OWN]} by training alone", network + TRAINED_AS_LONG)
    return {
        f"{network}-errs-with-own": (
            f"Pruned to the end, {title} errs on the images on which its own complete network "
            "errs, more than on those of other complete networks.",
            Rule(with_own - with_strangers, above=0),
        ),
        f"{network}-errs-beyond-training": (
            f"Pruned to the end, {title} errs less on the images of its complete network than "
            "one that was trained as long does.",
            Rule(with_own - alone, below=0),
        ),
    }


def _of_calibration(network: str) -> dict[str, tuple]:
    title = IN_CLAIMS[network]

    def beyond_training(words: str, quantity: str) -> Quantity:
        alone = _at_last(f"{words} by training alone", network + TRAINED_AS_LONG, quantity)
        return _at_last(words, network, quantity) - alone

    return {
        f"{network}-calibration": (
            f"Pruned to the end, {title} has a larger calibration error than one that was trained "
            "as long.",
            Rule(beyond_training("expected calibration error", "calibration_error"), above=0),
        ),
        f"{network}-log-loss-scaled": (
            f"With a temperature as well, {title} pruned to the end has a larger log loss than one "
            "that was trained as long.",
            Rule(beyond_training("log loss with a temperature", "log_loss_scaled"), above=0),
        ),
    }


CLAIMS: tuple[Claim, ...] = declare(
    "Decisions",
    PAGE,
    *(
        claims
        for network in IN_CLAIMS
        for claims in (_of_errors(network), _of_calibration(network))
    ),
)

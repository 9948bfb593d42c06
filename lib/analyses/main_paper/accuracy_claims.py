"""The claims of the paper's section 5.1: how accurate pruned networks are."""

import numpy as np
import pandas as pd

from ...book.claims.engine import POINTS, Rule, declare
from ...book.claims.gains import accuracy_trend, gain, gains_of
from ...book.claims.quantity import ALWAYS, LARGEST_GAP, Iterations, Missing, as_quantity, left
from ...book.claims.runs import series
from ...book.claims.vocabulary import CLEAR, RESNET, SVHN, VGG16
from ...book.report.names import NETWORK_TITLES
from ...book.report.results import Results
from ...book.report.statistics import CORRELATION, rank_correlation

EARLY, PEAK, LATE = left(low=0.5), left(0.08, 0.13), left(high=0.05)


def _better(experiment: str, times: Iterations, than: Iterations) -> Rule:
    """Accuracy at some iterations above that at others."""
    return Rule(gain(experiment, times) - gain(experiment, than), above=0, unit=POINTS)


@as_quantity(
    "rank correlation of the accuracies of {network} and {beside} over the iterations",
    CORRELATION,
    network=NETWORK_TITLES,
    beside=NETWORK_TITLES,
)
def _same_course(results: Results, network: str, beside: str) -> pd.Series:
    """How far the accuracies of two networks rise and fall together, from the complete one on.

    Networks of equal seeds are compared. They have nothing in common, so this pairs
    them by chance, and each network enters a single pair.
    """
    first, second = (gains_of(results, name) for name in (network, beside))
    by_run = {}
    for run in {*first.droplevel("iteration").index} & {*second.droplevel("iteration").index}:
        apart = np.log(first.remaining[run] / second.remaining[run]).abs()
        if apart.isna().any() or apart.max() > LARGEST_GAP:
            raise Missing(f"{network} and {beside} were pruned at different paces")
        by_run[run] = rank_correlation([0.0, *first.gain[run]], [0.0, *second.gain[run]])
    if not by_run:
        raise Missing(f"{network} and {beside} have no seeds in common")
    return series(by_run)


def _accuracy(network: str) -> dict[str, tuple[str, Rule]]:
    name = NETWORK_TITLES[network]
    return {
        f"{network}-accuracy-early": (
            f"In the first iterations of pruning, {name} is more accurate than when complete.",
            Rule(gain(network, EARLY), above=0, unit=POINTS),
        ),
        f"{network}-accuracy-peak": (
            f"{name} is more accurate with few of its weights than with most of them.",
            _better(network, PEAK, EARLY),
        ),
        f"{network}-accuracy-decline": (
            f"After a peak at about a tenth of its weights, {name} loses accuracy.",
            _better(network, PEAK, LATE),
        ),
        f"{network}-accuracy-comparable": (
            f"No pruned {name} is far less accurate than the complete one.",
            Rule(gain(network, ALWAYS, "lowest"), above=-1, unit=POINTS),
        ),
    }


ACCURACY_CLAIMS = declare(
    "5.1",
    "accuracy",
    _accuracy(VGG16),
    _accuracy(RESNET),
    {
        "vgg_svhn-accuracy-falls": (
            "The accuracy of VGG_SVHN falls as pruning goes on.",
            Rule(accuracy_trend(SVHN), below=-CLEAR),
        ),
        "vgg_svhn-accuracy-early": (
            "In the first iterations of pruning, VGG_SVHN is less accurate than when complete.",
            Rule(gain(SVHN, EARLY), below=0, unit=POINTS),
        ),
        "accuracy-alike": (
            "The accuracy of VGG16_BN and that of ResNet_fast behave similarly under pruning.",
            Rule(_same_course(VGG16, RESNET), above=CLEAR),
        ),
    },
)

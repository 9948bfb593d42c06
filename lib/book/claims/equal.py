"""At equal accuracy: how similar a pruned network is to its complete one while it is as accurate.

A network that classifies worse must differ somewhere, so this is where the question is fair.
"""

import pandas as pd

from ..report.results import Results
from ..report.statistics import Interval
from ..report.style import VISIBLE
from ..report.values import NETWORK
from .engine import estimate
from .vocabulary import HIDDEN, Times, mean

WORSE = 0.005
"""A test accuracy that is lower by no more than this counts as equal: half a percentage point is
about what two networks of one recipe differ by on 10,000 images."""

CLOSER, FURTHER, AS_CLOSE = "closer", "further", "as close"
OPEN, UNKNOWN = "open", "unknown"


def accuracy(study: Results, experiment: str) -> pd.Series:
    """Test accuracy at each iteration: mean over complete networks, each the mean over its runs.

    A network that was not pruned to the end is left out, or its own level would count as an effect
    of pruning.
    """
    rows = study.of(experiment, "performance")
    networks = rows.groupby(["iteration", NETWORK]).accuracy.mean().unstack().dropna(axis="columns")
    return networks.mean(axis="columns")


def last_as_accurate(study: Results, experiment: str, control: str = "") -> int:
    """The last iteration whose accuracy equals that of the complete networks; 0 if there is none.

    Args:
        control: compare with a control at the same iteration instead, such as "trained_on".
    """
    own = accuracy(study, experiment)
    beside = accuracy(study, f"{experiment}_{control}").reindex(own.index) if control else own[0]
    return int(max(own.index[own >= beside - WORSE], default=0))


def similarity(
    study: Results, experiment: str, metric: str, iteration: int, minus: str = ""
) -> Interval:
    """Mean over the hidden layers at an iteration, and its interval over complete networks.

    Args:
        minus: a control, such as "trained_on" at the same iteration, or "independent": then it is
            the difference from it, which is taken within each complete network.

    Returns:
        Of no network at all where the control was not measured.
    """
    then = Times(f" after iteration {iteration}", lambda remaining: [iteration])
    quantity = mean(experiment, metric, HIDDEN, then)
    if minus == "independent":
        quantity -= mean(f"{experiment}_independent", metric)
    elif minus:
        quantity -= mean(f"{experiment}_{minus}", metric, HIDDEN, then)
    return estimate(quantity.numbers, study)


def verdict(difference: Interval) -> str:
    """Whether pruned networks are closer to their own complete network than others are.

    Args:
        difference: from independently trained networks.

    Returns:
        `AS_CLOSE` if the interval lies within what a reader of the figures would see, `CLOSER` or
        `FURTHER` if it excludes 0 otherwise, `OPEN` if it does neither, `UNKNOWN` without one.
    """
    if pd.isna(difference.low):
        return UNKNOWN
    if max(-difference.low, difference.high) < VISIBLE:
        return AS_CLOSE
    if difference.low > 0 or difference.high < 0:
        return CLOSER if difference.low > 0 else FURTHER
    return OPEN

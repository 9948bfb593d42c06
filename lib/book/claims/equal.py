"""At equal accuracy: how similar a pruned network is to its complete one while it is as accurate.

A network that classifies worse must differ somewhere, so this is where the question is
fair.
"""

import math
from collections.abc import Iterable

import pandas as pd

from ..report.results import Results, cached_per_results
from ..report.statistics import Interval, interval
from ..report.values import NETWORK, control, hidden
from .quantity import HIDDEN, at_iteration
from .runs import estimate
from .vocabulary import mean

WORSE = 0.005
"""The margin of non-inferiority: a test accuracy counts as equal if it is shown to be
lower by less than this. Half a percentage point is about what two networks of one
recipe differ by on 10,000 images."""

SHARE = 0.1
"""The margin of similarity, as a share of the way from independent networks to
identical ones. Two values that differ by less are alike. For SVCCA, where independent
networks stand at about 0.5, that is 0.05; for CKA, where they stand at 0.95, it is
0.005."""

CLOSER, FURTHER, AS_CLOSE = "closer", "further", "about as close"
OPEN, UNKNOWN = "undecided", "not measured"


def mean_accuracy(study: Results, experiment: str) -> pd.Series:
    """Test accuracy at each iteration: mean over complete networks, each the mean over its runs."""
    return _accuracies(study, experiment).mean(axis="columns")


def _accuracies(study: Results, experiment: str) -> pd.DataFrame:
    """Index iteration, columns complete networks.

    A network that was not pruned to the end is left out, or its own level would count
    as an effect of pruning.
    """
    rows = study.of(experiment, "performance")
    return rows.groupby(["iteration", NETWORK]).accuracy.mean().unstack().dropna(axis="columns")


@cached_per_results
def accuracy_lost(study: Results, experiment: str, control: str = "") -> dict[int, Interval]:
    """By how much pruned networks are less accurate, at each iteration, over complete networks.

    Args:
        control: what they are compared with at the same iteration, such as
            "trained_as_long"; empty for their complete networks.

    Returns:
        {iteration from 1 on: fraction of the test images}; negative where they are more
        accurate.
    """
    pruned = _accuracies(study, experiment)
    beside = _accuracies(study, f"{experiment}_{control}") if control else pruned.loc[0]
    lost = pruned.rsub(beside, axis="columns") if control else beside - pruned
    return {int(i): interval(lost.loc[i].dropna()) for i in pruned.index if i > 0}


def as_accurate(lost: Interval) -> bool:
    """Whether networks are shown to lose less than `WORSE`.

    The whole interval has to lie below it (non-inferiority, with the one-sided error of
    2.5 % that is usual). A single network has no interval, so its own number decides,
    and nothing is shown.
    """
    return bool((lost.mean if math.isnan(lost.high) else lost.high) < WORSE)


def last_as_accurate(
    study: Results,
    experiment: str,
    control: str = "",
    measured: Iterable[int] | None = None,
) -> int:
    """The last iteration before the first at which networks are not shown to be as accurate.

    Args:
        control: as for `accuracy_lost`.
        measured: only these iterations count; None for all.

    Returns:
        0 if the first iteration fails already.
    """
    last = 0
    for iteration, lost in accuracy_lost(study, experiment, control).items():
        if measured is not None and iteration not in measured:
            continue
        if not as_accurate(lost):
            break
        last = iteration
    return last


def similarity(
    study: Results, experiment: str, metric: str, iteration: int, minus: str = ""
) -> Interval:
    """Mean over the hidden layers at an iteration, and its interval over complete networks.

    Args:
        minus: a control, such as "trained_as_long" at the same iteration, or "independent":
            then it is the difference from it, which is taken within each complete
            network.

    Returns:
        Of no network at all where the iteration, or the control, was not measured.
    """
    then = at_iteration(iteration)
    quantity = mean(experiment, metric, HIDDEN, then)
    if minus == "independent":
        quantity -= mean(f"{experiment}_independent", metric)
    elif minus:
        quantity -= mean(f"{experiment}_{minus}", metric, HIDDEN, then)
    return estimate(quantity.numbers, study)


def margin(study: Results, network: str, metric: str) -> float:
    """Below which two similarities of a network count as alike, by this metric: see `SHARE`.

    Returns:
        NaN where independent networks were not compared.
    """
    independent = control(study, network, "independent", metric)[hidden(study, network)]
    return SHARE * (1 - float(independent.mean()))


def verdict(difference: Interval, margin: float) -> str:
    """Whether pruned networks are closer to their own complete network than others are.

    Args:
        difference: from a control, positive where the pruned networks are closer.
        margin: up to which both count as alike.

    Returns:
        `AS_CLOSE` if the whole interval lies within the margin, `CLOSER` or `FURTHER`
        if it excludes 0 otherwise, `OPEN` if it does neither, `UNKNOWN` without an
        interval.
    """
    if math.isnan(difference.low) or math.isnan(margin):
        return UNKNOWN
    if max(-difference.low, difference.high) < margin:
        return AS_CLOSE
    if difference.low > 0 or difference.high < 0:
        return CLOSER if difference.low > 0 else FURTHER
    return OPEN

"""The rules of the claims: which quantity must lie on which side of which threshold."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .claim_layers import CCA
from .claim_quantities import (
    accuracy_trend,
    gain,
    lowest,
    mean,
    of_layer,
    place_of_lowest,
    range_over_iterations,
)
from .claim_runs import ALWAYS, FIRST, LAST, OUT, Layers, Times, apart_from
from .claim_terms import Term, larger, least, smaller
from .claim_verdicts import Rule, Sample
from .names import PAPER_NETWORKS
from .results import Results

VISIBLE = 0.05
"""A difference in similarity that a reader of the figures would see."""

CLEAR = 0.5
"""A rank correlation that we call a trend."""

POINTS = "percentage points"
BOTH = "SVCCA and PWCCA"
NETS = "the three networks"


def rule(
    term: Term, *, above: float | None = None, below: float | None = None, unit: str = ""
) -> Rule:
    """A quantity of each run must lie on one side of a threshold, or between two."""

    def measure(results: Results) -> Sample:
        return Sample(tuple(term.measure(results)))

    return Rule(term.words, measure, above, below, unit)


def unpaired(term: Term, other: Term, *, above: float) -> Rule:
    """A difference of means must exceed a threshold; the runs of the two are not paired."""

    def measure(results: Results) -> Sample:
        return Sample(tuple(term.measure(results)), tuple(other.measure(results)))

    return Rule(f"{term.words}, minus {other.words}, not paired", measure, above)


def u_depth(experiment: str, metric: str) -> Term:
    """How far the bottom of the hidden layers lies below the nearer of their two ends."""
    ends = smaller(of_layer(experiment, metric, FIRST), of_layer(experiment, metric, LAST))
    return ends - lowest(experiment, metric)


def lead(experiment: str, metric: str, layers: Layers) -> Term:
    """How far the bottom of some layers lies below that of all other hidden ones."""
    others = lowest(experiment, metric, apart_from(layers))
    return others - lowest(experiment, metric, layers)


def two_bottoms(
    experiment: str, metric: str, one: Layers, other: Layers, ridges: tuple[Layers, ...]
) -> Term:
    """How far the bottoms of two groups of layers lie below the ridges around them."""
    ridge = smaller(*(lowest(experiment, metric, layers) for layers in ridges))
    bottoms = larger(lowest(experiment, metric, one), lowest(experiment, metric, other))
    return ridge - bottoms


def bowl(experiment: str, metric: str, before: Layers, inside: Layers, after: Layers) -> Term:
    """How far the lowest of some layers lies below those before and those after."""
    rim = smaller(mean(experiment, metric, before), mean(experiment, metric, after))
    return rim - lowest(experiment, metric, inside)


def recovery(experiment: str, metric: str) -> Term:
    """From the bottom to the last hidden layer."""
    return of_layer(experiment, metric, LAST) - lowest(experiment, metric)


def leap(experiment: str, metric: str) -> Term:
    """From the last hidden layer to the output."""
    return of_layer(experiment, metric, OUT) - of_layer(experiment, metric, LAST)


def surplus(experiment: str, metric: str, *than: str) -> Term:
    """Mean of a metric over the hidden layers, minus the largest such mean of others."""
    others = tuple(mean(experiment, name) for name in than)
    other = larger(*others) if len(others) > 1 else others[0]
    return mean(experiment, metric) - other


def fans_out(experiment: str, metric: str, here: Layers, packed: Layers) -> Rule:
    """The iterations lie further apart in some layers than in others."""
    wide, narrow = (range_over_iterations(experiment, metric, part) for part in (here, packed))
    return rule(wide - narrow, above=0)


def bottom_later(experiment: str, metric: str, than: str, low: float, high: float) -> Rule:
    """The lowest layer of one metric comes so many layers after that of another."""
    places = place_of_lowest(experiment, metric) - place_of_lowest(experiment, than)
    return rule(places, above=low, below=high, unit="layers")


def better(experiment: str, times: Times) -> Rule:
    """The pruned networks are more accurate than the complete one."""
    return rule(gain(experiment, times), above=0, unit=POINTS)


def better_when(experiment: str, times: Times, than: Times) -> Rule:
    """They are more accurate at some iterations than at others."""
    return rule(gain(experiment, times) - gain(experiment, than), above=0, unit=POINTS)


def as_accurate(experiment: str, tolerance: float) -> Rule:
    """No pruned network loses more than a few points."""
    return rule(gain(experiment, ALWAYS, "lowest"), above=-tolerance, unit=POINTS)


def accuracy_falls(experiment: str) -> Rule:
    """A clear downward trend of accuracy."""
    return rule(accuracy_trend(experiment), below=-CLEAR)


def both_cca(quantity: Callable[..., Term], experiment: str, *more: Any, over=least) -> Term:
    """A quantity of SVCCA and of PWCCA: the smallest or the largest of the two."""
    return over(BOTH, *(quantity(experiment, metric, *more) for metric in CCA))


def every_net(quantity: Callable[..., Term], *more: Any, over=least) -> Term:
    """A quantity of each network: the smallest or the largest of the three."""
    return over(NETS, *(quantity(network, *more) for network in PAPER_NETWORKS))

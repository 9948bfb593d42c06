"""What we add to the claims of the paper: findings on controls and reshapes, and checks.

A check is a claim that has to hold if the measurements mean anything; it is never counted among
the findings.
"""

from __future__ import annotations

import pandas as pd

from ..report.contrast import FACTORS, PAIRS, contrast
from ..report.names import METRICS, NETWORKS, PAPER_NETWORKS
from ..report.results import Results
from .engine import POINTS, Missing, Quantity, Rule, declare
from .paper import EARLY, PEAK
from .vocabulary import (
    FIRST,
    FOUR,
    HIDDEN,
    RESNET,
    SVHN,
    VGG16,
    above_null,
    alike,
    each_net,
    fall,
    gain_beyond_training,
    mean,
    require_experiment,
)


def half_left(experiment: str, factor: str) -> Quantity:
    """The contrast without a factor, minus half of the contrast: positive if more than half stays.

    Args:
        experiment: one of the paper's.
        factor: a key of `FACTORS`.
    """
    low, high = PAIRS[0]

    def measure(results: Results) -> pd.Series:
        require_experiment(results, experiment)
        full = contrast(results, experiment, low, high)
        left = contrast(results, experiment, low, high, [factor])
        if left.empty:
            raise Missing(f"{FACTORS[factor]} of {experiment} was not measured")
        return left - full / 2

    words = (
        f"distance from 1 of {METRICS[low]} minus that of {METRICS[high]}, mean over the hidden "
        f"layers, {FACTORS[factor]} taken out, minus half of the same with it left in"
    )
    return Quantity(words, measure)


def _page(chapter: str, network: str) -> str:
    return f"{chapter}#fig-{chapter}-{network.replace('_', '-')}"


def _beside(network: str, metric: str, control: str, words: str) -> Rule:
    """A pruned network is more similar to its complete one than something else is."""
    pruned = mean(network, metric).of("in pruned networks")
    return Rule(pruned - mean(f"{network}_{control}", metric).of(words), above=0)


def _seeds(network: str) -> dict[str, tuple]:
    return {
        f"{network}-independent-{metric}": (
            f"By {METRICS[metric]}, a pruned {NETWORKS[network]} is closer to its complete one "
            "than networks of other seeds are to each other.",
            _beside(network, metric, "independent", "between seeds"),
        )
        for metric in FOUR
    }


def _training(network: str) -> dict[str, tuple]:
    on = f"{network}_trained_on"
    return {
        f"{network}-trained-on-{metric}": (
            f"{METRICS[metric]} of {NETWORKS[network]} falls further under pruning than under "
            "training alone.",
            Rule(
                fall(network, metric, HIDDEN).of("in pruned networks")
                - fall(on, metric, HIDDEN).of("in networks only trained on"),
                above=0,
            ),
        )
        for metric in FOUR
    }


_RANDOM = {
    f"{SVHN}-random-masks-{metric}": (
        f"By {METRICS[metric]}, random masks of equal densities change VGG_SVHN more than pruning.",
        _beside(SVHN, metric, "random_masks", "in networks with random masks"),
    )
    for metric in FOUR
}
"""The other networks have one run with random masks, and so no interval."""

CONTROLS = tuple(
    claim
    for network in PAPER_NETWORKS
    for claim in declare(
        "Controls",
        "",
        _page("controls", network),
        _seeds(network) | _training(network) | (_RANDOM if network == SVHN else {}),
    )
)

ACCURACY = declare(
    "Accuracy",
    "",
    "accuracy",
    {
        f"{network}-accuracy-{key}-beyond-training": (
            f"With {words} of its weights, {NETWORKS[network]} gains more than by training alone.",
            Rule(gain_beyond_training(network, times), above=0, unit=POINTS),
        )
        for network in (VGG16, RESNET)
        for key, words, times in (("early", "most", EARLY), ("peak", "few", PEAK))
    },
)
"""Companions of the claims of the paper that pruned networks are more accurate at first."""


def _parts(network: str) -> dict[str, tuple]:
    contrast = f"the contrast between SVCCA and CKA of {NETWORKS[network]}"
    return {
        f"{network}-contrast-reshape": (
            f"More than half of {contrast} disappears when both see the same matrix.",
            Rule(half_left(network, "reshape"), below=0),
        ),
        f"{network}-contrast-floor": (
            f"More than half of {contrast} remains when what chance gives counts as 0.",
            Rule(half_left(network, "floor"), above=0),
        ),
        f"{network}-contrast-training": (
            f"More than half of {contrast} remains without what training alone does.",
            Rule(half_left(network, "training"), above=0),
        ),
    }


CONTRAST = tuple(
    claim
    for network in PAPER_NETWORKS
    for claim in declare("Contrast", "", "contrast", _parts(network))
)

NULLS = declare(
    "Nulls",
    "",
    "vgg16_bn",
    {
        f"{key}-above-null-{metric}": (
            f"{METRICS[metric]} of {words} exceeds what mismatched images give, in each network.",
            *each_net(above_null, metric, layers, above=0),
        )
        for key, words, layers in (
            ("first", "the first layer", FIRST),
            ("all", "every hidden layer", HIDDEN),
        )
        for metric in FOUR
    },
)

UNTRAINED = tuple(
    claim
    for network in PAPER_NETWORKS
    for claim in declare(
        "Untrained networks",
        "",
        _page("controls", network),
        {
            f"{network}-untrained-{metric}": (
                f"By {METRICS[metric]}, a pruned {NETWORKS[network]} is closer to its complete one "
                "than an untrained one is.",
                _beside(network, metric, "untrained", "in untrained networks"),
            )
            for metric in FOUR
        },
    )
)


def _reshapes(network: str) -> dict[str, tuple]:
    return {
        f"{network}-channels-{metric}": (
            f"With channels as columns, {METRICS[metric]} of {NETWORKS[network]} orders the layers "
            "more like SVCCA does.",
            Rule(
                alike(network, "svcca", metric, "channels") - alike(network, "svcca", metric),
                above=0,
            ),
        )
        for metric in ("cka", "nbs")
    }


RESHAPES = tuple(
    claim
    for network in PAPER_NETWORKS
    for claim in declare("Reshapes", "", _page("reshapes", network), _reshapes(network))
)

OURS = (*CONTROLS, *ACCURACY, *CONTRAST, *RESHAPES)
"""What could turn out either way."""

CHECKS = (*NULLS, *UNTRAINED)
"""What has to hold: a metric that failed here would measure nothing."""

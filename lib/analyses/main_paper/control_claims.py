"""What we add to the claims of the paper: findings on controls and reshapes, and checks.

A check is a claim that has to hold if the measurements mean anything; it is never
counted among the findings.
"""

from collections.abc import Callable

import pandas as pd

from ...book.claims import vocabulary as q
from ...book.claims.engine import POINTS, Claim, Rule, declare
from ...book.claims.gains import gain_beyond_training
from ...book.claims.quantity import FIRST_LAYER, HIDDEN, Missing, as_quantity, require_experiment
from ...book.claims.vocabulary import PAPER_METRICS, RESNET, SVHN, VGG16
from ...book.report.names import METRICS, NETWORK_TITLES, PAPER_NETWORKS
from ...book.report.results import Results
from ..contrast.contrast import FACTORS, contrast
from .accuracy_claims import EARLY, PEAK


@as_quantity(
    f"distance from 1 of {METRICS['svcca']} minus that of {METRICS['cka']}, mean over the hidden "
    "layers, {factor} taken out, minus half of the same with it left in",
    factor=FACTORS,
)
def half_left(results: Results, experiment: str, factor: str) -> pd.Series:
    """The contrast without a factor, minus half of the contrast: positive if more than half stays.

    Args:
        experiment: one of the paper's.
        factor: a key of `FACTORS`.
    """
    require_experiment(results, experiment)
    full = contrast(results, experiment)
    left = contrast(results, experiment, [factor])
    if left.empty:
        raise Missing(f"{FACTORS[factor]} of {experiment} was not measured")
    return left - full / 2


def _of_each(section: str, figures: str, claims: Callable[[str], dict]) -> tuple[Claim, ...]:
    """Claims on each network of the paper, shown by its own figure of a page.

    Args:
        figures: the page, and how the names of these figures begin.
    """
    return tuple(
        claim
        for network in PAPER_NETWORKS
        for claim in declare(section, f"{figures}-{network.replace('_', '-')}", claims(network))
    )


def _beside(network: str, control: str, text: str, where: str) -> dict[str, tuple]:
    """By each metric, pruned networks are more similar to their complete one than a control is."""
    return {
        f"{network}-{control.replace('_', '-')}-{metric}": (
            f"By {METRICS[metric]}, {text}",
            Rule(
                q.mean(network, metric).of("in pruned networks")
                - q.mean(f"{network}_{control}", metric).of(where),
                above=0,
            ),
        )
        for metric in PAPER_METRICS
    }


def _controls(network: str) -> dict[str, tuple]:
    name, on = NETWORK_TITLES[network], f"{network}_trained_as_long"
    text = (
        f"a pruned {name} is closer to its complete one than networks of other seeds are to each "
        "other."
    )
    claims = _beside(network, "independent", text, "between seeds") | {
        f"{network}-trained-as-long-{metric}": (
            f"{METRICS[metric]} of {name} falls further under pruning than under training alone.",
            Rule(
                q.fall(network, metric, HIDDEN).of("in pruned networks")
                - q.fall(on, metric, HIDDEN).of("in networks trained as long without pruning"),
                above=0,
            ),
        )
        for metric in PAPER_METRICS
    }
    if network == SVHN:  # the others have one run with random masks, and so no interval
        text = "random masks of equal densities change VGG_SVHN more than pruning."
        claims |= _beside(network, "random_masks", text, "in networks with random masks")
    return claims


_CONTROLS = _of_each("Controls", "controls#fig-controls", _controls)

_ACCURACY = declare(
    "Accuracy",
    "accuracy",
    {
        f"{network}-accuracy-{key}-beyond-training": (
            f"With {words} of its weights, {NETWORK_TITLES[network]} gains more than by training "
            "alone.",
            Rule(gain_beyond_training(network, times), above=0, unit=POINTS),
        )
        for network in (VGG16, RESNET)
        for key, words, times in (("early", "most", EARLY), ("peak", "few", PEAK))
    },
)
"""Companions of the claims of the paper that pruned networks are more accurate at first."""


def _parts(network: str) -> dict[str, tuple]:
    half = f"More than half of the contrast between SVCCA and CKA of {NETWORK_TITLES[network]}"
    return {
        f"{network}-contrast-{factor}": (
            f"{half} {words}.",
            Rule(half_left(network, factor), **side),
        )
        for factor, words, side in (
            ("reshape", "disappears when both see the same matrix", {"below": 0}),
            ("null", "remains when what chance gives counts as 0", {"above": 0}),
        )
    }


_CONTRAST = declare("Contrast", "contrast", *map(_parts, PAPER_NETWORKS))

_NULLS = declare(
    "Nulls",
    "vgg16_bn",
    {
        f"{key}-above-null-{metric}": (
            f"{METRICS[metric]} of {words} exceeds what mismatched images give, in each network.",
            *q.each_net(q.above_null, metric, layers, above=0),
        )
        for key, words, layers in (
            ("first", "the first layer", FIRST_LAYER),
            ("all", "every hidden layer", HIDDEN),
        )
        for metric in PAPER_METRICS
    },
)

_UNTRAINED = _of_each(
    "Untrained networks",
    "controls#fig-controls",
    lambda network: _beside(
        network,
        "untrained",
        f"a pruned {NETWORK_TITLES[network]} is closer to its complete one than an untrained one "
        "is.",
        "in untrained networks",
    ),
)

_RESHAPES = _of_each(
    "Matrix",
    "contrast#fig-reshapes",
    lambda network: {
        f"{network}-channels-{metric}": (
            f"With channels as columns, {METRICS[metric]} of {NETWORK_TITLES[network]} orders the "
            "layers more like SVCCA does.",
            Rule(
                q.alike(network, "svcca", metric, "channels") - q.alike(network, "svcca", metric),
                above=0,
            ),
        )
        for metric in ("cka", "nbs")
    },
)

OUR_CONTROLS = (*_CONTROLS, *_ACCURACY, *_CONTRAST, *_RESHAPES)
"""What could turn out either way."""

CONTROL_CHECKS = (*_NULLS, *_UNTRAINED)
"""What has to hold: a metric that failed here would measure nothing."""

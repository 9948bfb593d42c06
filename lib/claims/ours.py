"""What we add to the claims of the paper: controls, nulls, and another reshape."""

from __future__ import annotations

import pandas as pd

from ..report.contrast import FACTORS, PAIRS, contrast
from ..report.names import METRICS, NETWORKS, PAPER_NETWORKS
from ..report.results import Results
from .engine import Missing, Quantity, Rule, declare
from .vocabulary import FIRST, FOUR, HIDDEN, SVHN, above_null, alike, every_net, known, mean


def half_left(experiment: str, factor: str) -> Quantity:
    """The contrast without a factor, minus half of the whole: positive if more than half stays.

    Args:
        experiment: one of the paper's.
        factor: a key of `FACTORS`.
    """
    low, high = PAIRS[0]

    def measure(results: Results) -> pd.Series:
        known(results, experiment)
        whole = contrast(results, experiment, low, high)
        left = contrast(results, experiment, low, high, [factor])
        if left.empty:
            raise Missing(f"{FACTORS[factor]} of {experiment} was not measured")
        return left - whole / 2

    words = (
        f"distance from 1 of {METRICS[low]} minus that of {METRICS[high]}, mean over the hidden "
        f"layers, {FACTORS[factor]} taken out, minus half of the same with it"
    )
    return Quantity(words, measure)


def _page(chapter: str, network: str) -> str:
    return f"{chapter}#fig-{chapter}-{network.replace('_', '-')}"


def _apart(network: str, metric: str, pruned_is: str) -> dict[str, tuple[str, Rule]]:
    """A pruned network beside networks that share nothing with it but the images."""
    controls = {
        "independent": ("networks of other seeds are to each other", "between seeds"),
        "untrained": ("an untrained one is", "in untrained networks"),
    }
    return {
        f"{suffix}-{metric}": (
            f"By {METRICS[metric]}, a pruned {pruned_is} is closer to its complete one than "
            f"{than}.",
            Rule(
                mean(network, metric).of("in pruned networks"),
                above=0,
                minus=mean(f"{network}_{suffix}", metric).of(where),
            ),
        )
        for suffix, (than, where) in controls.items()
    }


def _same_start(metric: str) -> dict[str, tuple[str, Rule]]:
    """Pruned networks beside others that began where they did; here the runs are pairs."""
    pruned = mean(SVHN, metric).of("in pruned networks")
    trained_on = mean(f"{SVHN}_trained_on", metric).of("in networks only trained on")
    random = mean(f"{SVHN}_random_masks", metric).of("in networks with random masks")
    name = METRICS[metric]
    return {
        f"trained-on-{metric}": (
            f"By {name}, training on without pruning changes a network less than pruning does.",
            Rule(trained_on - pruned, above=0),
        ),
        f"random-masks-{metric}": (
            f"By {name}, random masks of the same densities change a network more.",
            Rule(pruned - random, above=0),
        ),
    }


CONTROLS = tuple(
    claim
    for metric in FOUR
    for claim in declare(
        "Controls",
        "",
        _page("controls", SVHN),
        _apart(SVHN, metric, "network") | _same_start(metric),
    )
)

ELSEWHERE = tuple(
    claim
    for network in PAPER_NETWORKS
    if network != SVHN
    for metric in ("svcca", "cka")
    for claim in declare(
        "Controls",
        "",
        _page("controls", network),
        {
            f"{network}-{key}": claim
            for key, claim in _apart(network, metric, NETWORKS[network]).items()
        },
    )
)
"""What the other networks have enough runs for in a small study."""


def _parts(network: str) -> dict[str, tuple[str, Rule]]:
    contrast = f"the contrast between SVCCA and CKA of {NETWORKS[network]}"
    return {
        f"{network}-contrast-reshape": (
            f"More than half of {contrast} goes when both see the same matrix.",
            Rule(half_left(network, "reshape"), below=0),
        ),
        f"{network}-contrast-floor": (
            f"More than half of {contrast} stays when chance counts as nothing.",
            Rule(half_left(network, "floor"), above=0),
        ),
        f"{network}-contrast-training": (
            f"More than half of {contrast} stays without what training alone does.",
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
            f"{METRICS[metric]} of {words} exceeds what mismatched images give.",
            Rule(every_net(above_null, metric, layers), above=0),
        )
        for key, words, layers in (
            ("first", "the first layer", FIRST),
            ("all", "every hidden layer", HIDDEN),
        )
        for metric in FOUR
    },
)


def _reshapes(network: str) -> dict[str, tuple[str, Rule]]:
    return {
        f"{network}-channels-{metric}": (
            f"With channels as columns, {METRICS[metric]} of {NETWORKS[network]} orders the layers "
            "more as SVCCA does.",
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

OURS = (*CONTROLS, *ELSEWHERE, *CONTRAST, *NULLS, *RESHAPES)

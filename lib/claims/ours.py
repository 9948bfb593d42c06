"""What we add to the claims of the paper: controls, nulls, and another reshape."""

from __future__ import annotations

import pandas as pd

from ..report.contrast import FACTORS, PAIRS, contrast
from ..report.names import METRICS, NETWORKS, PAPER_NETWORKS
from ..report.results import Results
from .engine import Missing, Rule, declare
from .vocabulary import (
    FIRST,
    FOUR,
    HIDDEN,
    SVHN,
    Term,
    above_null,
    alike,
    every_net,
    mean,
    rule,
    unpaired,
)


def half_left(experiment: str, factor: str) -> Term:
    """The contrast without a factor, minus half of the whole: positive if more than half stays.

    Args:
        experiment: one of the paper's.
        factor: a key of `FACTORS`.
    """
    low, high = PAIRS[0]

    def measure(results: Results) -> pd.Series:
        if experiment not in results.provenance["experiments"]:
            raise Missing(f"no experiment {experiment}")
        whole = contrast(results, experiment, low, high)
        left = contrast(results, experiment, low, high, [factor])
        if left.empty:
            raise Missing(f"{FACTORS[factor]} of {experiment} was not measured")
        return left - whole / 2

    words = (
        f"the distance from 1 of {METRICS[low]} minus that of {METRICS[high]}, mean over the "
        f"hidden layers, {FACTORS[factor]} taken out, minus half of the same with it"
    )
    return Term(words, measure)


PRUNED = "in pruned networks"


def _controls(metric: str) -> dict[str, tuple[str, Rule]]:
    name, pruned = METRICS[metric], mean(SVHN, metric).of(PRUNED)

    def control(suffix: str, words: str):
        return mean(f"{SVHN}_{suffix}", metric).of(words)

    return {
        f"independent-{metric}": (
            f"By {name}, a pruned network is closer to its complete one than networks of other "
            "seeds are to each other.",
            unpaired(pruned, control("independent", "between seeds"), above=0),
        ),
        f"untrained-{metric}": (
            f"By {name}, a pruned network is closer to its complete one than an untrained one is.",
            unpaired(pruned, control("untrained", "in untrained networks"), above=0),
        ),
        f"trained-on-{metric}": (
            f"By {name}, training on without pruning changes a network less than pruning does.",
            rule(control("trained_on", "in networks only trained on") - pruned, above=0),
        ),
        f"random-masks-{metric}": (
            f"By {name}, random masks of the same densities change a network more.",
            rule(pruned - control("random_masks", "in networks with random masks"), above=0),
        ),
    }


def _page(chapter: str, network: str) -> str:
    return f"{chapter}#fig-{chapter}-{network.replace('_', '-')}"


CONTROLS = declare(
    "",
    "",
    _page("controls", SVHN),
    {key: claim for metric in FOUR for key, claim in _controls(metric).items()},
)


def _elsewhere(network: str, metric: str) -> dict[str, tuple[str, Rule]]:
    """What the other networks have enough runs for in a small study."""
    words = {
        "independent": ("than networks of other seeds are to each other", "between seeds"),
        "untrained": ("than an untrained one is", "in untrained networks"),
    }
    pruned = mean(network, metric).of(PRUNED)
    return {
        f"{network}-{suffix}-{metric}": (
            f"By {METRICS[metric]}, a pruned {NETWORKS[network]} is closer to its complete one "
            f"{than}.",
            unpaired(pruned, mean(f"{network}_{suffix}", metric).of(where), above=0),
        )
        for suffix, (than, where) in words.items()
    }


ELSEWHERE = tuple(
    claim
    for network in PAPER_NETWORKS
    if network != SVHN
    for metric in ("svcca", "cka")
    for claim in declare("", "", _page("controls", network), _elsewhere(network, metric))
)


def _parts(network: str) -> dict[str, tuple[str, Rule]]:
    contrast = f"the contrast between SVCCA and CKA of {NETWORKS[network]}"
    return {
        f"{network}-contrast-reshape": (
            f"More than half of {contrast} goes when both see the same matrix.",
            rule(half_left(network, "reshape"), below=0),
        ),
        f"{network}-contrast-floor": (
            f"More than half of {contrast} stays when chance counts as nothing.",
            rule(half_left(network, "floor"), above=0),
        ),
        f"{network}-contrast-training": (
            f"More than half of {contrast} stays without what training alone does.",
            rule(half_left(network, "training"), above=0),
        ),
    }


CONTRAST = declare(
    "",
    "",
    "contrast",
    {key: claim for network in PAPER_NETWORKS for key, claim in _parts(network).items()},
)

NULLS = declare(
    "",
    "",
    "vgg16_bn",
    {
        **{
            f"first-above-null-{metric}": (
                f"{METRICS[metric]} of the first layer exceeds what mismatched images give.",
                rule(every_net(above_null, metric, FIRST), above=0),
            )
            for metric in FOUR
        },
        **{
            f"all-above-null-{metric}": (
                f"{METRICS[metric]} of every hidden layer exceeds what mismatched images give.",
                rule(every_net(above_null, metric, HIDDEN), above=0),
            )
            for metric in FOUR
        },
    },
)


def _reshapes(network: str) -> dict[str, tuple[str, Rule]]:
    return {
        f"{network}-channels-{metric}": (
            f"With channels as columns, {METRICS[metric]} of {NETWORKS[network]} orders the layers "
            "more as SVCCA does.",
            rule(
                alike(network, "svcca", metric, "channels") - alike(network, "svcca", metric),
                above=0,
            ),
        )
        for metric in ("cka", "nbs")
    }


RESHAPES = tuple(
    claim
    for network in PAPER_NETWORKS
    for claim in declare("", "", _page("reshapes", network), _reshapes(network))
)

OURS = (*CONTROLS, *ELSEWHERE, *CONTRAST, *NULLS, *RESHAPES)

"""The claims of the WACV 2020 paper as rules.

Blakeney, Yan and Zong, "Is Pruning Compression?: Investigating Pruning Via Network Layer
Similarity". Only its abstract is open to us.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from ...claims.engine import Claim, Rule, declare
from ...claims.vocabulary import POINTS, Term, Times, gain, mean, rule, unpaired
from ...report.style import VISIBLE

PAGE = "wacv2020"

NETWORKS = {"conv4": "Conv-4", "vgg_svhn": "VGG_SVHN", "resnet32": "ResNet-32"}
"""A ConvNet, a VGG and a ResNet, as the abstract has them."""

AGAIN, RANDOM = "masks_again", "random_at_init"
WAYS = {
    "": "pruned by magnitude",
    AGAIN: "the same masks, new random values",
    RANDOM: "random masks before training",
    "independent": "another complete network",
}
"""suffix of the experiment -> how such a network came about."""

REASONABLE = 5.0
"""Points of accuracy that a network trained sparse may lose to a pruned one and still do
reasonably well."""

SIMILAR = 1.0
"""Points of accuracy that we call similar, as in the main paper's claims."""


def _pick_half(remaining: pd.Series) -> list[int]:
    off = (np.log(remaining) - np.log(remaining.iloc[-1]) / 2).abs()
    return [int(off.idxmin())]


HALF = Times(" after half of the iterations", _pick_half)
"""Where as many weights are left as after half of the iterations of pruning."""


def _halfway(term: Term) -> Term:
    return Term(f"halfway from 1 to {term.words}", lambda results: (1 + term.measure(results)) / 2)


def _of_network(network: str, name: str) -> dict[str, tuple[str, Rule]]:
    again, random = f"{network}_{AGAIN}", f"{network}_{RANDOM}"
    pruned = mean(network, "svcca", times=HALF)
    others = mean(f"{network}_independent", "svcca").of("of independently trained networks")
    accuracy = {e: gain(e, HALF) for e in (network, again, random)}
    return {
        f"{PAGE}-evolves-{network}": (
            f"Pruned {name} is at least halfway to an independently trained network.",
            unpaired(_halfway(others), pruned.of("of pruned networks"), above=0),
        ),
        f"{PAGE}-accuracy-{network}": (
            f"Pruned {name} is as accurate as the complete one.",
            rule(accuracy[network], above=-SIMILAR, unit=POINTS),
        ),
        f"{PAGE}-sparse-{network}": (
            f"{name} that starts sparse at random is nearly as accurate as pruned.",
            rule(
                accuracy[random].of("of random sparse networks")
                - accuracy[network].of("of pruned networks"),
                above=-REASONABLE,
                unit=POINTS,
            ),
        ),
        f"{PAGE}-structure-{network}": (
            f"The structure that pruning found in {name} is no better than a random one.",
            rule(
                accuracy[again].of("of pruned structures with new values")
                - accuracy[random].of("of random structures"),
                below=SIMILAR,
                unit=POINTS,
            ),
        ),
        f"{PAGE}-representation-{network}": (
            f"Nor does it lead {name} back to the representations of the complete network.",
            rule(
                mean(again, "svcca", times=HALF).of("of pruned structures with new values")
                - mean(random, "svcca", times=HALF).of("of random structures"),
                below=VISIBLE,
            ),
        ),
    }


CLAIMS: tuple[Claim, ...] = declare(
    "WACV 2020, abstract",
    "",
    PAGE,
    {
        key: claim
        for network, name in NETWORKS.items()
        for key, claim in _of_network(network, name).items()
    },
)

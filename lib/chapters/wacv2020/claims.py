"""The claims of the WACV 2020 paper as rules.

Blakeney, Yan and Zong, "Is Pruning Compression?: Investigating Pruning Via Network Layer
Similarity". Only its abstract is open to us.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from ...claims.engine import Claim, Quantity, Rule, declare
from ...claims.vocabulary import HIDDEN, POINTS, Times, gain, mean
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


def _halfway(quantity: Quantity) -> Quantity:
    words = f"halfway from 1 to {quantity.words}"
    return Quantity(words, lambda results: (1 + quantity.measure(results)) / 2)


def _of_network(network: str, name: str) -> dict[str, tuple[str, Rule]]:
    again, random = f"{network}_{AGAIN}", f"{network}_{RANDOM}"
    pruned = mean(network, "svcca", HIDDEN, HALF).of("of pruned networks")
    others = mean(f"{network}_independent", "svcca").of("of independently trained networks")
    of_again, of_random = "of pruned structures with new values", "of random structures"
    return {
        f"{PAGE}-evolves-{network}": (
            f"Pruned {name} is at least halfway to an independently trained network.",
            Rule(_halfway(others), above=0, minus=pruned),
        ),
        f"{PAGE}-accuracy-{network}": (
            f"Pruned {name} is as accurate as the complete one.",
            Rule(gain(network, HALF), above=-SIMILAR, unit=POINTS),
        ),
        f"{PAGE}-sparse-{network}": (
            f"{name} that starts sparse at random is nearly as accurate as pruned.",
            Rule(
                gain(random, HALF).of("of random sparse networks")
                - gain(network, HALF).of("of pruned networks"),
                above=-REASONABLE,
                unit=POINTS,
            ),
        ),
        f"{PAGE}-structure-{network}": (
            f"The structure that pruning found in {name} is no better than a random one.",
            Rule(
                gain(again, HALF).of(of_again) - gain(random, HALF).of(of_random),
                below=SIMILAR,
                unit=POINTS,
            ),
        ),
        f"{PAGE}-representation-{network}": (
            f"Nor does it lead {name} back to the representations of the complete network.",
            Rule(
                mean(again, "svcca", HIDDEN, HALF).of(of_again)
                - mean(random, "svcca", HIDDEN, HALF).of(of_random),
                below=VISIBLE,
            ),
        ),
    }


CLAIMS: tuple[Claim, ...] = tuple(
    claim
    for network, name in NETWORKS.items()
    for claim in declare("WACV 2020, abstract", "", PAGE, _of_network(network, name))
)

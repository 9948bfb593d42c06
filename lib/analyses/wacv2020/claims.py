"""The claims of the WACV 2020 paper as rules.

Blakeney, Yan and Zong, "Is Pruning Compression?: Investigating Pruning Via Network Layer
Similarity". The rules are made from its abstract.
"""

from itertools import starmap

import numpy as np
import pandas as pd

from ...book.claims.engine import POINTS, Claim, Rule, declare
from ...book.claims.gains import gain
from ...book.claims.quantity import END, HIDDEN, Iterations, Quantity
from ...book.claims.vocabulary import mean
from ...book.report.style import VISIBLE

PAGE = "wacv2020"

SHOWN_TITLES = {"conv4": "Conv-4", "vgg_svhn": "VGG_SVHN", "resnet32": "ResNet-32"}
"""A ConvNet, a VGG and a ResNet, as in the abstract."""

REASONABLE = 5.0
"""Points of accuracy that a network trained sparse may lose to a pruned one and still do
reasonably well."""

SIMILAR = 1.0
"""Points of accuracy that we call similar, as in the main paper's claims."""


def _pick_half(remaining: pd.Series) -> list[int]:
    off = (np.log(remaining) - np.log(remaining.iloc[-1]) / 2).abs()
    return [int(off.index[np.isclose(off, off.min())][-1])]


HALF = Iterations(" at the level of half of the iterations", _pick_half)
"""With as many weights left as after half of the iterations of pruning. A network that
is trained repeatedly on one mask is measured after its last training."""


def _halfway(quantity: Quantity) -> Quantity:
    words = f"halfway from 1 to {quantity.words}"
    return Quantity(words, lambda results: (1 + quantity.measure(results)) / 2)


def _of_network(network: str, name: str) -> dict[str, tuple]:
    uniform = f"{network}_random_uniform_long"
    pruned = mean(network, "svcca", HIDDEN, HALF).of("of pruned networks")
    independent = mean(f"{network}_independent", "svcca").of("of independently trained networks")
    rules = {
        f"{PAGE}-evolves-{network}": (
            f"Pruned {name} is at least halfway to an independently trained network.",
            Rule(_halfway(independent) - pruned, above=0),
        ),
        f"{PAGE}-accuracy-{network}": (
            f"Pruned {name} is as accurate as the complete one.",
            Rule(gain(network, HALF), above=-SIMILAR, unit=POINTS),
        ),
        f"{PAGE}-sparse-{network}": (
            f"{name} that starts out sparse at random is nearly as accurate as when it is pruned.",
            Rule(
                gain(uniform, HALF).of("of random networks, trained as long")
                - gain(network, HALF).of("of pruned networks"),
                above=-REASONABLE,
                unit=POINTS,
            ),
        ),
    }
    return rules | _of_structure(network, name)


def _of_structure(network: str, name: str) -> dict[str, tuple]:
    again, layerwise = f"{network}_masks_again", f"{network}_random_layerwise"
    of_again = "of pruned structures with new values"
    of_random = "of random structures with new values, as dense in each layer"
    return {
        f"{PAGE}-structure-{network}": (
            f"The structure that pruning found in {name} is no better than a random one.",
            Rule(
                gain(again, HALF).of(of_again) - gain(layerwise, HALF).of(of_random),
                below=SIMILAR,
                unit=POINTS,
            ),
        ),
        f"{PAGE}-representation-{network}": (
            f"The structure of pruning does not lead {name} back to its complete network's layers.",
            Rule(
                mean(again, "svcca", HIDDEN, HALF).of(of_again)
                - mean(layerwise, "svcca", HIDDEN, HALF).of(of_random),
                below=VISIBLE,
            ),
        ),
    }


def _beside_training(network: str, name: str) -> dict[str, tuple]:
    alone, of_alone = (
        f"{network}_half_trained_as_long",
        "of networks trained as long without pruning",
    )
    return {
        f"{PAGE}-training-{network}": (
            f"Pruning takes {name} further from its complete network than training alone does.",
            Rule(
                mean(alone, "svcca", HIDDEN).of(of_alone)
                - mean(network, "svcca", HIDDEN, HALF).of("of pruned networks"),
                above=0,
            ),
        ),
        f"{PAGE}-beside-{network}": (
            f"Pruned {name} is as accurate as the complete one after as much training.",
            Rule(
                gain(network, HALF).of("of pruned networks") - gain(alone, END).of(of_alone),
                above=-SIMILAR,
                unit=POINTS,
            ),
        ),
    }


CLAIMS: tuple[Claim, ...] = declare(
    "WACV 2020, abstract", PAGE, *starmap(_of_network, SHOWN_TITLES.items())
) + declare("WACV 2020, ours", PAGE, *starmap(_beside_training, SHOWN_TITLES.items()))

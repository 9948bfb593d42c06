"""The rules of this study, the same ones for all of its networks.

Each was committed before the first of the networks that it is about was trained, but
for those that say otherwise.
"""

from ...book.claims.engine import POINTS, Rule, declare
from ...book.claims.gains import gain, gain_beyond_training
from ...book.claims.quantity import END, at_iteration
from ...book.claims.vocabulary import mean, u_depth
from ...book.report.names import METRICS, PAPER_NETWORKS
from ...book.report.style import VISIBLE
from ..headline.claims import CONVERGED as ENOUGH
from .studied_networks import (
    CONVERGED_NETWORKS,
    LATE_RESETTING,
    RANDOM_MASKS,
    SLIM_NETWORKS,
    UNDERTRAINED_NETWORKS,
)

PAGE = "converged"

IN_CLAIMS = {
    **{
        name: f"{PAPER_NETWORKS[base]} trained to the end"
        for base, name in CONVERGED_NETWORKS.items()
    },
    **{
        name: f"slim {PAPER_NETWORKS[base]} trained to the end"
        for base, name in SLIM_NETWORKS.items()
    },
    **{
        name: f"slim, undertrained {PAPER_NETWORKS[base]}"
        for base, name in UNDERTRAINED_NETWORKS.items()
    },
}
"""Experiment -> what it is called in a claim."""


def _of_training(network: str) -> dict[str, tuple]:
    again = gain(f"{network}_trained_as_long", at_iteration(1)).of("by training alone")
    return {
        f"{network}-trained-enough": (
            f"One more whole training raises the accuracy of {IN_CLAIMS[network]} by less than "
            f"{ENOUGH} points.",
            Rule(again, below=ENOUGH, unit=POINTS),
        ),
        f"{network}-costs": (
            f"Pruned to the end, {IN_CLAIMS[network]} is less accurate than trained as long.",
            Rule(gain_beyond_training(network, END), below=0, unit=POINTS),
        ),
    }


def _of_metric(network: str, metric: str) -> dict[str, tuple]:
    added = mean(network, metric) - mean(f"{network}_trained_as_long", metric)
    return {
        f"{network}-adds-{metric}": (
            f"By {METRICS[metric]}, pruning takes {IN_CLAIMS[network]} further from the complete "
            "network than training as long does.",
            Rule(added, below=0),
        ),
        f"{network}-u-{metric}": (
            f'{METRICS[metric]} of {IN_CLAIMS[network]} forms a "U" over the layers.',
            Rule(u_depth(network, metric), above=VISIBLE),
        ),
    }


def _of_shape(network: str) -> dict[str, tuple]:
    """Rules of afterwards: the figure had been seen."""
    title = IN_CLAIMS[network]
    never_pruned = {
        "trained_as_long": f'SVCCA of {title} and trained as long, but never pruned, forms a "U".',
        "independent": f'SVCCA of two complete networks, {title}, forms a "U".',
    }
    return {
        f"{network}-u-{control}": (
            words,
            Rule(u_depth(f"{network}_{control}", "svcca"), above=VISIBLE),
        )
        for control, words in never_pruned.items()
    }


def _of_masks(network: str, masked: str) -> dict[str, tuple]:
    title = IN_CLAIMS[network]
    spared = gain(network, END).of("after pruning") - gain(masked, END).of("with random masks")
    claims: dict[str, tuple] = {
        f"{masked}-costs": (
            f"Random masks cost {title} more accuracy than pruning.",
            Rule(spared, above=0, unit=POINTS),
        )
    }
    for metric in ("svcca", "cka"):
        pruned = mean(network, metric).of("after pruning")
        claims[f"{masked}-{metric}"] = (
            f"By {METRICS[metric]}, random masks of equal densities take {title} further from the "
            "complete network than pruning does.",
            Rule(pruned - mean(masked, metric).of("with random masks"), above=0),
        )
    return claims


def _of_rewinding(network: str, reset: str) -> dict[str, tuple]:
    return {
        f"{network}-rewinding-{metric}": (
            f"{METRICS[metric]} of {IN_CLAIMS[network]} hardly depends on whether its weights or "
            "only the rate is rewound.",
            Rule(
                mean(network, metric).of("with the rate rewound")
                - mean(reset, metric).of("with the weights rewound"),
                above=-VISIBLE,
                below=VISIBLE,
            ),
        )
        for metric in ("svcca", "cka")
    }


CLAIMS = (
    *declare("Training", PAGE, *map(_of_training, IN_CLAIMS)),
    *declare(
        "Pruning",
        PAGE,
        *(_of_metric(network, metric) for network in IN_CLAIMS for metric in ("svcca", "cka")),
    ),
    *declare("Without pruning", PAGE, *map(_of_shape, IN_CLAIMS)),
    *declare("Random masks", PAGE, *(_of_masks(*pair) for pair in RANDOM_MASKS.items())),
    *declare("Rewinding", PAGE, *(_of_rewinding(*pair) for pair in LATE_RESETTING.items())),
)

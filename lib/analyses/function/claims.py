"""The claims on which layers can be pruned, and which images flip, as rules.

They were written before any of these numbers were measured.
"""

from collections.abc import Sequence

import pandas as pd

from ...book.claims.engine import POINTS, Claim, Outcome, Rule, declare
from ...book.claims.joint import joint, with_parts
from ...book.claims.quantity import as_quantity
from ...book.findings import Decided
from ...book.report.names import METRICS, PAPER_NETWORKS
from ...book.report.results import Results
from ..equal_accuracy import TRAINED_AS_LONG
from .analysis import PLACES, flip_statistic, layer_ranking
from .tables import CLEAN, CORRUPTED, LAST_DRIFT, LAST_HIDDEN, MARGIN

PAGE = "function"

RIVALS = {
    "norm": "the removed share of the layer's norm",
    "curvature": "the curvature of the loss times the squared norm of what was removed",
}
"""Predictors without representations, with which similarity competes."""


@as_quantity(
    "rank correlation over the layers of the accuracy lost with 1 minus {metric} {place}, minus "
    "that with {rival}",
    place=PLACES,
    rival=RIVALS,
)
def _ranks_better(results: Results, network: str, metric: str, place: str, rival: str) -> pd.Series:
    similarity = layer_ranking(results, network, metric, place)
    return similarity - layer_ranking(results, network, rival)


@as_quantity(
    "AUC with which the drift of the last hidden layer tells which images flip, minus that of the "
    "complete network's margin"
)
def _drift_beyond_margin(results: Results, network: str, conditions: tuple[str, ...]) -> pd.Series:
    drift = flip_statistic(results, network, "auc", LAST_DRIFT, conditions)
    return drift - flip_statistic(results, network, "auc", MARGIN, conditions)


@as_quantity(
    "share of the images that change class under pruning, minus that in networks that were "
    "trained as long without pruning"
)
def _flips_beyond_training(results: Results, network: str) -> pd.Series:
    pruned = flip_statistic(results, network, "flipped", "all")
    return 100 * (pruned - flip_statistic(results, network + TRAINED_AS_LONG, "flipped", "all"))


def _on_layers(network: str, title: str) -> dict[str, tuple]:
    return {
        f"{PAGE}-{network}-{place}-{metric}-{rival}": (
            f"{METRICS[metric]} {PLACES[place]} predicts which layers of {title} can be pruned "
            f"better than {RIVALS[rival]} does.",
            Rule(_ranks_better(network, metric, place, rival), above=0),
        )
        for place in PLACES
        for metric in ("svcca", "cka", "nbs")
        for rival in RIVALS
    }


def _on_images(network: str, title: str) -> dict[str, tuple]:
    claims = {
        f"{PAGE}-{network}-drift-{name}": (
            f"The drift of an image's representation in {title} says more about whether its "
            f"class flips than confidence does, on {name} images.",
            Rule(_drift_beyond_margin(network, conditions), above=0),
        )
        for name, conditions in (("clean", CLEAN), ("corrupted", CORRUPTED))
    }
    claims[f"{PAGE}-{network}-flips"] = (
        f"More images change class in pruned networks of {title} than in networks that were "
        "trained as long without pruning.",
        Rule(_flips_beyond_training(network), above=0, unit=POINTS),
    )
    return claims


CLAIMS: tuple[Claim, ...] = declare(
    "Function",
    PAGE,
    *(
        claims
        for network, title in PAPER_NETWORKS.items()
        for claims in (_on_layers(network, title), _on_images(network, title))
    ),
)


def joint_verdicts(outcomes: Sequence[Outcome]) -> list[Decided]:
    """What `CLAIMS` say together, for the sentences of the page."""
    verdicts = [
        joint(
            f"{PAGE}-curvature",
            "Similarity ranks the layers better than the curvature of the loss does, by each "
            "metric, at each place, in each network",
            with_parts(outcomes, "curvature"),
        ),
        joint(
            f"{PAGE}-drift",
            "Drift tells which images flip better than confidence does, on clean and on corrupted "
            "images, in each network",
            with_parts(outcomes, "drift"),
        ),
        joint(
            f"{PAGE}-flips",
            "More images flip under pruning than under training alone, in each network",
            with_parts(outcomes, "flips"),
        ),
    ]
    for network, title in PAPER_NETWORKS.items():
        words = (
            f"Similarity of the last hidden layer ranks the layers of {title} better than the "
            "share of the norm does, by each metric"
        )
        key = f"{PAGE}-last-norm-{network.replace('_', '-')}"
        verdicts.append(joint(key, words, with_parts(outcomes, network, LAST_HIDDEN, "norm")))
    return verdicts

"""What we expect of similarity and function, as rules; they were written before any of the runs."""

import pandas as pd

from ...claims.engine import NETWORK, POINTS, Claim, Missing, Quantity, Rule, declare
from ...claims.equal import last_as_accurate
from ...claims.vocabulary import require_experiment
from ...report.names import METRICS, PAPER_NETWORKS
from ...report.results import Results
from ...report.statistics import rank_correlation
from .flips_job import LAST as DRIFT
from .flips_job import MARGIN
from .tables import FLIPS, LAST, ONE_LAYER, OWN

PAGE = "function"

PLACES = {OWN: "of the pruned layer", LAST: "of the last hidden layer"}

CLEAN, CORRUPTED = ("clean",), ("noise", "blur", "contrast")


def predicts(results: Results, network: str, metric: str, place: str = "") -> pd.Series:
    """How well a number orders the layers by the accuracy that they cost when pruned alone.

    Spearman's rank correlation over the layers of what was lost with the metric's distance from 1,
    or with a predictor that needs no images (without a place); the mean over the shares removed.

    Returns:
        Index train_seed.

    Raises:
        Missing: no layer was pruned alone.
    """
    require_experiment(results, network)
    rows = results.of(network, ONE_LAYER)
    rows = rows[rows.share > 0]
    wanted = rows[(rows.metric == metric) & (rows.place == place)]
    if wanted.empty:
        raise Missing(f"no layer of {network} was pruned alone")
    key = [NETWORK, "share", "parameter"]
    both = pd.DataFrame(
        {
            "lost": -rows[rows.metric == "accuracy"].set_index(key).value,
            "sign": wanted.set_index(key).value * (-1 if place else 1),
        }
    )
    found = both.groupby(level=[NETWORK, "share"]).apply(
        lambda layers: rank_correlation(layers.lost, layers.sign)
    )
    return found.groupby(level=NETWORK).mean()


def _better(network: str, metric: str, place: str, other: str) -> Quantity:
    def measure(results: Results) -> pd.Series:
        return predicts(results, network, metric, place) - predicts(results, network, other)

    words = (
        f"rank correlation over the layers of the accuracy lost with 1 minus {METRICS[metric]} "
        f"{PLACES[place]}, minus that with {PREDICTORS[other]}"
    )
    return Quantity(words, measure)


PREDICTORS = {
    "norm": "the removed share of the layer's norm",
    "length": "the norm of what was removed",
    "curvature": "the curvature of the loss times the square of this norm",
}


def of_flips(
    results: Results, network: str, quantity: str, of: str, conditions: tuple[str, ...] = CLEAN
) -> pd.Series:
    """A number of the pruned networks while they are as accurate, mean over conditions.

    At the last iteration, among those measured, up to which the base keeps the accuracy.

    Returns:
        Index train_seed.

    Raises:
        Missing: there is no such iteration, or nothing was measured.
    """
    require_experiment(results, network)
    rows = results.of(network, FLIPS)
    fair = last_as_accurate(results, network.removesuffix("_trained_on"))
    rows = rows[rows.iteration <= fair]
    rows = rows[rows.iteration == rows.iteration.max()]
    rows = rows[(rows.quantity == quantity) & (rows.of == of) & rows.condition.isin(conditions)]
    if rows.empty:
        raise Missing(f"no flips of {network} were measured while it was as accurate")
    return rows.groupby(NETWORK).value.mean()


def _drift_beyond_margin(network: str, conditions: tuple[str, ...]) -> Quantity:
    def measure(results: Results) -> pd.Series:
        drift, margin = (
            of_flips(results, network, "auc", of, conditions) for of in (DRIFT, MARGIN)
        )
        return drift - margin

    words = "AUC with which the drift of the last hidden layer tells the images that flip"
    return Quantity(f"{words}, minus that of the complete network's margin", measure)


def _flips_beyond_training(network: str) -> Quantity:
    def measure(results: Results) -> pd.Series:
        names = network, f"{network}_trained_on"
        pruned, control = (of_flips(results, name, "flipped", "all") for name in names)
        return 100 * (pruned - control)

    words = "share of the images that flip under pruning, minus that under training alone"
    return Quantity(words, measure)


def _of(network: str, title: str) -> dict[str, tuple]:
    return (
        {
            f"{PAGE}-{network}-{place}-{metric}-{other}": (
                f"{METRICS[metric]} {PLACES[place]} predicts which layers of {title} can be pruned "
                f"better than {PREDICTORS[other]} does.",
                Rule(_better(network, metric, place, other), above=0),
            )
            for place in PLACES
            for metric in ("svcca", "cka", "nbs")
            for other in ("norm", "curvature")
        }
        | {
            f"{PAGE}-{network}-drift-{name}": (
                f"The drift of an image's representation in {title} says more about whether its "
                f"class flips than confidence does, on {name} images.",
                Rule(_drift_beyond_margin(network, conditions), above=0),
            )
            for name, conditions in (("clean", CLEAN), ("corrupted", CORRUPTED))
        }
        | {
            f"{PAGE}-{network}-flips": (
                f"While {title} is as accurate, more images flip under pruning than under training "
                "alone.",
                Rule(_flips_beyond_training(network), above=0, unit=POINTS),
            )
        }
    )


CLAIMS: tuple[Claim, ...] = declare(
    "Function", PAGE, *(_of(network, title) for network, title in PAPER_NETWORKS.items())
)

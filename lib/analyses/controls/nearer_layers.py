"""How many layers of pruned networks are nearer or further than a control, and what is decided."""

from collections.abc import Iterator

import pandas as pd

from ...book.claims import by_layer, equal
from ...book.claims.engine import FAILS, HOLDS, NOT_MEASURED
from ...book.claims.quantity import Missing
from ...book.claims.vocabulary import PAPER_METRICS
from ...book.findings import Decided, compared
from ...book.report import values
from ...book.report.format import percent
from ...book.report.names import METRICS, PAPER_NETWORKS
from ...book.report.results import Results, cached_per_results
from ..equal_accuracy import iteration_compared
from ..frames import frame_of
from ..validity.descent import nearer_to_own
from ..validity.tables import DESCENT

_BOTH = "both"
"""The verdict where some layers are closer, and others further."""

TRAINED_ALIKE = {
    "trained_as_long": "networks trained as long without pruning",
    "random_masks": "networks with random masks as sparse in each layer",
    "independent": "complete networks of other seeds",
}
"""Control of the last iteration -> what it is."""

ONE_OF_EACH_FAMILY = ("svcca", "cka")


def verdict_of_layers(judged: pd.DataFrame) -> str:
    """What a table of `lib.book.claims.by_layer.judged` says of all layers together.

    Returns:
        `closer` if some layers are and none is further, or the other way round; `both`,
        `neither`; `not measured` without intervals.
    """
    if judged.empty or judged.low.isna().any():
        return equal.UNKNOWN
    counts = by_layer.count_layers(judged)
    if counts[equal.CLOSER] and counts[equal.FURTHER]:
        return _BOTH
    sides = [side for side in (equal.CLOSER, equal.FURTHER) if counts[side]]
    return sides[0] if sides else by_layer.NEITHER


@cached_per_results
def of_descent(study: Results, experiment: str, metric: str) -> pd.DataFrame:
    """Own complete network beside those of other seeds, by layer, as `judged` returns it.

    No rows where nothing was compared.
    """
    try:
        iteration = iteration_compared(study, experiment, DESCENT) if experiment in study else 0
    except Missing:
        iteration = 0
    if not iteration:
        return by_layer.judged(pd.DataFrame(dtype=float))
    return by_layer.judged(nearer_to_own(study, experiment, metric, iteration))


@cached_per_results
def of_control(study: Results, network: str, metric: str, control: str) -> pd.DataFrame:
    """Pruned networks beside a control at the end of pruning, by layer, as `judged` returns it."""
    last = int(values.remaining(study, network).index[-1])
    return by_layer.judged(by_layer.beside(study, network, metric, last, control))


def counted(judged: pd.DataFrame) -> dict[str, str]:
    """How many layers there are of each kind: texts; dashes without intervals."""
    known = verdict_of_layers(judged) != equal.UNKNOWN
    counts = by_layer.count_layers(judged)
    kinds = {"Nearer": equal.CLOSER, "Further": equal.FURTHER, "Neither": by_layer.NEITHER}
    return {head: str(counts[kind]) if known else "-" for head, kind in kinds.items()}


def descent_table(study: Results) -> pd.DataFrame:
    """Layers nearer to their own complete network than to others: index network and metric."""
    rows = {}
    for network in PAPER_NETWORKS:
        for metric in PAPER_METRICS:
            pruned = of_descent(study, network, metric)
            if pruned.empty:
                continue
            trained = counted(of_descent(study, f"{network}_trained_as_long", metric))
            rows[PAPER_NETWORKS[network], METRICS[metric]] = counted(pruned) | {
                f"{head}, trained as long": text for head, text in trained.items()
            }
    return frame_of(rows, "Network", "Metric")


def control_table(study: Results, control: str) -> pd.DataFrame:
    """Layers of pruned networks nearer than a control at the end, beside the mean difference."""
    rows = {}
    for network in study.experiments:
        for metric in ONE_OF_EACH_FAMILY:
            judged = of_control(study, network, metric, control)
            if judged.empty:
                continue
            mean = _mean_decided(study, network, metric, control)
            rows[study.network(network), METRICS[metric]] = counted(judged) | {
                "Mean over the layers": mean.measured,
                "By the mean": mean.verdict,
            }
    return frame_of(rows, "Network", "Metric")


def _layers_decided(key: str, words: str, judged: pd.DataFrame) -> Decided:
    verdict = verdict_of_layers(judged)
    measured = verdict
    if verdict != equal.UNKNOWN:
        texts = counted(judged)
        counts = ", ".join(f"{text} {head.lower()}" for head, text in texts.items())
        measured = f"of {len(judged)} hidden layers {counts}"
    return Decided(key, words, measured, verdict)


def _mean_decided(study: Results, network: str, metric: str, control: str) -> Decided:
    last = int(values.remaining(study, network).index[-1])
    difference = equal.similarity(study, network, metric, last, minus=control)
    verdict = equal.verdict(difference, equal.margin(study, network, metric))
    words = (
        f"mean {METRICS[metric]} of pruned {study.network(network)} with the complete network, "
        f"minus that of {TRAINED_ALIKE[control]}"
    )
    return compared(f"controls-{control}-{network}-{metric}", words, difference, verdict)


def layers_decided(study: Results) -> Iterator[Decided]:
    """All comparisons of the page by layer, and those of means beside them."""
    for network, name in PAPER_NETWORKS.items():
        for metric in PAPER_METRICS:
            words = (
                f"layers of pruned {name} that {METRICS[metric]} shows nearer to the complete "
                "network that they come from than to equally trained ones of other seeds"
            )
            key = f"controls-descent-layers-{network}-{metric}"
            yield _layers_decided(key, words, of_descent(study, network, metric))
    for network in study.experiments:
        for control, about in TRAINED_ALIKE.items():
            for metric in ONE_OF_EACH_FAMILY:
                words = (
                    f"layers of pruned {study.network(network)} that {METRICS[metric]} shows "
                    f"nearer to the complete network than those of {about}"
                )
                key = f"controls-{control}-layers-{network}-{metric}"
                yield _layers_decided(key, words, of_control(study, network, metric, control))
                yield _mean_decided(study, network, metric, control)


def every_layer_decided(study: Results) -> Decided:
    """Whether each hidden layer of each network is nearer to its own by each metric.

    A rule of afterwards.
    """
    judged = [
        of_descent(study, network, metric) for network in PAPER_NETWORKS for metric in PAPER_METRICS
    ]
    measured = [layers for layers in judged if len(layers)]
    nearer = (by_layer.count_layers(layers)[equal.CLOSER] / len(layers) for layers in measured)
    fewest = min(nearer, default=0)
    words = "every hidden layer is nearer to its own complete network's, by each metric"
    verdict = HOLDS if fewest == 1 else FAILS
    return Decided(
        "controls-descent-everywhere",
        words,
        f"{percent(fewest)} of the layers where it is least so",
        verdict if len(measured) == len(judged) else NOT_MEASURED,
    )


def layer_shares(study: Results) -> dict[str, str]:
    """For the prose: `14 of 18` layers nearer or further, by the key of the comparison."""
    shares = {}
    for network in PAPER_NETWORKS:
        for metric in PAPER_METRICS:
            judged = of_descent(study, network, metric)
            text = f"{counted(judged)['Nearer']} of {len(judged)}"
            shares[f"descent-{network}-{metric}-nearer"] = text
    for network in study.experiments:
        for control in TRAINED_ALIKE:
            for metric in ONE_OF_EACH_FAMILY:
                judged = of_control(study, network, metric, control)
                for head, text in counted(judged).items():
                    key = f"{control}-{network}-{metric}-{head.lower()}"
                    shares[key] = f"{text} of {len(judged)}"
    return shares

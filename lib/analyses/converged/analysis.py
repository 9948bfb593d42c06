"""Networks trained to the end, and stopped early: their accuracies, curves, and what is decided."""

from collections.abc import Mapping

import pandas as pd

from ...book.claims import by_layer, equal
from ...book.claims.by_layer import FURTHER
from ...book.claims.engine import POINTS
from ...book.findings import Decided, compared
from ...book.report import values
from ...book.report.dot_plot import draw_intervals
from ...book.report.figure import AS_LONG_LINE, INDEPENDENT, LayerFigure, PanelFigure
from ...book.report.format import number, percent
from ...book.report.names import METRICS
from ...book.report.results import Results, cached_per_results
from ...book.report.statistics import CORRELATION, interval
from ...book.report.style import METRIC_STYLES
from ..each_network import beside
from ..each_network.analysis import DISAGREEING, key
from ..frames import frame_of
from .studied_networks import CONVERGED_NETWORKS, SLIM_NETWORKS, UNDERTRAINED_NETWORKS

NAMES = {
    **dict.fromkeys(SLIM_NETWORKS.values(), "slim"),
    **dict.fromkeys(UNDERTRAINED_NETWORKS.values(), "slim, stopped early"),
}
"""Experiment -> what a table calls it."""


BEYOND = (-0.5, 0.07)
"""The ends of the axis of what pruning does to mean similarities."""


def network_name(study: Results, network: str) -> str:
    """`VGG16_BN`, or `VGG16_BN, slim`."""
    return ", ".join(filter(None, (study.network(network), NAMES.get(network))))


def networks_shown(study: Results) -> list[str]:
    """The networks that figures show: all are in the tables."""
    return [network for network in CONVERGED_NETWORKS.values() if network in study]


def prunings(study: Results) -> int:
    """How often each network was pruned."""
    return len(values.remaining(study, study.experiments[0]))


def accuracy_of_each(study: Results) -> pd.DataFrame:
    """Accuracy of each complete network, and of what became of it, as texts.

    Returns:
        Index network and seed; after the complete network's own training, after the
        first and the last further one without pruning, and after each pruning.
    """
    rows = {}
    for network in study.experiments:
        pruned = _by_seed(study, network)
        alone = _by_seed(study, f"{network}_trained_as_long")
        left = values.remaining(study, network)
        for seed in pruned.columns:
            trained_as_long = alone.get(seed, pd.Series(dtype=float)).drop(0, errors="ignore")
            trained_as_long = trained_as_long[
                trained_as_long.index.isin([1, trained_as_long.index.max()])
            ]
            further = {
                f"Trained {i + 1}\u00d7": accuracy for i, accuracy in trained_as_long.items()
            }
            by_level = {f"{percent(left[i])} left": pruned[seed][i] for i in left.index}
            accuracies = {"Complete": pruned[seed][0]} | further | by_level
            rows[network_name(study, network), int(seed)] = {
                words: percent(accuracy, 1) for words, accuracy in accuracies.items()
            }
    return frame_of(rows, "Network", "Seed").fillna("-")


def _by_seed(study: Results, experiment: str) -> pd.DataFrame:
    """Test accuracy: index iteration, columns complete networks."""
    rows = study.of(experiment, "performance")
    return rows.groupby(["iteration", "train_seed"]).accuracy.mean().unstack()


def draw(figure: LayerFigure, study: Results, network: str) -> None:
    """A row of a figure: pruned further and further, trained as long, and independent."""
    left = values.remaining(study, network)
    for metric in DISAGREEING:
        axes = figure.panel(METRICS[metric], order=values.layers(study, network))
        null = values.null(study, network, metric)
        figure.draw_null(axes, null, "null: images shuffled, \u00b1 2 sd")
        alone = values.curves(study, f"{network}_trained_as_long", metric).iloc[-1]
        figure.draw(axes, alone, "trained as long as the last, never pruned", **AS_LONG_LINE)
        independent = values.control(study, network, "independent", metric)
        figure.draw(axes, independent, "trained independently", **INDEPENDENT)
        figure.draw_iterations(axes, values.curves(study, network, metric), left)


@cached_per_results
def added_by_pruning(study: Results, network: str) -> pd.DataFrame:
    """What pruning does at each level beyond as much training without it.

    Returns:
        Index iteration; `accuracy`, the difference in points; for each of `DISAGREEING`
        that of the mean similarities, and under (metric, "further") the number of
        layers that are further away. The differences are an `Interval` over complete
        networks.
    """
    gained = 100 * (_by_seed(study, network) - _by_seed(study, f"{network}_trained_as_long"))
    rows = {}
    for iteration in values.remaining(study, network).index:
        rows[iteration] = {"accuracy": interval(gained.loc[iteration].to_numpy())}
        for metric in DISAGREEING:
            beyond = equal.similarity(study, network, metric, iteration, minus="trained_as_long")
            apart = beside.layer_differences(study, network, metric, iteration, "trained_as_long")
            rows[iteration][metric] = beyond
            rows[iteration][metric, FURTHER] = by_layer.count_layers(by_layer.judged(apart))[
                FURTHER
            ]
    return pd.DataFrame.from_dict(rows, orient="index")


def draw_beyond(figure: PanelFigure, study: Results) -> None:
    """A panel for each network: what pruning does beyond training, level by level."""
    looks = {METRICS[metric]: METRIC_STYLES[metric] for metric in DISAGREEING}
    for network in networks_shown(study):
        added = added_by_pruning(study, network)[list(DISAGREEING)].rename(columns=METRICS)
        added.index = values.remaining(study, network).map(percent)
        axes = figure.panel(study.network(network), left=0.25)
        draw_intervals(axes, added, looks)
        axes.set_xlim(*BEYOND)


def beyond_as_texts(study: Results) -> pd.DataFrame:
    """`added_by_pruning` of all networks, as texts."""
    rows = {}
    for network in study.experiments:
        left = values.remaining(study, network)
        layers = len(values.hidden(study, network))
        for iteration, row in added_by_pruning(study, network).iterrows():
            cells = {"Accuracy, points": row.accuracy.text(1, sign=True)}
            for metric in DISAGREEING:
                cells[METRICS[metric]] = row[metric].text(3, sign=True)
                cells[f"Layers further by {METRICS[metric]}"] = (
                    f"{row[metric, FURTHER]} of {layers}"
                )
            rows[network_name(study, network), percent(left[iteration])] = cells
    return frame_of(rows, "Network", "Weights left")


def decided_levels(study: Results, network: str) -> list[Decided]:
    """Whether pruning takes a network further than training does, at each level, by the means."""
    left = values.remaining(study, network)
    table = added_by_pruning(study, network)
    return [
        compared(
            key(network, "level", str(iteration), metric),
            f"{METRICS[metric]} with {percent(left[iteration])} of the weights left, minus that "
            "after training as long",
            row[metric],
            equal.verdict(row[metric], equal.margin(study, network, metric)),
        )
        for iteration, row in table.iterrows()
        for metric in DISAGREEING
    ]


def decided_depth(study: Results, network: str, iteration: int) -> list[Decided]:
    """Whether the deeper a layer lies, the further pruning takes it beyond training.

    The rank correlation of a layer's depth with its difference, in each complete network.
    """
    verdicts = []
    for metric in DISAGREEING:
        apart = beside.layer_differences(study, network, metric, iteration, "trained_as_long")
        depth = pd.Series(range(apart.shape[1]), index=apart.columns)
        by_network = apart.corrwith(depth, axis="columns", method="spearman")
        correlation = interval(by_network.to_numpy()).within(*CORRELATION)
        words = f"rank correlation of depth and {METRICS[metric]} beyond training"
        name = key(network, "depth", metric)
        verdicts.append(compared(name, words, correlation, correlation.side))
    return verdicts


def added_at_the_end(study: Results, network: str, metric: str) -> pd.Series:
    """Mean similarity after the last pruning, minus that after training as long, by network."""
    last = int(values.remaining(study, network).index[-1])
    apart = beside.layer_differences(study, network, metric, last, "trained_as_long")
    return apart.mean(axis="columns")


def decided_twins(study: Results) -> list[Decided]:
    """Whether pruning adds more distance where training had ended than where it was stopped."""
    words = "trained to the end minus stopped early"
    return _decided_pairs(study, SLIM_NETWORKS, UNDERTRAINED_NETWORKS, "twins", words)


def decided_width(study: Results) -> list[Decided]:
    """Whether pruning adds more distance to networks of the paper's width than to slim ones."""
    words = "as wide as the paper's minus slim"
    return _decided_pairs(study, CONVERGED_NETWORKS, SLIM_NETWORKS, "width", words)


def _decided_pairs(
    study: Results, first: Mapping[str, str], second: Mapping[str, str], name: str, words: str
) -> list[Decided]:
    verdicts = []
    for base in first:
        pair = (first[base], second.get(base))
        if not set(pair) <= set(study.experiments):
            continue
        for metric in DISAGREEING:
            both = [added_at_the_end(study, network, metric) for network in pair]
            apart = interval(*(added.to_numpy() for added in both))
            adds = f"what pruning adds by {METRICS[metric]}, {words}"
            verdicts.append(compared(key(base, name, metric), adds, apart, apart.side))
    return verdicts


def decided_end_of_training(study: Results, network: str) -> Decided:
    """By how many points all further trainings but the first raise accuracy.

    A rule of afterwards: that one more training helps was seen before it was written.
    """
    alone = _by_seed(study, f"{network}_trained_as_long")
    later = interval((100 * (alone.iloc[-1] - alone.loc[1])).to_numpy())
    words = "accuracy after the last further training, minus that after the first"
    return compared(key(network, "later"), words, later, later.side, POINTS)


def decided_beside(study: Results) -> list[Decided]:
    """Where pruned networks stand beside controls, by level and by layer."""
    decided = decided_twins(study) + decided_width(study)
    for network in study.experiments:
        last = int(values.remaining(study, network).index[-1])
        decided += beside.decided_layers(beside.layer_counts(study, network, last), network)
        decided += decided_levels(study, network)
        decided += decided_depth(study, network, last)
        decided.append(decided_end_of_training(study, network))
    return decided


def glued(study: Results) -> dict[str, object]:
    """Numbers that sentences have, by the name that the paper's network has in front of each."""
    bases = {name: base for base, name in CONVERGED_NETWORKS.items()}
    numbers = {}
    for network in study.experiments:
        for name, value in _numbers(study, network).items():
            numbers[f"{bases.get(network, network)}_{name}"] = value
    lost = [points_lost(study, network) for network in bases if network in study]
    left = values.remaining(study, study.experiments[0])
    return numbers | {
        "lost_least": number(min(lost, default=float("nan")), 1),
        "lost_most": number(max(lost, default=float("nan")), 1),
        "first_left": percent(left.iloc[0]),
        "last_left": percent(left.iloc[-1]),
    }


def points_lost(study: Results, network: str) -> float:
    """By how many points the most pruned networks are less accurate than those trained as long."""
    lost = _by_seed(study, f"{network}_trained_as_long") - _by_seed(study, network)
    return float(100 * lost.iloc[-1].mean())


def _numbers(study: Results, network: str) -> dict[str, object]:
    table = added_by_pruning(study, network)
    alone = _by_seed(study, f"{network}_trained_as_long")
    numbers = {
        "layers": len(values.hidden(study, network)),
        "lost_last": number(-table.accuracy.iloc[-1].mean, 1),
        "again": number(100 * float((alone.loc[1] - alone.loc[0]).mean()), 1),
    }
    for metric in DISAGREEING:
        numbers[f"further_{metric}"] = int(table[metric, FURTHER].iloc[-1])
        numbers[f"lost_{metric}"] = number(-table[metric].iloc[-1].mean, 2)
    return numbers


def layers_beside(study: Results) -> pd.DataFrame:
    """How many layers are closer than in each control, after the last pruning."""
    tables = {}
    for network in study.experiments:
        last = int(values.remaining(study, network).index[-1])
        counts = beside.layer_counts(study, network, last)
        tables[network_name(study, network)] = beside.shown_counts(counts)
    return pd.concat(tables, names=["Network"])

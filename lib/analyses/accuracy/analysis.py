"""Accuracy of pruned networks, beside their complete ones and beside training alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ...book.claims import equal, estimate
from ...book.claims.engine import POINTS
from ...book.claims.gains import gain, gain_beyond_training
from ...book.claims.quantity import END, left
from ...book.claims.vocabulary import PAPER_METRICS
from ...book.findings import Decided
from ...book.report import values
from ...book.report.dot_plot import draw_intervals
from ...book.report.figure import AS_LONG_LINE, PanelFigure
from ...book.report.format import count, number, percent, signed
from ...book.report.names import METRICS
from ...book.report.results import Results
from ...book.report.statistics import Interval
from ...book.report.style import NETWORK_LINES, NETWORK_MARKS, percent_axis
from ..beside_papers_recipe import ShownNetwork
from ..main_paper.accuracy_claims import EARLY, LATE, PEAK

RANGES = {
    "half or more": EARLY,
    "about a third": left(0.3, 0.36),
    "8 to 13 %": PEAK,
    "5 % or less": LATE,
}
"""Weights left, in words -> the iterations at which that much is left."""


def accuracy_summary(study: Results, experiment: str) -> dict[str, str]:
    """Accuracies of the complete, the most accurate and the sparsest networks, as texts."""
    curve = values.accuracy(study, experiment)
    pruned = curve.loc[1:]
    best, last = pruned.loc[pruned["mean"].idxmax()], pruned.iloc[-1]
    return {
        "Complete": percent(curve["mean"][0], 1),
        "Best pruned": f"{percent(best['mean'], 1)} at {percent(best.remaining)}",
        "Last pruned": f"{percent(last['mean'], 1)} at {percent(last.remaining)}",
    }


def accuracy_overview(networks: list[ShownNetwork]) -> pd.DataFrame:
    """`accuracy_summary`, the prunings and the number of runs: a row for each network."""
    rows = {}
    for network in networks:
        curve = values.accuracy(network.study, network.experiment)
        rows[network.title] = accuracy_summary(network.study, network.experiment)
        rows[network.title] |= {"Prunings": curve.index[-1], "Runs": int(curve.runs.iloc[-1])}
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("Network")


def draw_accuracy(axes: Axes, network: ShownNetwork) -> None:
    """Accuracy against weights left, in a panel: pruned, complete, and trained as long."""
    curve = values.accuracy(network.study, network.experiment)
    mean, band = 100 * curve["mean"], 200 * curve.sd.fillna(0)
    around = {"color": NETWORK_LINES["pruned"]["color"], "alpha": 0.2, "linewidth": 0}
    label = "2 standard deviations either side"
    axes.fill_between(curve.remaining, mean - band, mean + band, label=label, **around)
    axes.axhline(mean[0], label="complete network", **NETWORK_LINES["complete"])
    axes.plot(curve.remaining, mean, label="pruned", **NETWORK_LINES["pruned"])
    if network.has_control:
        control = values.accuracy(network.study, f"{network.experiment}_trained_as_long")["mean"]
        label = "trained as long, never pruned"
        axes.plot(curve.remaining, 100 * control.reindex(curve.index), label=label, **AS_LONG_LINE)
    percent_axis(axes, curve.remaining.min())
    axes.set_ylabel("test accuracy, %")
    axes.yaxis.set_major_formatter("{x:g}")


def add_speed_up(axes: Axes, left: pd.DataFrame) -> None:
    """Below each share of the weights, how many times fewer multiply-adds a network needs there.

    Args:
        left: columns `weights` and `operations`, shares of the complete network's,
            falling.
    """
    shares = np.log(left.sort_values("weights"))
    ticks = axes.get_xticks()
    fewer = np.exp(-np.interp(np.log(ticks), [*shares.weights, 0], [*shares.operations, 0]))
    shown = [
        f"{text.get_text()}\n{number(times, 1 if times < 10 else 0)}\u00d7"
        for text, times in zip(axes.get_xticklabels(), fewer, strict=True)
    ]
    axes.set_xticks(ticks, shown)
    axes.set_xlabel("weights remaining; fewer multiply-adds")


def gains(networks: list[ShownNetwork]) -> pd.DataFrame:
    """How much more accurate pruned networks are, by ranges of weights left.

    Returns:
        Index (network, range), without ranges that no pruned network reaches; columns
        `complete`, over the complete network, and `training`, over the same one trained
        as long without pruning. Cells are an `Interval` in points, over complete
        networks; of none where it was not measured.
    """
    rows = {}
    for network in networks:
        name = network.experiment
        for words, times in RANGES.items():
            rows[network.title, words] = {
                "complete": estimate(gain(name, times).numbers, network.study),
                "training": estimate(gain_beyond_training(name, times).numbers, network.study),
            }
    index = pd.MultiIndex.from_tuples(rows, names=["Network", "Weights left"])
    table = pd.DataFrame(list(rows.values()), index, ["complete", "training"])
    return table[table.complete.map(lambda over: over.n > 0).astype(bool)]


def draw_gains(gains: pd.DataFrame) -> PanelFigure:
    """A panel for each network, a row for each range of weights left, in points of accuracy.

    Args:
        gains: as `gains` returns it.
    """
    over = {"complete": "over the complete network", "training": "over training alone"}
    marks = (NETWORK_MARKS["complete"], NETWORK_MARKS["trained_as_long"])
    figure = PanelFigure("gains")
    for network, rows in gains.groupby(level="Network", sort=False):
        axes = figure.panel(network, left=0.32, bottom=0.2)
        shown = rows.droplevel("Network").rename(columns=over)
        draw_intervals(axes, shown, dict(zip(over.values(), marks, strict=True)))
        axes.set_xlabel("gain in accuracy, points")
    return figure


def with_networks(gain: Interval) -> str:
    """`+8.09 (+6.97 to +9.22), 3 networks`; a dash where nothing was measured."""
    return f"{gain.text(sign=True)}, {count(gain.n, 'network')}" if gain.n else "-"


def above_training(table: pd.DataFrame) -> Decided:
    """Whether pruning makes any network more accurate than training alone does.

    Args:
        table: as `gains` returns it.
    """
    measured = [gain for gain in table.training if gain.n > 1]
    above = [gain for gain in measured if gain.low > 0]
    verdict = "holds" if above else "does not hold"
    return Decided(
        "accuracy-gain-above-training",
        "a pruned network is clearly more accurate than the same one trained as long, in any range",
        f"in {len(above)} of {len(measured)} ranges",
        verdict if measured else "not measured",
    )


def weights_left(network: ShownNetwork) -> float:
    """The fraction of the prunable weights that is left after the last iteration."""
    return float(values.remaining(network.study, network.experiment).iloc[-1])


def at_the_end(network: ShownNetwork) -> Interval:
    """The gain of pruned networks over training alone after the last iteration, in points."""
    return estimate(gain_beyond_training(network.experiment, END).numbers, network.study)


def decided_end(network: ShownNetwork) -> Decided:
    """Whether pruned networks end above or below those trained as long."""
    words = f"accuracy of {network.title} at the end, minus that after training alone"
    beyond = at_the_end(network)
    measured = f"{with_networks(beyond)}, {POINTS}"
    return Decided(f"accuracy-end-{network.key}", words, measured, beyond.side)


def early(network: ShownNetwork) -> Interval:
    """The gain over the complete network with half of the weights or more, in points."""
    return estimate(gain(network.experiment, EARLY).numbers, network.study)


def decided_early(network: ShownNetwork) -> Decided:
    """Whether pruned networks with half of their weights or more are above the complete ones."""
    words = (
        f"accuracy of {network.title} with half of its weights or more, minus that when complete"
    )
    over = early(network)
    measured = f"{with_networks(over)}, {POINTS}"
    return Decided(f"accuracy-early-{network.key}", words, measured, over.side)


def points_in_words(networks: list[ShownNetwork]) -> dict[str, str]:
    """For the prose: weights left and points lost at the end, and the largest early gain."""
    lost = [-at_the_end(network).mean for network in networks]
    return {
        "accuracy_left": percent(pd.Series(map(weights_left, networks), dtype=float).mean()),
        "accuracy_below_least": number(pd.Series(lost, dtype=float).min(), 1),
        "accuracy_below_most": number(pd.Series(lost, dtype=float).max(), 1),
        "accuracy_early": number(pd.Series([early(network).mean for network in networks]).max(), 1),
    }


@dataclass(frozen=True)
class Level:
    """The last iteration at which pruning costs no accuracy beside training alone.

    Attributes:
        network: that was pruned.
        iteration: 0 if the first one is not shown to cost nothing.
    """

    network: ShownNetwork
    iteration: int

    @property
    def left(self) -> float:
        """The fraction of the prunable weights that is left."""
        remaining = values.remaining(self.network.study, self.network.experiment)
        return float(remaining[self.iteration])

    def beyond_training(self, metric: str) -> Interval:
        """Similarity to the complete network, minus that after training alone."""
        return _beyond_training(self.network, metric, self.iteration)


def _beyond_training(network: ShownNetwork, metric: str, iteration: int) -> Interval:
    where = network.study, network.experiment, metric, iteration
    return equal.similarity(*where, minus="trained_as_long")


def costless(networks: list[ShownNetwork]) -> list[Level]:
    """Where pruning costs nothing beside training alone, in each network with this control."""
    return [
        Level(network, equal.last_as_accurate(network.study, network.experiment, "trained_as_long"))
        for network in networks
        if network.has_control
    ]


def costless_table(levels: list[Level]) -> pd.DataFrame:
    """Weights left, difference in accuracy and in each metric, as texts; a row for each level.

    Args:
        levels: none of them at iteration 0.
    """
    rows = {}
    for level in levels:
        study = level.network.study
        name = level.network.experiment
        beyond = equal.mean_accuracy(study, name) - equal.mean_accuracy(
            study, f"{name}_trained_as_long"
        )
        row = {
            "Weights left": percent(level.left),
            "Accuracy": signed(100 * beyond[level.iteration], 1),
        }
        for metric in PAPER_METRICS:
            row[METRICS[metric]] = level.beyond_training(metric).text(3, sign=True)
        rows[level.network.title] = row
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("Network")


def beside_training_alone(level: Level) -> Decided:
    """Whether pruning that costs nothing moves a network further than training alone does.

    It is not measured where no iteration is shown to cost nothing, and where there are no
    independent networks, which say what counts as close.
    """
    network = level.network
    words = f"SVCCA of {network.title} while pruning costs nothing, minus that after training alone"
    key = f"accuracy-costless-{network.key}"
    if not level.iteration:
        return Decided(key, words, "no iteration is shown to cost nothing", equal.UNKNOWN)
    beyond = level.beyond_training("svcca")
    alike = equal.margin(network.study, network.experiment, "svcca")
    return Decided(key, words, with_networks(beyond), equal.verdict(beyond, alike))


def moved_at_the_end(network: ShownNetwork, metric: str = "svcca") -> Decided:
    """Whether pruning takes a network further away than training alone after the last iteration."""
    words = f"{METRICS[metric]} of {network.title} at the end, minus that after training alone"
    last = int(values.remaining(network.study, network.experiment).index[-1])
    beyond = _beyond_training(network, metric, last)
    return Decided(f"accuracy-moved-{network.key}", words, with_networks(beyond), beyond.side)


def moved_by_pruning(network: ShownNetwork, metric: str) -> pd.Series:
    """Similarity after pruning minus that after training alone, at each iteration.

    Returns:
        Index iteration: means over the hidden layers and the complete networks.
    """
    study = network.study
    name = network.experiment
    hidden = values.hidden(study, name)
    pruned = values.curves(study, name, metric)[hidden].mean(axis=1)
    alone = values.curves(study, f"{name}_trained_as_long", metric)[hidden].mean(axis=1)
    return (pruned - alone).dropna()

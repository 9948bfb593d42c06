"""Accuracy of pruned networks, beside their complete ones and beside training alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ...book.claims import equal, estimate
from ...book.claims.engine import POINTS
from ...book.claims.gains import gain, gain_beyond_training
from ...book.claims.selection import END
from ...book.claims.vocabulary import FOUR
from ...book.findings import Decided
from ...book.report import values
from ...book.report.dot_plot import draw_intervals
from ...book.report.figure import TRAINED_ON, PanelFigure
from ...book.report.format import count, number, percent, signed
from ...book.report.names import METRICS, NETWORK_TITLES, title
from ...book.report.results import Results
from ...book.report.scale import short_width
from ...book.report.statistics import Interval
from ...book.report.style import NETWORK_LINES, NETWORK_MARKS, percent_axis
from ..main_paper.accuracy_claims import EARLY, LATE, PEAK

RANGES = {"half or more": EARLY, "8 to 13 %": PEAK, "5 % or less": LATE}
"""Weights left, in words -> the iterations at which that much is left."""


def has_control(study: Results, experiment: str) -> bool:
    """Whether the complete networks of an experiment were also trained as long without pruning."""
    return f"{experiment}_trained_on" in study.variants


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


def accuracy_overview(study: Results) -> pd.DataFrame:
    """`accuracy_summary`, and the number of runs: a row for each of the paper's networks."""
    rows = {}
    for name in study.experiments:
        runs = int(values.accuracy(study, name).runs.iloc[-1])
        rows[study.network(name)] = accuracy_summary(study, name) | {"Runs": runs}
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("Network")


def draw_accuracy(axes: Axes, study: Results, experiment: str) -> None:
    """Accuracy against weights left, in a panel: pruned, complete, and trained as long."""
    curve = values.accuracy(study, experiment)
    mean, band = 100 * curve["mean"], 200 * curve.sd.fillna(0)
    around = {"color": NETWORK_LINES["pruned"]["color"], "alpha": 0.2, "linewidth": 0}
    label = "2 standard deviations either side"
    axes.fill_between(curve.remaining, mean - band, mean + band, label=label, **around)
    axes.axhline(mean[0], label="complete network", **NETWORK_LINES["complete"])
    axes.plot(curve.remaining, mean, label="pruned", **NETWORK_LINES["pruned"])
    if has_control(study, experiment):
        control = values.accuracy(study, f"{experiment}_trained_on")["mean"]
        label = "trained as long, never pruned"
        axes.plot(curve.remaining, 100 * control.reindex(curve.index), label=label, **TRAINED_ON)
    percent_axis(axes, curve.remaining.min())
    axes.set_ylabel("test accuracy, %")
    axes.yaxis.set_major_formatter("{x:g}")


def add_speed_up(axes: Axes, left: pd.DataFrame) -> None:
    """Below each share of the weights, how many times fewer multiply-adds a network needs there.

    Args:
        left: columns `weights` and `operations`, shares of the complete network's, falling.
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


def gains(study: Results) -> pd.DataFrame:
    """How much more accurate pruned networks are, by ranges of weights left.

    Returns:
        Index (network, range); columns `complete`, over the complete network, and `training`, over
        the same one trained as long without pruning. Cells are an `Interval` in points, over
        complete networks; of none where it was not measured.
    """
    rows = {
        (study.network(name), words): {
            "complete": estimate(gain(name, times).numbers, study),
            "training": estimate(gain_beyond_training(name, times).numbers, study),
        }
        for name in study.experiments
        for words, times in RANGES.items()
    }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis(["Network", "Weights left"])


def draw_gains(found: pd.DataFrame) -> PanelFigure:
    """A panel for each network, a row for each range of weights left, in points of accuracy.

    Args:
        found: as `gains` returns it.
    """
    over = {"complete": "over the complete network", "training": "over training alone"}
    marks = (NETWORK_MARKS["complete"], NETWORK_MARKS["trained_on"])
    figure = PanelFigure("gains")
    for network, rows in found.groupby(level="Network", sort=False):
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


def weights_left(study: Results, experiment: str) -> float:
    """The fraction of the prunable weights that is left after the last iteration."""
    return float(values.remaining(study, experiment).iloc[-1])


def at_the_end(study: Results) -> dict[str, Interval]:
    """{network: its gain over training alone at the end, in points}."""
    return {
        name: estimate(gain_beyond_training(name, END).numbers, study) for name in study.experiments
    }


def ends(by_network: dict[str, Interval]) -> list[Decided]:
    """Whether pruned networks end above or below those trained as long.

    Args:
        by_network: as `at_the_end` returns it.
    """
    return [
        Decided(
            f"accuracy-end-{name.replace('_', '-')}",
            f"accuracy of {title(NETWORK_TITLES, name)} at the end, "
            "minus that after training alone",
            f"{with_networks(gain)}, {POINTS}",
            gain.side,
        )
        for name, gain in by_network.items()
    ]


@dataclass(frozen=True)
class Level:
    """The last iteration at which pruning costs no accuracy beside training alone."""

    study: Results
    experiment: str
    iteration: int

    @property
    def title(self) -> str:
        """`VGG16_BN, 1/4`: the network and its width as a share of the paper's."""
        width = self.study.settings(self.experiment)["width"]
        return f"{self.study.network(self.experiment)}, {short_width(width)}"

    @property
    def key(self) -> str:
        """`vgg16-bn`, and `vgg16-bn-full` at the paper's width."""
        width = self.study.settings(self.experiment)["width"]
        name = self.experiment.replace("_", "-")
        return f"{name}-full" if width == 1 else name

    @property
    def left(self) -> float:
        """The fraction of the prunable weights that is left."""
        return float(values.remaining(self.study, self.experiment)[self.iteration])

    def beyond_training(self, metric: str) -> Interval:
        """Similarity to the complete network, minus that after training alone."""
        where = self.study, self.experiment, metric, self.iteration
        return equal.similarity(*where, minus="trained_on")


def costless(*studies: Results) -> list[Level]:
    """Where pruning costs nothing beside training alone, in each network that has such a level."""
    found = [
        Level(study, name, equal.last_as_accurate(study, name, "trained_on"))
        for study in studies
        for name in study.experiments
        if has_control(study, name)
    ]
    return [level for level in found if level.iteration]


def costless_table(levels: list[Level]) -> pd.DataFrame:
    """Weights left, difference in accuracy and in each metric, as texts; a row for each level."""
    rows = {}
    for level in levels:
        study, name = level.study, level.experiment
        beyond = equal.mean_accuracy(study, name) - equal.mean_accuracy(study, f"{name}_trained_on")
        rows[level.title] = {
            "Weights left": percent(level.left),
            "Accuracy": signed(100 * beyond[level.iteration], 1),
        }
        for metric in FOUR:
            rows[level.title][METRICS[metric]] = level.beyond_training(metric).text(3, sign=True)
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("Network, width")


def beside_training_alone(levels: list[Level], metric: str = "svcca") -> list[Decided]:
    """Whether pruning that costs nothing moves networks further than training alone does.

    Args:
        levels: as `costless` returns them.
    """
    found = []
    for level in levels:
        beyond = level.beyond_training(metric)
        alike = equal.margin(level.study, level.experiment, metric)
        found.append(
            Decided(
                f"accuracy-costless-{level.key}",
                f"{METRICS[metric]} of {level.title} while pruning costs nothing, minus that after "
                "training alone",
                with_networks(beyond),
                equal.verdict(beyond, alike),
            )
        )
    return found


def moved_by_pruning(level: Level, metric: str) -> pd.Series:
    """Similarity after pruning minus that after training alone, at each iteration.

    Returns:
        Index iteration: means over the hidden layers and the complete networks.
    """
    study, name = level.study, level.experiment
    hidden = values.hidden(study, name)
    pruned = values.curves(study, name, metric)[hidden].mean(axis=1)
    alone = values.curves(study, f"{name}_trained_on", metric)[hidden].mean(axis=1)
    return (pruned - alone).dropna()

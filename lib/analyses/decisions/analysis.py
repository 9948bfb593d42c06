"""Where pruned networks err, and how sure they are of it: numbers, and how they are shown."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ...book.claims.quantity import Missing, require_experiment
from ...book.claims.runs import estimate, of_pairs
from ...book.report import values
from ...book.report.figure import AS_LONG_LINE, INDEPENDENT
from ...book.report.format import percent
from ...book.report.results import Results
from ...book.report.statistics import Interval
from ...book.report.style import LAST_COLOUR
from ...book.report.values import NETWORK
from ..converged.analysis import network_name
from ..equal_accuracy import TRAINED_AS_LONG
from ..frames import frame_of
from .tables import DECISIONS

OWN, OTHERS = "own", "others"
"""The complete networks that a network is set beside: the one it comes from, those of
other seeds. What is measured of a network alone stands with its own."""

PRUNED, AS_LONG, BESIDE_OTHERS = "pruned", "trained as long", "pruned, beside other seeds"
ERROR_LINES = {
    PRUNED: ("", OWN),
    AS_LONG: (TRAINED_AS_LONG, OWN),
    BESIDE_OTHERS: ("", OTHERS),
}
"""What a table calls it -> end of the experiment's name, and which complete networks."""

COMPARISON_LINES = {
    PRUNED: {"color": LAST_COLOUR, "linestyle": "-"},
    AS_LONG: AS_LONG_LINE,
    BESIDE_OTHERS: INDEPENDENT,
}
"""Lines of a figure: as elsewhere in the book, training alone is dashed, and strangers dotted."""

MEAN_AND_INTERVAL = ("mean", "low", "high")

CALIBRATION = {
    "Calibration error": "calibration_error",
    "Temperature": "temperature",
    "Log loss": "log_loss",
    "Log loss with the temperature": "log_loss_scaled",
}
ERRORS = {"Error consistency": "error_consistency", "Flipped": "flipped"}
"""What a table calls it -> quantity."""


def with_decisions(study: Results) -> list[str]:
    """The networks of which decisions were measured, in the order of the study."""
    return [network for network in study.experiments if len(study.of(network, DECISIONS))]


def statistic(
    results: Results, experiment: str, quantity: str, iteration: int, beside: str = OWN
) -> pd.Series:
    """A number of the networks of an iteration, one for each complete network.

    Args:
        experiment: such as "vgg16_bn_converged" or "vgg16_bn_converged_trained_as_long".
        quantity: as in the table `DECISIONS`.
        iteration: 0 for the complete networks.
        beside: `OWN`, or `OTHERS` for the mean over the complete networks of other seeds.

    Returns:
        Index train_seed.

    Raises:
        Missing: nothing of the kind was measured.
    """
    require_experiment(results, experiment)
    rows = results.of(experiment, DECISIONS)
    rows = rows[(rows.quantity == quantity) & (rows.iteration == iteration)]
    rows = rows[(rows.other_seed == rows.train_seed) == (beside == OWN)]
    if rows.empty:
        raise Missing(f"no decisions of {experiment} were measured at iteration {iteration}")
    return rows.groupby(NETWORK).value.mean()


def last_iteration(results: Results, experiment: str) -> int:
    """The last iteration of an experiment.

    Raises:
        Missing: no decisions of it were measured.
    """
    require_experiment(results, experiment)
    iterations = results.of(experiment, DECISIONS).iteration
    if iterations.empty:
        raise Missing(f"no decisions of {experiment} were measured")
    return int(iterations.max())


def between_complete(study: Results, network: str, quantity: str) -> Interval:
    """The same number between complete networks of two seeds, as an interval over networks."""

    def measure() -> pd.Series:
        rows = study.of(network, DECISIONS)
        rows = rows[(rows.quantity == quantity) & (rows.iteration == 0)]
        rows = rows[rows.train_seed < rows.other_seed]
        if rows.empty:
            raise Missing(f"complete networks of {network} were not compared")
        return of_pairs(rows.set_index([NETWORK, "other_seed"]).value)

    return estimate(measure)


def by_level(study: Results, network: str, quantity: str) -> pd.DataFrame:
    """`statistic` at each level of pruning, as an `Interval` over complete networks.

    Returns:
        Index iteration, columns those of `ERROR_LINES`.
    """
    return pd.DataFrame(
        {
            head: {
                iteration: estimate(statistic, study, network + end, quantity, iteration, beside)
                for iteration in values.remaining(study, network).index
            }
            for head, (end, beside) in ERROR_LINES.items()
        }
    )


def draw_by_level(axes: Axes, study: Results, network: str, quantity: str) -> None:
    """A line for each of `ERROR_LINES`, with intervals, from few weights removed to many."""
    levels = by_level(study, network, quantity)
    left = values.remaining(study, network)
    places = np.arange(len(levels))
    for head, intervals in levels.items():
        look = COMPARISON_LINES[head]
        mean, low, high = ([getattr(each, end) for each in intervals] for end in MEAN_AND_INTERVAL)
        axes.plot(places, mean, label=head, marker="o", markersize=4, **look)
        axes.vlines(places, low, high, color=look["color"], linewidth=1)
    axes.set_xticks(places, [percent(share) for share in left])
    axes.set_xlim(-0.4, len(left) - 0.6)  # the outer names lie in the panel


def errors_as_texts(study: Results) -> pd.DataFrame:
    """Error consistency and flipped images: rows (network, weights left, compared)."""
    return _as_texts(study, ERRORS, ERROR_LINES)


def calibration_as_texts(study: Results) -> pd.DataFrame:
    """Calibration before and after a temperature: rows (network, weights left, compared)."""
    return _as_texts(study, CALIBRATION, (PRUNED, AS_LONG))


def _as_texts(
    study: Results, quantities: Mapping[str, str], compared: Iterable[str]
) -> pd.DataFrame:
    rows = defaultdict(dict)
    for network in with_decisions(study):
        left = values.remaining(study, network).map(percent)
        for words, quantity in quantities.items():
            for head, column in by_level(study, network, quantity)[list(compared)].items():
                for iteration, mean in column.items():
                    rows[network_name(study, network), left[iteration], head][words] = mean.text()
    return frame_of(rows, "Network", "Weights left", "Compared")

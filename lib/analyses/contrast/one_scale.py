"""Where two metrics place pruned networks on one scale, and their raw values beside it."""

import pandas as pd
from matplotlib.axes import Axes

from ...book.claims import estimate
from ...book.claims.calibrated import ALIKE, position
from ...book.claims.vocabulary import mean
from ...book.findings import Decided, compared
from ...book.report.names import METRICS
from ...book.report.results import Results
from ...book.report.statistics import Interval
from ...book.report.style import INK, METRIC_STYLES

LOW_AND_HIGH = ("svcca", "cka")
"""The metrics that disagree most in raw values."""


def places_on_scale(study: Results) -> pd.DataFrame:
    """Raw values and places on the scale of the most pruned networks, over the hidden layers.

    Returns:
        Index (network, metric); columns `raw`, `strangers`, the raw value of
        independent networks, `place`, and `equal`, the place at equal accuracy. Cells
        are an `Interval` over complete networks, of none where not measured.
    """
    rows = {
        (network, metric): {
            "raw": estimate(mean(network, metric).numbers, study),
            "strangers": estimate(mean(f"{network}_independent", metric).numbers, study),
            "place": estimate(position(network, metric).numbers, study),
            "equal": estimate(position(network, metric, True).numbers, study),
        }
        for network in study.experiments
        for metric in LOW_AND_HIGH
    }
    return pd.DataFrame.from_dict(rows, orient="index")


def side_of_independent(place: Interval) -> str:
    """Whether networks stand where independent ones do, at 1: a verdict.

    Two one-sided tests: the interval has to lie within `ALIKE` of 1.
    """
    if pd.isna(place.low):
        return "not measured"
    if place.low > 1 - ALIKE and place.high < 1 + ALIKE:
        return "as independent networks"
    if place.low > 1:
        return "closer"
    return "further" if place.high < 1 else "undecided"


def decided_places(places: pd.DataFrame, study: Results) -> list[Decided]:
    """Where each metric places the most pruned networks, and those of equal accuracy.

    Args:
        places: as `places_on_scale` returns it.
    """
    return [
        compared(
            f"contrast-{when}-{network.replace('_', '-')}-{metric}",
            f"{METRICS[metric]} of pruned {study.network(network)} on the scale of shuffled images "
            f"(0), independent networks (1) and identical ones (2), {words}",
            row[when],
            side_of_independent(row[when]),
        )
        for (network, metric), row in places.iterrows()
        for when, words in (("place", "at the end"), ("equal", "at equal accuracy"))
    ]


def places_as_texts(places: pd.DataFrame, study: Results) -> pd.DataFrame:
    """`places_on_scale` as texts."""
    table = places.map(lambda place: place.text())
    table.columns = ["Raw value", "Strangers", "On the scale", "On the scale, at equal accuracy"]
    names = [(study.network(network), METRICS[metric]) for network, metric in places.index]
    table.index = pd.MultiIndex.from_tuples(names, names=["Network", "Metric"])
    return table


def draw_rows(axes: Axes, places: pd.DataFrame, column: str, study: Results) -> None:
    """A row for each network, a symbol for each metric, with the intervals, from 0 to 1.

    Args:
        places: as `places_on_scale` returns it.
        column: "raw" or "place".
    """
    networks = list(dict.fromkeys(places.index.get_level_values(0)))
    rows = range(len(networks))
    for metric, above in zip(LOW_AND_HIGH, (9, -18), strict=True):
        cells = [places.loc[(network, metric), column] for network in networks]
        style = METRIC_STYLES[metric]
        marker = {"color": style["color"], "marker": style["marker"], "linestyle": ""}
        middle = [cell.mean for cell in cells]
        # named where it stands; the underscore keeps it out of the legend
        axes.plot(middle, rows, label=f"_{METRICS[metric]}", markersize=8, **marker)
        place = {"xy": (middle[0], 0), "xytext": (0, above), "textcoords": "offset points"}
        axes.annotate(METRICS[metric], **place, ha="center", color=style["color"])
        ends = [cell.low for cell in cells], [cell.high for cell in cells]
        # in front of the symbols: most intervals are narrower than these
        axes.hlines(rows, *ends, color=INK, linewidth=1.5, zorder=3)
    titles = [study.network(name) for name in networks]
    axes.set_yticks(rows, titles, parse_math=False)
    axes.set_ylim(len(networks) - 0.5, -0.75)  # room for a name above the first row
    axes.set_xlim(0, 1.03)
    axes.grid(axis="x")
    axes.grid(visible=False, axis="y")


def draw_strangers(axes: Axes, places: pd.DataFrame) -> None:
    """An outline of the metric's symbol where strangers stand in the rows of raw values."""
    networks = list(dict.fromkeys(places.index.get_level_values(0)))
    for metric in LOW_AND_HIGH:
        middle = [places.loc[(network, metric), "strangers"].mean for network in networks]
        look = {"color": METRIC_STYLES[metric]["color"], "marker": METRIC_STYLES[metric]["marker"]}
        look |= {"markersize": 12, "markerfacecolor": "none", "linestyle": ""}
        axes.plot(middle, range(len(networks)), label=f"_strangers by {METRICS[metric]}", **look)
    lowest = places.loc[(networks[0], LOW_AND_HIGH[0]), "strangers"].mean
    place = {"xy": (lowest, 0), "xytext": (-9, -4), "textcoords": "offset points"}
    axes.annotate("strangers", **place, ha="right", color=INK)


def draw_marks(axes: Axes) -> None:
    """The ends of the scale by their names, and a line where independent networks stand."""
    axes.set_xlim(-0.3, 2.4)
    axes.set_xticks([0, 1, 2], ["shuffled\nimages", "strangers", "identical"])
    axes.axvline(1, color=INK, linewidth=0.8, linestyle=":")

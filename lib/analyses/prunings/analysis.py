"""Tables and lines of the page on ways to prune."""

from contextlib import suppress

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import LogLocator

from ...book.claims.quantity import Missing
from ...book.claims.runs import estimate
from ...book.report import values
from ...book.report.figure import AS_LONG_LINE, INDEPENDENT
from ...book.report.format import number, percent
from ...book.report.names import METRICS
from ...book.report.results import Results
from ...book.report.style import INK, LAST_COLOUR, NETWORK_LINES, OTHER_INKS, similarity_axis
from .measures import (
    EXTREMES,
    QUICKER,
    WAY_METRICS,
    WAYS,
    beside_rewinding,
    departure,
    epochs_trained,
    fair_level,
    gained,
    iteration_of,
    rank_correlations,
    ranking_of_ways,
    similarity_at,
)
from .tables import OVERLAP
from .ways import (
    BASE,
    BASE_NETWORK,
    LATER_LEVELS,
    LEVELS,
    NEVER_PRUNED,
    WAYS_BY_CHANGE,
    experiment_name,
    ways,
)

WAY_LOOKS = {BASE: {"color": LAST_COLOUR, "linestyle": "-", "marker": "o"}}
"""Way -> how its line is drawn: the colour says what it changes, dashes and marks how."""

# which weights go has the colour of random masks
_COLOURS = (*OTHER_INKS, NETWORK_LINES["random_masks"]["color"])
for _colour, _changed in zip(_COLOURS, WAYS_BY_CHANGE.values(), strict=True):
    for _dashes, _marker, _way in zip(("-", "--", "-."), "sD^", _changed, strict=True):
        WAY_LOOKS[_way] = {"color": _colour, "linestyle": _dashes, "marker": _marker}

_SIZES = dict(zip(LEVELS, (3, 5, 8), strict=True))


def _table(rows: dict, *levels: str) -> pd.DataFrame:
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis(list(levels))


def error_and_similarity(results: Results, way: str, metric: str) -> pd.DataFrame:
    """Test error in percent, and similarity, at each level that a way reaches; means of networks.

    Returns:
        Index the level; columns `error`, `similarity_at`.
    """
    complete = complete_error(results)
    rows = {}
    for level in LEVELS:
        with suppress(Missing):
            similar = similarity_at(results, way, level, metric).mean()
            error = complete - gained(results, way, level).mean()
            rows[level] = {"error": error, "similarity": similar}
    return pd.DataFrame.from_dict(rows, orient="index", columns=["error", "similarity"])


def draw_path(axes: Axes, path: pd.DataFrame, label: str, look: dict[str, str]) -> None:
    """A line from level to level: its marks grow, and an arrow leads to the last one.

    Args:
        path: of `error_and_similarity`.
        look: one of `WAY_LOOKS`.
    """
    axes.plot(path.error, path.similarity, label=label, markersize=3, **look)
    for level, point in path.iterrows():
        mark = {"marker": look["marker"], "markersize": _SIZES[level], "color": look["color"]}
        axes.plot([point.error], [point.similarity], **mark)
    if len(path) > 1:
        arrow = {"arrowstyle": "->", "color": look["color"], "shrinkB": 4}
        ends = (tuple(path.iloc[end]) for end in (-1, -2))
        axes.annotate("", *ends, arrowprops=arrow)


def draw_without_pruning(axes: Axes, results: Results, metric: str) -> None:
    """Networks that were never pruned: trained as long, complete ones, and independent ones."""
    alone = never_pruned(results, metric)
    axes.plot(alone.error, alone.similarity, label="trained as long", **AS_LONG_LINE)
    complete = complete_error(results)
    axes.axvline(complete, color=INK, linewidth=0.7, label="complete networks")
    independent = independent_similarity(results, metric)
    axes.axhline(independent, label="independent networks", **INDEPENDENT)


def same_scales(axes: Axes, results: Results, metric: str) -> None:
    """Test error in percent, logarithmic, and similarity, as in every panel of a metric."""
    paths = [error_and_similarity(results, way, metric) for way in WAYS]
    points = pd.concat([*paths, never_pruned(results, metric)]).dropna()
    lowest = min(points.similarity.min(), independent_similarity(results, metric))
    similarity_axis(axes, lowest)
    axes.set_xscale("log")
    axes.set_xlim(points.error.min() / 1.1, points.error.max() * 1.1)
    axes.xaxis.set_major_locator(LogLocator(subs=(1, 1.5, 2, 3, 5, 7)))
    axes.xaxis.set_major_formatter("{x:g}")
    axes.minorticks_off()
    axes.set_xlabel("test error, %")


def complete_error(results: Results) -> float:
    """The test error of the complete networks, in percent."""
    return float(100 - 100 * values.accuracy(results, NEVER_PRUNED)["mean"][0])


def independent_similarity(results: Results, metric: str) -> float:
    """Mean similarity of the hidden layers of independently trained networks."""
    hidden = values.hidden(results, NEVER_PRUNED)
    return float(
        values.curves(results, f"{BASE_NETWORK}_independent", metric)[hidden].iloc[-1].mean()
    )


def never_pruned(results: Results, metric: str) -> pd.DataFrame:
    """The same of the networks that were never pruned, after as much training as the base."""
    hidden = values.hidden(results, NEVER_PRUNED)
    curve = values.curves(results, NEVER_PRUNED, metric)[hidden].mean(axis=1)
    error = 100 - 100 * values.accuracy(results, NEVER_PRUNED)["mean"]
    then = list(values.remaining(results, experiment_name(BASE, "late")).index)
    return pd.DataFrame({"error": error[then], "similarity": curve[then]})


def table_beside_rewinding(results: Results) -> pd.DataFrame:
    """Each way beside learning-rate rewinding, at equal accuracy and midway, as texts."""
    rows = {}
    for way in list(WAYS)[1:]:
        row = {"Compared": "none"}
        with suppress(Missing):
            row["Compared"] = fair_level(results, way)
        for metric in WAY_METRICS:
            row[METRICS[metric]] = estimate(beside_rewinding, results, way, metric).text(sign=True)
        row["Accuracy, midway"] = estimate(gained, results, way, "midway").text(1, sign=True)
        for metric in WAY_METRICS:
            head = f"{METRICS[metric]}, midway"
            row[head] = estimate(beside_rewinding, results, way, metric, "midway").text(sign=True)
        rows[WAYS[way]] = row
    return _table(rows, "Way")


def table_beyond_training(results: Results) -> pd.DataFrame:
    """What the quicker ways and the base change beyond training alone: rows (level, way)."""
    rows = {}
    for level in LEVELS:
        for way in (BASE, *QUICKER):
            if way in ways(level):
                rows[level, WAYS[way]] = {
                    "Epochs": _epochs_behind(results, way, level),
                    "SVCCA, beyond training": estimate(departure, results, way, level).text(
                        sign=True
                    ),
                }
    return _table(rows, "Level", "Way")


def _epochs_behind(results: Results, way: str, level: str) -> str:
    name = experiment_name(way, level)
    [iteration] = iteration_of(results, level).pick(values.remaining(results, name))
    return f"{epochs_trained(results, name)[iteration]:.0f}"


def svcca_midway(results: Results, way: str) -> pd.Series:
    """SVCCA of each layer with the complete network midway, mean over the networks.

    Raises:
        Missing: the way does not get so far.
    """
    name = experiment_name(way, "midway")
    [iteration] = iteration_of(results, "midway").pick(values.remaining(results, name))
    return values.curves(results, name, "svcca").loc[iteration]


def svcca_never_pruned(results: Results) -> pd.Series:
    """The same of networks that were never pruned, after as many trainings as the base."""
    remaining = values.remaining(results, experiment_name(BASE, "midway"))
    [iteration] = iteration_of(results, "midway").pick(remaining)
    return values.curves(results, NEVER_PRUNED, "svcca").loc[iteration]


RANKED_PAIRS = {
    "SVCCA and CKA": WAY_METRICS,
    "Accuracy and SVCCA": ("gain", "svcca"),
    "Accuracy and CKA": ("gain", "cka"),
}


def table_of_orders(results: Results) -> pd.DataFrame:
    """Rank correlations over the ways, in brackets without the extremes: rows the levels."""
    rows = {}
    for level in LEVELS:
        rows[level] = {
            head: _correlation(results, level, *pair) for head, pair in RANKED_PAIRS.items()
        }
    return _table(rows, "Level")


def _correlation(results: Results, level: str, first: str, second: str) -> str:
    try:
        every = rank_correlations(results, level, first, second).mean()
        inner = rank_correlations(results, level, first, second, EXTREMES).mean()
    except Missing:
        return "-"
    return f"{number(every)} ({number(inner)})"


def spans(results: Results) -> pd.DataFrame:
    """How far the ways lie apart later in pruning, from one end to the other.

    Returns:
        Index the level; columns `gain` in points of accuracy, and the metrics; means
        over networks, NaN where too few ways get so far.
    """
    rows = {}
    for level in LATER_LEVELS:
        with suppress(Missing):
            ranking = ranking_of_ways(results, level, "gain", *WAY_METRICS)
            means = ranking.groupby(level="way").mean()
            rows[level] = means.max() - means.min()
    apart = pd.DataFrame.from_dict(rows, orient="index", columns=["gain", *WAY_METRICS])
    return apart.reindex(list(LATER_LEVELS))


def table_of_masks(results: Results) -> pd.DataFrame:
    """Jaccard index of the masks of each two ways midway, in brackets what chance would give."""
    masks = results.of(experiment_name(BASE, "midway"), OVERLAP)
    level = "midway" if "midway" in set(masks.level) else masks.level.iloc[0]
    masks = masks[masks.level == level].groupby(["way", "other_way"])
    means = masks[["jaccard", "by_chance"]].mean()
    names = list(WAYS)
    titles = list(WAYS.values())
    common = pd.DataFrame("", index=titles, columns=titles[:-1])
    for ways_of_row, row in means.iterrows():
        first, second = sorted(ways_of_row, key=names.index)
        text = f"{number(row.jaccard)} ({number(row.by_chance)})"
        common.loc[WAYS[second], WAYS[first]] = text
    return common.iloc[1:].rename_axis("Ways")


def table_of_levels(results: Results) -> pd.DataFrame:
    """What is left, accuracy and similarity, as texts: rows (level, way)."""
    rows = {}
    for level in LEVELS:
        for way, words in WAYS.items():
            if way in ways(level):
                rows[level, words] = _at_level(results, way, level)
    return _table(rows, "Level", "Way")


def _at_level(results: Results, way: str, level: str) -> dict[str, str]:
    titles = [METRICS[metric] for metric in WAY_METRICS]
    remaining = values.remaining(results, experiment_name(way, level))
    try:
        [iteration] = iteration_of(results, level).pick(remaining)
    except Missing:
        return dict.fromkeys(("Left", "Accuracy", "Same class", *titles), "-")
    same = values.same_class(results, experiment_name(way, level))
    row = {
        "Left": percent(remaining[iteration]),
        "Accuracy": estimate(gained, results, way, level).text(1, sign=True),
        "Same class": percent(same[iteration]) if iteration in same else "-",
    }
    for metric, title in zip(WAY_METRICS, titles, strict=True):
        row[title] = estimate(similarity_at, results, way, level, metric).text()
    return row

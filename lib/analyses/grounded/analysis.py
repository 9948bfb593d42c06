"""How well each metric tells groups of networks apart, and what else is known of them.

The rules here were written before any of these networks was trained.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from itertools import permutations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ...book.claims.engine import NOT_MEASURED
from ...book.findings import Decided, compared
from ...book.report.dot_plot import draw_intervals
from ...book.report.format import percent
from ...book.report.names import METRICS, metric_titles
from ...book.report.results import Results, cached_per_results
from ...book.report.statistics import CORRELATION, Interval, interval, rank_correlation
from ...book.report.style import INK
from ..frames import frame_of
from ..measured_networks import EVERY_KIND
from .groups import GROUPS, OUTPUT_METRICS, TESTS, UNALTERED
from .tables import PAIRS

TEST_TITLES = {
    "labels": "Random labels",
    "shortcut": "Shortcuts",
    "augmentation": "Augmentation",
    "layers": "Order of layers",
    "accuracy": "Accuracy",
    "agreement": "Same answers",
    "jensen_shannon": "Same probabilities",
}
"""Test -> what a table calls it."""

_SHARE = (0.0, 1.0)

_ROUNDING = 1e-9
"""Means that differ by no more are equal."""


def over_seeds(statistic: Callable[[Sequence[int]], float], seeds: Sequence[int]) -> Interval:
    """A statistic of all networks, with an interval whose unit is the train seed.

    Networks are in many pairs, and those of one seed in each group start from the same
    weights. So each seed gets a pseudo-value, n U - (n - 1) U' with U' the statistic
    without its networks (Tukey 1958), and these get Student's interval.

    Args:
        statistic: of the networks of some seeds; NaN where they are too few.

    Returns:
        Without ends where leaving one out leaves too few.
    """
    whole, n = statistic(seeds), len(seeds)
    without = [statistic([seed for seed in seeds if seed != left]) for left in seeds]
    estimated = interval([n * whole - (n - 1) * each for each in without])
    return replace(estimated, mean=whole) if math.isnan(estimated.mean) else estimated


def seeds_of(study: Results) -> list[int]:
    """The train seeds of the networks."""
    return sorted(study.of(UNALTERED, PAIRS).train_seed.unique())


def accuracy_of_groups(study: Results) -> pd.DataFrame:
    """Test accuracy of the networks of each group, as texts: mean, lowest and highest."""
    rows = {}
    for group in GROUPS:
        complete = study.of(group, "performance").query("run_seed.isna()").accuracy
        of_group = {"Mean": complete.mean(), "Lowest": complete.min(), "Highest": complete.max()}
        words = study.settings(group)["about"]
        rows[(words,)] = {name: percent(accuracy, 1) for name, accuracy in of_group.items()}
    return frame_of(rows, "Networks trained on")


def between_networks(study: Results, metric: str, groups: Iterable[str]) -> pd.DataFrame:
    """How similar networks of some groups are to each other, a row for each pair.

    Returns:
        Columns `experiment`, `train_seed`, `other_experiment`, `other_seed`, `value`.
    """
    rows = study.table(PAIRS)
    groups = set(groups)
    networks = rows.experiment.isin(groups) & rows.other_experiment.isin(groups)
    return rows[networks & (rows.metric == metric) & (rows.layer_x == rows.layer_y)]


def average_precision(pairs: pd.DataFrame, groups: Sequence[str], seeds: Sequence[int]) -> float:
    """How well similarity tells pairs of one group from pairs of two, from chance to 1.

    For each group, its pairs are to be found among these and its pairs with other
    groups: the area under the curve of precision against recall; then the mean over the
    groups (ReSi, section 3).

    Args:
        pairs: as `between_networks` returns them.
        seeds: of the networks that take part.

    Returns:
        NaN for too few networks to make pairs of both kinds.
    """
    from sklearn.metrics import average_precision_score  # takes a second

    pairs = pairs[pairs.train_seed.isin(seeds) & pairs.other_seed.isin(seeds)].dropna()
    first = pairs.experiment.to_numpy()
    second = pairs.other_experiment.to_numpy()
    values = pairs.value.to_numpy()
    areas = []
    for group in groups:
        of_group = (first == group) | (second == group)
        inside = (first == second)[of_group]
        both = len(set(inside)) == 2
        areas.append(average_precision_score(inside, values[of_group]) if both else math.nan)
    return float(np.mean(areas))


def chance(pairs: pd.DataFrame, groups: Sequence[str]) -> float:
    """The mean over the groups of the share of pairs inside: what guessing gives."""
    shares = []
    for group in groups:
        of_group = pairs[(pairs.experiment == group) | (pairs.other_experiment == group)]
        shares.append((of_group.experiment == of_group.other_experiment).mean())
    return float(np.mean(shares))


def layers_in_order(study: Results, metric: str, seed: int) -> float:
    """How often a nearer layer is the more similar one, in the network of a seed.

    Of three layers, the first or the last has the middle one nearer to it than the
    other end (ReSi, section 3). Half is chance.
    """
    rows = study.of(UNALTERED, PAIRS)
    rows = rows[(rows.train_seed == seed) & (rows.other_seed == seed) & (rows.metric == metric)]
    values = dict(zip(zip(rows.depth_x, rows.depth_y, strict=True), rows.value, strict=True))
    similar = values | {(y, x): value for (x, y), value in values.items()}
    depths = sorted({depth for pair in values for depth in pair})
    return float(
        np.mean(
            [
                similar[end, middle] > similar[end, far]
                for end, middle, far in permutations(depths, 3)
                if end < middle < far or end > middle > far
            ]
        )
    )


def with_outputs(study: Results, metric: str, output: str, seeds: Sequence[int]) -> float:
    """Rank correlation, over pairs of networks, of a metric with what the networks answer.

    Args:
        output: one of `OUTPUT_METRICS`, or "accuracy" for how close their accuracies are.
        seeds: of the networks that take part.
    """
    similar, beside = _of_pairs(study, metric), _alike(study, output)
    chosen = [pair for pair in similar.index if set(pair) <= set(seeds)]
    return rank_correlation(similar[chosen], beside[chosen])


@cached_per_results
def _of_pairs(study: Results, metric: str) -> pd.Series:
    """How similar the unaltered networks of each pair of seeds are."""
    rows = between_networks(study, metric, [UNALTERED])
    return rows.set_index(["train_seed", "other_seed"]).value


@cached_per_results
def _alike(study: Results, output: str) -> pd.Series:
    if output in OUTPUT_METRICS:
        return _of_pairs(study, output)
    complete = study.of(UNALTERED, "performance").query("run_seed.isna()")
    accuracy = complete.set_index("train_seed").accuracy
    pairs = [(a, b) for a in accuracy.index for b in accuracy.index if a < b]
    index = pd.MultiIndex.from_tuples(pairs, names=["train_seed", "other_seed"])
    return pd.Series([-abs(accuracy[a] - accuracy[b]) for a, b in pairs], index)


def results_of_tests(study: Results) -> pd.DataFrame:
    """Each metric in each test.

    Returns:
        Index metric, columns tests; cells are an `Interval` over train seeds.
    """
    seeds = seeds_of(study)
    table: dict[str, dict[str, Interval]] = {}
    for metric in EVERY_KIND:
        row = {}
        for test, groups in TESTS.items():
            pairs = between_networks(study, metric, groups)
            row[test] = over_seeds(partial(average_precision, pairs, groups), seeds).within(*_SHARE)
        row["layers"] = interval([layers_in_order(study, metric, seed) for seed in seeds]).within(
            *_SHARE
        )
        for output in ("accuracy", *OUTPUT_METRICS):
            correlation = over_seeds(partial(with_outputs, study, metric, output), seeds)
            row[output] = correlation.within(*CORRELATION)
        table[metric] = row
    return pd.DataFrame.from_dict(table, orient="index")


def guesses(study: Results) -> dict[str, float]:
    """What a metric that knows nothing has in each test."""
    of_groups = {
        test: chance(between_networks(study, EVERY_KIND[0], groups), groups)
        for test, groups in TESTS.items()
    }
    return dict.fromkeys(TEST_TITLES, 0.0) | {"layers": 0.5} | of_groups


def draw_test(axes: Axes, cells: pd.Series, guess: float) -> None:
    """A row for each metric, and a line where a guess stands.

    Args:
        axes: a panel with the test as its title.
        cells: a column of `results_of_tests`.
    """
    column = f"_{cells.name}"  # an underscore keeps it out of the legend
    estimates = cells.to_frame(column).rename(index=metric_titles())
    draw_intervals(axes, estimates, {column: {"color": INK, "marker": "o"}}, reference=guess)


def tests_as_texts(results: pd.DataFrame) -> pd.DataFrame:
    """`results_of_tests` as texts."""
    titles = metric_titles()
    rows = {
        (titles[metric],): {TEST_TITLES[test]: cell.text() for test, cell in row.items()}
        for metric, row in results.iterrows()
    }
    return frame_of(rows, "Metric")


def decided_tests(study: Results, results: pd.DataFrame) -> list[Decided]:
    """Whether each metric of the paper does better than chance; and which one is best."""
    guess_of = guesses(study)
    decided = []
    for metric in results.index[results.index.isin(list(METRICS))]:
        for test, cell in results.loc[metric].items():
            above = cell.minus(guess_of[test])
            words = f"{METRICS[metric]} in the test {TEST_TITLES[test]!r}, minus chance"
            decided.append(compared(f"grounded-{test}-{metric}", words, above, above.side))
    best = {test: best_of(results, test) for test in results}
    for test, metrics in best.items():
        names = ", ".join(metrics) or NOT_MEASURED
        words = f"the best metrics in {TEST_TITLES[test]!r}"
        decided.append(Decided(f"grounded-best-{test}", words, names, names))
    in_all = set.intersection(*map(set, best.values()))
    verdict = "holds" if in_all else "does not hold"
    named = ", ".join(sorted(in_all)) or "none"
    return [*decided, Decided("grounded-one-best", "one metric is best in all", named, verdict)]


def best_of(results: pd.DataFrame, test: str) -> list[str]:
    """The metrics with the highest mean in a test, all that are equal up to rounding."""
    means = results[test].map(lambda cell: cell.mean).dropna()
    return [str(metric) for metric in means.index[means >= means.max() - _ROUNDING]]

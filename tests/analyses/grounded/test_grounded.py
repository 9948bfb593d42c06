"""Groups of networks: who is compared with whom, and how well a metric tells them apart."""

import numpy as np
import pandas as pd
import pytest

from lib.analyses.grounded import analysis, job
from lib.analyses.grounded.analysis import EVERY_KIND, TESTS
from lib.analyses.grounded.groups import GROUNDED, GROUPS, OUTPUT_METRICS, UNALTERED
from lib.analyses.grounded.tables import PAIRS
from lib.book.report.figure import PanelFigure
from lib.book.report.statistics import Interval
from lib.catalogue import declared_study
from lib.study.job import Job
from lib.study.jobs import run_job

LABELS = f"{GROUNDED}_labels_100"
SEEDS = range(5)


def test_each_pair_of_groups_of_a_test_is_compared_in_one_analysis():
    pairs = [
        {group, other}
        for group, declared in job.DECLARED["laptop"].items()
        for other in declared.others_of
    ]
    wanted = [
        {group, other}
        for groups in TESTS.values()
        for i, group in enumerate(groups)
        for other in groups[i + 1 :]
    ]
    assert sorted(map(sorted, pairs)) == sorted(map(sorted, wanted))
    assert set(job.DECLARED["laptop"]) == set(GROUPS)


def test_networks_of_two_groups_are_compared_where_their_seeds_differ(tmp_path, monkeypatch):
    monkeypatch.setitem(job.DECLARED, "tiny", {UNALTERED: job.Pairs((LABELS,), True, (0, 1))})
    study = declared_study("tiny", tmp_path, [UNALTERED], "grounded")
    for each in study.jobs():
        run_job(study, each, device="cpu")
    rows = pd.read_parquet(
        study.job_folder(Job(UNALTERED, 0, analysis="pairs", other_seed=0)) / "pairs.parquet"
    )
    between = rows[(rows.layer_x == rows.layer_y) & (rows.metric == "cka")]
    found = set(zip(between.train_seed, between.other_experiment, between.other_seed, strict=True))
    assert found == {(0, UNALTERED, 1), (0, LABELS, 1), (1, LABELS, 0)}
    assert set(between.layer_x) == {"pool4"}
    of_outputs = rows[rows.layer_x == "out"]
    assert set(of_outputs.metric) == set(OUTPUT_METRICS)
    layers = rows[(rows.layer_x != rows.layer_y) & (rows.metric == "nbs")]
    assert layers.groupby("train_seed").size().tolist() == [14 * 13 / 2] * 2
    assert set(rows.metric) == {*EVERY_KIND, *OUTPUT_METRICS}


class MadeUp:
    """A study with these rows."""

    def __init__(self, rows, performance=()):
        self.rows, self.performance = PAIRS.tidy(rows), pd.DataFrame(performance)

    def table(self, _):
        return self.rows

    def of(self, experiment, table):
        if table == "performance":
            return self.performance
        return self.rows[self.rows.experiment == experiment]


def row(experiment, seed, other, other_seed, value, metric="cka", x=("last", 5), y=("last", 5)):
    values = (experiment, seed, other, other_seed, *x, *y, metric, "gap", value)
    return dict(zip(PAIRS.columns, values, strict=True))


def groups_apart(inside, across, groups=("a", "b", "c")):
    """Similarities of networks of some groups, those of one seed left out."""
    draws = np.random.default_rng(0)
    rows = []
    for i, group in enumerate(groups):
        for other in groups[i:]:
            for seed in SEEDS:
                for other_seed in SEEDS:
                    if seed < other_seed or (seed != other_seed and group != other):
                        value = inside if group == other else across
                        noise = draws.uniform(0, 0.1)
                        rows.append(row(group, seed, other, other_seed, value + noise))
    return MadeUp(rows)


@pytest.mark.parametrize(("inside", "across", "area"), [(0.8, 0.5, 1.0), (0.5, 0.8, None)])
def test_groups_are_told_apart_where_networks_are_more_similar_inside(inside, across, area):
    study, groups = groups_apart(inside, across), ("a", "b", "c")
    pairs = analysis.between_networks(study, "cka", groups)
    guess = analysis.chance(pairs, groups)
    assert guess == pytest.approx(10 / 50)
    precision = analysis.average_precision(pairs, groups, list(SEEDS))
    if area is None:
        assert precision < guess
    else:
        assert precision == area


def test_similarities_that_know_no_groups_do_as_a_guess_does():
    groups = tuple("abcdefgh")
    study = groups_apart(0.5, 0.5, groups)
    pairs = analysis.between_networks(study, "cka", groups)
    found = analysis.over_seeds(
        lambda seeds: analysis.average_precision(pairs, groups, seeds), list(SEEDS)
    )
    assert found.low < analysis.chance(pairs, groups) < found.high


def test_the_jackknife_of_a_mean_is_that_means_interval():
    numbers = [0.2, 0.4, 0.1, 0.8, 0.3]
    found = analysis.over_seeds(lambda seeds: np.mean([numbers[i] for i in seeds]), range(5))
    expected = analysis.interval(numbers)
    assert (found.mean, found.low, found.high) == pytest.approx(
        (expected.mean, expected.low, expected.high)
    )


def test_a_test_is_drawn_metric_by_metric_beside_a_guess():
    cells = pd.Series({"svcca": Interval(0.4, 0.3, 0.5, 5), "cka": Interval(0.8, 0.7, 0.9, 5)})
    axes = PanelFigure("test").panel("Random labels")
    analysis.draw_test(axes, cells.rename("labels"), 0.2)
    assert [label.get_text() for label in axes.get_yticklabels()] == ["SVCCA", "CKA"]
    guess, marks = axes.get_lines()
    assert set(guess.get_xdata()) == {0.2}
    assert list(marks.get_xdata()) == [0.4, 0.8]
    assert marks.get_label().startswith("_")


def test_metrics_that_are_equally_good_are_all_the_best():
    means = {"svcca": 0.5, "cka": 1.0, "nbs": 1.0 - 1e-15}
    results = pd.DataFrame({"shortcut": {m: Interval(v, v, v, 5) for m, v in means.items()}})
    assert analysis.best_of(results, "shortcut") == ["cka", "nbs"]


def chain(value):
    """Four layers of one network, with a similarity that depends on their distance."""
    layers = [("a", 0), ("b", 1), ("c", 2), ("d", 3)]
    rows = [
        row(UNALTERED, 0, UNALTERED, 0, value(y[1] - x[1]), x=x, y=y)
        for x in layers
        for y in layers
        if x[1] < y[1]
    ]
    return MadeUp(rows)


def test_layers_are_in_order_where_similarity_falls_with_distance():
    assert analysis.layers_in_order(chain(lambda distance: 1 / distance), "cka", 0) == 1
    assert analysis.layers_in_order(chain(lambda distance: distance), "cka", 0) == 0


def test_a_metric_goes_with_the_outputs_where_it_orders_pairs_alike():
    rows = []
    accuracies = {0: 0.5, 1: 0.6, 2: 0.75, 3: 0.95}
    for seed in accuracies:
        for other in range(seed + 1, 4):
            apart = accuracies[other] - accuracies[seed]
            rows.append(row(UNALTERED, seed, UNALTERED, other, 1 - apart))
            rows.append(
                row(UNALTERED, seed, UNALTERED, other, apart, "agreement", ("out", 6), ("out", 6))
            )
    performance = [
        {"train_seed": seed, "run_seed": pd.NA, "accuracy": accuracy}
        for seed, accuracy in accuracies.items()
    ]
    study = MadeUp(rows, performance)
    seeds = list(accuracies)
    assert analysis.with_outputs(study, "cka", "accuracy", seeds) == pytest.approx(1)
    assert analysis.with_outputs(study, "cka", "agreement", seeds) == pytest.approx(-1)

"""Accuracy beside training alone, in made-up studies whose accuracies are known."""

from dataclasses import replace

import pandas as pd
import pytest
from matplotlib.figure import Figure

from lib.analyses.accuracy import analysis
from lib.analyses.beside_papers_recipe import networks_beside
from lib.book.report.results import load_results, results_if_any
from lib.book.report.style import percent_axis

from ...book.report.made_up import write_results

SVHN, ON = "vgg_svhn", "vgg_svhn_trained_as_long"
NOTHING = results_if_any("no such folder")


def networks_of(study):
    """The networks of a page that shows a study alone."""
    return networks_beside(study, NOTHING)


def svhn_of(study):
    [network] = [network for network in networks_of(study) if network.experiment == SVHN]
    return network


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    folder = tmp_path_factory.mktemp("accuracy") / "results"
    runs = [(0, 0), (1, 0), (2, 0)]
    controls = ["trained_as_long", "independent"]
    return load_results(write_results(folder, runs=runs, controls=controls))


def with_accuracies(study, pruned, trained):
    """VGG_SVHN at 0.9, pruned and trained on with {iteration: accuracy}; networks 0.001 apart."""
    rows = study.of(SVHN, "performance")
    found = []
    for name, known in ((SVHN, pruned), (ON, trained)):
        numbers = rows.iteration.map(known | {0: 0.9})
        own = rows.assign(experiment=name, accuracy=numbers + 0.001 * rows.train_seed)
        found.append(own)
    others = study.performance[~study.performance.experiment.isin([SVHN, ON])]
    return replace(study, performance=pd.concat([others, *found], ignore_index=True))


def test_a_gain_is_taken_over_the_complete_network_and_over_training_alone(study):
    pruned = dict.fromkeys(range(1, 6), 0.92)
    other = with_accuracies(study, pruned, dict.fromkeys(range(1, 6), 0.95))
    gains = analysis.gains(networks_of(other)).loc["VGG_SVHN", "half or more"]
    assert gains.complete.mean == pytest.approx(2)
    assert gains.training.mean == pytest.approx(-3)
    decided = analysis.decided_end(svhn_of(other))
    assert (decided.key, decided.verdict) == ("accuracy-end-vgg-svhn", "below 0")
    assert analysis.decided_early(svhn_of(other)).verdict == "above 0"
    words = analysis.points_in_words([svhn_of(other)])
    assert (words["accuracy_left"], words["accuracy_below_most"]) == ("33 %", "3.0")
    assert words["accuracy_early"] == "2.0"
    missing = analysis.gains(networks_of(other)).loc["VGG16_BN", "half or more"].training
    assert analysis.with_networks(missing) == "-"


def test_ranges_of_weights_left_that_no_network_reaches_are_left_out(study):
    ranges = analysis.gains(networks_of(study)).loc["VGG_SVHN"].index
    assert list(ranges) == ["half or more", "about a third"]
    assert analysis.gains([]).empty


def test_networks_by_the_papers_recipe_stand_beside_those_of_a_study(study):
    networks = networks_beside(study, study)
    assert len({network.title for network in networks}) == len(networks)
    own = svhn_of(study)
    [beside] = [network for network in networks if network.key == "vgg-svhn-full"]
    assert (own.title, beside.title) == ("VGG_SVHN", "VGG_SVHN, paper's recipe")
    assert len(analysis.accuracy_overview(networks)) == len(networks)


@pytest.mark.parametrize(("trained", "verdict"), [(0.95, "does not hold"), (0.91, "holds")])
def test_whether_any_gain_is_above_training(study, trained, verdict):
    numbers = dict.fromkeys(range(1, 6), trained)
    other = with_accuracies(study, dict.fromkeys(range(1, 6), 0.92), numbers)
    assert analysis.above_training(analysis.gains(networks_of(other))).verdict == verdict


def test_without_a_control_nothing_is_said(study):
    alone = replace(study, performance=study.performance[study.performance.experiment != ON])
    assert analysis.above_training(analysis.gains(networks_of(alone))).verdict == "not measured"


def test_pruning_costs_nothing_until_it_is_half_a_point_below_training_alone(study):
    pruned = {1: 0.93, 2: 0.93, 3: 0.92, 4: 0.94, 5: 0.94}
    other = with_accuracies(study, pruned, dict.fromkeys(range(1, 6), 0.93))
    [level] = analysis.costless(networks_of(other))
    assert (level.network.experiment, level.iteration) == (SVHN, 2)
    assert level.left == pytest.approx(0.64)
    table = analysis.costless_table([level])
    assert table.loc["VGG_SVHN", "Accuracy"] == "+0.0"


def test_a_network_that_is_never_shown_to_cost_nothing_is_not_measured(study):
    other = with_accuracies(
        study, dict.fromkeys(range(1, 6), 0.9), dict.fromkeys(range(1, 6), 0.93)
    )
    [level] = analysis.costless(networks_of(other))
    assert level.iteration == 0
    decided = analysis.beside_training_alone(level)
    assert (decided.key, decided.verdict) == ("accuracy-costless-vgg-svhn", "not measured")


def test_what_pruning_moves_is_the_difference_of_the_means(study):
    rows = study.similarity
    known = rows.experiment.map({SVHN: 0.7, ON: 0.9}).fillna(0.5)
    other = replace(study, similarity=rows.assign(value=known))
    moved = analysis.moved_by_pruning(svhn_of(other), "cka")
    assert moved.tolist() == pytest.approx([-0.2] * 5)
    one = analysis.moved_at_the_end(svhn_of(other), "cka")
    assert (one.key, one.verdict) == ("accuracy-moved-vgg-svhn", "not measured")


def test_in_three_networks_it_is_decided_whether_pruning_moves_them_further_in_the_end(study):
    level = dict.fromkeys(range(1, 6), 0.9)
    alike = with_accuracies(study, level, level)
    pruned = study.similarity[study.similarity.experiment == SVHN]
    rows = pd.concat(
        pruned.assign(experiment=name, value=value) for name, value in ((SVHN, 0.7), (ON, 0.9))
    )
    other = replace(alike, similarity=rows)
    assert analysis.moved_at_the_end(svhn_of(other), "cka").verdict == "below 0"


def test_the_best_pruned_network_is_not_the_complete_one(study):
    other = with_accuracies(study, {1: 0.6, 2: 0.8, 3: 0.7, 4: 0.5, 5: 0.5}, {})
    row = analysis.accuracy_overview(networks_of(other)).loc["VGG_SVHN"]
    assert row["Best pruned"] == "80.1 % at 64 %"
    assert row["Last pruned"] == "50.1 % at 33 %"
    assert row["Complete"] == "90.1 %"


def test_speed_up_stands_below_each_share_and_between_iterations_on_a_straight_line():
    axes = Figure().add_subplot()
    percent_axis(axes, 0.09)
    analysis.add_speed_up(axes, pd.DataFrame({"weights": [0.25, 0.1], "operations": [0.5, 0.04]}))
    shown = [text.get_text() for text in axes.get_xticklabels()]
    # 0.5 lies halfway from all weights to a quarter of them, in logarithms
    fewer = [text.split("\n")[1] for text in shown]
    assert [fewer[0], fewer[1], fewer[-1]] == ["1.0\u00d7", "1.4\u00d7", "25\u00d7"]

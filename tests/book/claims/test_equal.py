"""At equal accuracy: which iteration that is, and what is said of a difference."""

import math
from dataclasses import replace

import pandas as pd
import pytest

from lib.book.claims import equal
from lib.book.report.results import load_results
from lib.book.report.statistics import Interval

from ..report.made_up import write_results

RUNS = [(0, 0), (1, 0), (2, 0)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Three complete networks of each kind, beside controls."""
    return write_results(
        tmp_path_factory.mktemp("equal") / "results",
        runs=RUNS,
        controls=["independent", "trained_as_long"],
    )


def having(folder, lost, spread=0.0, control_gains=0.0):
    """The study with accuracies of our own.

    Args:
        lost: {iteration: by how much pruned networks are worse}; 0 for the others.
        spread: between complete networks, of what they lose.
        control_gains: what networks gain that are trained as long.
    """
    study = load_results(folder)
    rows = study.performance
    scatter = rows.train_seed.map({0: -spread, 1: 0.0, 2: spread})
    accuracy = 0.9 + 0.01 * rows.train_seed - rows.iteration.map(lost).fillna(0.0)
    accuracy -= scatter.where(rows.iteration > 0, 0)
    control = rows.experiment.str.endswith("_trained_as_long") & (rows.iteration > 0)
    accuracy = accuracy.mask(control, 0.9 + 0.01 * rows.train_seed + control_gains)
    return replace(study, performance=rows.assign(accuracy=accuracy))


def test_the_last_iteration_before_the_first_that_is_worse_by_half_a_point(folder):
    study = having(folder, {1: 0.0049, 2: 0.0049, 3: 0.0051, 5: 0.2})
    assert equal.last_as_accurate(study, "vgg16_bn") == 2
    assert equal.last_as_accurate(having(folder, {1: 0.0051}), "vgg16_bn") == 0


def test_networks_that_differ_too_much_are_not_shown_to_be_as_accurate(folder):
    """The half width is Student's, 4.30 standard errors of three networks."""
    spread = 0.005 * 3**0.5 / 4.303
    assert equal.last_as_accurate(having(folder, {}, 0.99 * spread), "vgg16_bn") == 5
    assert equal.last_as_accurate(having(folder, {}, 1.01 * spread), "vgg16_bn") == 0


def test_a_single_network_has_no_interval_and_counts_by_its_own_number(folder):
    study = having(folder, {3: 0.006})
    alone = replace(study, performance=study.performance[study.performance.train_seed == 1])
    assert equal.last_as_accurate(alone, "vgg16_bn") == 2


def test_only_measured_iterations_count_where_few_were_measured(folder):
    study = having(folder, {3: 0.006})
    assert equal.last_as_accurate(study, "vgg16_bn", measured={2, 4, 5}) == 5
    assert equal.last_as_accurate(study, "vgg16_bn", measured={3, 4}) == 0


def test_a_network_that_was_not_pruned_to_the_end_does_not_count(folder):
    """Networks at 0.9, 0.8 and 0.5; the first is pruned twice, the last not at all."""
    study = load_results(folder)
    accuracy = study.performance.train_seed.map({0: 0.9, 1: 0.8, 2: 0.5})
    rows = study.performance.assign(accuracy=accuracy - 0.004 * study.performance.iteration)
    again = rows[(rows.train_seed == 0) & (rows.iteration > 0)].assign(run_seed=1)
    kept = rows[(rows.train_seed < 2) | (rows.iteration == 0)]
    other = type(study)(folder, study.similarity, pd.concat([kept, again]), study.provenance)
    assert equal.last_as_accurate(other, "vgg16_bn") == 1


def test_equal_to_a_control_means_at_the_same_iteration(folder):
    """Of VGG_SVHN one complete network was trained as long, so its own number decides."""
    assert equal.last_as_accurate(having(folder, {}, 0, 0.0049), "vgg_svhn", "trained_as_long") == 5
    assert equal.last_as_accurate(having(folder, {}, 0, 0.0051), "vgg_svhn", "trained_as_long") == 0


def test_similarity_is_that_of_the_iteration_and_differences_are_from_the_control(folder):
    study = load_results(folder)
    rows = study.of("vgg_svhn", "similarity")
    rows = rows[(rows.metric == "cka") & (rows.iteration == 2) & (rows.kind != "out")]
    each = rows.groupby("train_seed").value.mean()
    found = equal.similarity(study, "vgg_svhn", "cka", 2)
    assert (found.mean, found.n) == (pytest.approx(each.mean()), 3)
    table = study.similarity
    later = (table.experiment == "vgg_svhn_trained_as_long") & (table.iteration > 2)
    study = replace(study, similarity=table.assign(value=table.value.mask(later, 0)))
    apart = equal.similarity(study, "vgg_svhn", "cka", 2, minus="trained_as_long")
    assert (apart.mean, apart.n) == (pytest.approx(each[0] - 0.905), 1)  # 0.90 and 0.91
    assert equal.similarity(study, "vgg16_bn", "cka", 2, minus="trained_as_long").n == 0


@pytest.mark.parametrize(
    ("low", "high", "margin", "verdict"),
    [
        (0.01, 0.10, 0.05, equal.CLOSER),
        (-0.10, -0.01, 0.05, equal.FURTHER),
        (-0.04, 0.04, 0.05, equal.AS_CLOSE),
        (0.01, 0.04, 0.05, equal.AS_CLOSE),
        (0.01, 0.04, 0.005, equal.CLOSER),
        (-0.01, 0.10, 0.05, equal.OPEN),
        (math.nan, math.nan, 0.05, equal.UNKNOWN),
        (0.01, 0.04, math.nan, equal.UNKNOWN),
    ],
)
def test_verdicts(low, high, margin, verdict):
    assert equal.verdict(Interval((low + high) / 2, low, high, 3), margin) == verdict


def test_the_margin_is_a_tenth_of_the_way_from_independent_to_identical(folder):
    study = load_results(folder)
    table = study.similarity
    independent = table.experiment == "vgg_svhn_independent"
    study = replace(study, similarity=table.assign(value=table.value.mask(independent, 0.95)))
    assert equal.margin(study, "vgg_svhn", "cka") == pytest.approx(0.005)
    assert math.isnan(equal.margin(study, "vgg16_bn", "cka"))


def test_an_iteration_that_no_run_has_is_not_measured_rather_than_the_last_one(folder):
    study = load_results(folder)
    assert equal.similarity(study, "vgg_svhn", "cka", 5).n == 3
    assert equal.similarity(study, "vgg_svhn", "cka", 6).n == 0
    shorter = study.similarity
    shorter = shorter[(shorter.experiment != "vgg_svhn_trained_as_long") | (shorter.iteration < 5)]
    study = replace(study, similarity=shorter)
    assert equal.similarity(study, "vgg_svhn", "cka", 4, minus="trained_as_long").n == 1
    assert equal.similarity(study, "vgg_svhn", "cka", 5, minus="trained_as_long").n == 0

"""Rank correlation over the iterations, with dissimilarities and changes whose order is known."""

import dataclasses

import numpy as np
import pytest

from lib.report import rank_correlation as rank
from lib.report.rank_statistics import spearman

from .rank_world import BENT, RISING, RUNS, ZIGZAG, study


def summary(made, cell=("cka", "flat"), target="gap", where=""):
    return rank.summary(made, "vgg_svhn", target, where).loc[cell, :]


def test_a_monotone_relation_has_rank_correlation_1_however_bent():
    row = summary(study({("cka", "flat"): ZIGZAG**3}, ZIGZAG))
    assert (row.rho, row.rho_low, row.rho_high) == pytest.approx((1, 1, 1))
    assert (row.tau, row.beyond) == pytest.approx((1, 1))
    assert row.rho_runs == row.beyond_runs == 3


def test_the_reverse_order_has_minus_1():
    row = summary(study({("cka", "flat"): 0.5 - ZIGZAG}, ZIGZAG))
    assert (row.rho, row.tau, row.beyond, row.steps) == pytest.approx((-1, -1, -1, -1))


def test_what_rises_with_the_iteration_alone_says_nothing_beyond_it():
    """The confound: a rank correlation of 1 that the number of the iteration has as well."""
    made = study({("cka", "flat"): BENT}, RISING)
    assert summary(made).rho == summary(made, rank.ITERATION).rho == pytest.approx(1)
    assert np.isnan(summary(made).beyond)
    assert summary(made).beyond_runs == 0


@pytest.mark.parametrize("constant", ["metric", "target"])
def test_what_never_changes_has_no_rank_correlation(constant):
    flat = np.full(8, 0.1)
    far, gap = (flat, ZIGZAG) if constant == "metric" else (ZIGZAG, flat)
    row = summary(study({("cka", "flat"): far}, gap))
    assert row[["rho", "tau", "beyond", "steps", "across"]].isna().all()
    assert (row.rho_runs, row.beyond_runs) == (0, 0)


def test_runs_of_the_same_iteration_are_compared_by_their_ranks():
    """Every run drifts; the run that has lost more is the one that differs more."""

    def shifted(run):
        return BENT + run[1] / 1000

    def reversed_shift(run):
        return RISING - run[1] / 1000

    assert summary(study({("cka", "flat"): shifted}, shifted)).across == pytest.approx(1)
    assert summary(study({("cka", "flat"): shifted}, reversed_shift)).across == pytest.approx(-1)
    assert np.isnan(summary(study({("cka", "flat"): BENT}, shifted)).across)


def test_the_drift_itself_does_not_count_between_runs():
    rng = np.random.default_rng(0)
    noise = rng.normal(0, 1e-4, (2, 30, 8))
    runs = [(0, seed) for seed in range(30)]
    made = study(
        {("cka", "flat"): lambda run: BENT + noise[0, run[1]]},
        lambda run: RISING + noise[1, run[1]],
        runs=runs,
    )
    row = summary(made)
    assert row.rho > 0.99
    assert row.across == pytest.approx(0, abs=0.15)


def test_between_two_runs_nothing_is_said():
    made = study(
        {("cka", "flat"): lambda run: BENT + run[1] / 1000},
        lambda run: RISING + run[1] / 1000,
        runs=RUNS[:2],
    )
    assert np.isnan(summary(made).across)


def test_few_runs_have_lowest_and_highest_many_an_interval_of_the_mean():
    def gap(run):
        return ZIGZAG if run[1] % 2 else RISING

    few = summary(study({("cka", "flat"): RISING}, gap))
    low = spearman(RISING, ZIGZAG)
    assert (few.rho_low, few.rho_high) == pytest.approx((low, 1))
    assert few.rho == pytest.approx((2 + low) / 3)
    many = summary(study({("cka", "flat"): RISING}, gap, runs=[(0, seed) for seed in range(12)]))
    assert low < many.rho_low < many.rho < many.rho_high < 1


def test_the_gap_is_to_the_complete_network_of_the_same_train_seed():
    made = study({("cka", "flat"): RISING}, ZIGZAG, runs=[(0, 0), (1, 0)])
    better = (made.performance.train_seed == 1) & (made.performance.iteration == 0)
    rows = made.performance.assign(accuracy=made.performance.accuracy.mask(better, 0.85))
    changes = rank.changes(dataclasses.replace(made, performance=rows), "vgg_svhn", "gap")
    np.testing.assert_allclose(changes[0, 0], ZIGZAG, atol=1e-12)
    # a pruned network that is better than the complete one has a gap as well
    np.testing.assert_allclose(changes[1, 0], abs(ZIGZAG - 0.05), atol=1e-12)


def test_disagreement_is_that_of_the_classes_and_else_of_the_predictions():
    cells = {("cka", "flat"): ZIGZAG}
    none = study(cells, RISING)
    divergence = study(cells, RISING, outputs={"jensen_shannon": BENT})
    both = study(cells, RISING, outputs={"jensen_shannon": BENT, "agreement": ZIGZAG})
    for made, expected, name in (
        (divergence, BENT, "Jensen-Shannon divergence"),
        (both, ZIGZAG, "output disagreement"),
    ):
        changes = rank.changes(made, "vgg_svhn", "disagreement")
        np.testing.assert_allclose(changes[0, 1], expected, atol=1e-12)
        assert rank.heading(made, "vgg_svhn", "disagreement") == f"VGG_SVHN, {name}"
    assert rank.changes(none, "vgg_svhn", "disagreement").empty
    assert summary(both, target="disagreement").rho == pytest.approx(1)


def test_the_mean_is_over_the_hidden_layers():
    made = study({("cka", "flat"): ZIGZAG}, ZIGZAG)
    out = made.similarity.kind == "out"
    rows = made.similarity.assign(value=made.similarity.value.mask(out, 0.5))
    other = dataclasses.replace(made, similarity=rows)
    np.testing.assert_allclose(rank.dissimilarities(other, "vgg_svhn")["cka", "flat"][0, 0], ZIGZAG)
    assert summary(other).rho == pytest.approx(1)


def test_a_layer_that_is_undefined_once_counts_nowhere_in_that_run():
    """Otherwise the mean would jump where the layer leaves."""
    made = study({("cka", "flat"): ZIGZAG}, ZIGZAG)
    rows = made.similarity
    mine = (rows.layer == "conv1") & (rows.prune_seed == 1)
    values = rows.value.mask(mine, 0.2).mask(mine & (rows.iteration == 5))
    other = dataclasses.replace(made, similarity=rows.assign(value=values))
    found = rank.dissimilarities(other, "vgg_svhn")["cka", "flat"]
    np.testing.assert_allclose(found[0, 1], ZIGZAG)
    np.testing.assert_allclose(found[0, 0], ZIGZAG)


def test_one_layer_alone():
    made = study({("cka", "flat"): ZIGZAG}, ZIGZAG)
    rows = made.similarity
    last = (rows.layer == "conv2") & (rows.metric == "cka")
    values = rows.value.mask(last, 0.5 + 0.1 * (1 - rows.value))
    other = dataclasses.replace(made, similarity=rows.assign(value=values))
    assert summary(other, where="conv1").rho == pytest.approx(1)
    assert summary(other, where="conv2").rho == pytest.approx(-1)


def test_what_was_not_measured_is_left_out():
    cells = {("cka", "flat"): ZIGZAG}
    assert rank.targets_measured(study(cells, ZIGZAG)) == [("vgg_svhn", "gap")]
    with_outputs = study(cells, ZIGZAG, outputs={"agreement": RISING})
    assert rank.targets_measured(with_outputs) == [
        ("vgg_svhn", "gap"),
        ("vgg_svhn", "disagreement"),
    ]
    short = study({("cka", "flat"): ZIGZAG[:2]}, ZIGZAG[:2])
    assert rank.targets_measured(short) == []

"""Finding the same layer in another network: the numbers."""

import numpy as np
import pandas as pd
import pytest

from lib.report import identification

from .identification_world import HIDDEN, NEAR, OTHER, PAIRS, rows, study


def accuracy(*tables, cell=("cka", "flat")):
    return identification.accuracies(study(*tables), "vgg_svhn").loc[cell, :]


def test_a_metric_that_is_highest_for_the_corresponding_layer_finds_all():
    row = accuracy(rows("cka", "flat", NEAR))
    assert row.found == row.near == 1
    assert row.chance == 1 / 4
    assert row.candidates == 4
    assert row.cases == len(PAIRS) * 4 * 2  # four hidden layers, both directions
    assert 0.8 < row.low < 1
    assert row.high == pytest.approx(1)


def test_a_metric_of_noise_finds_as_many_as_chance():
    rng = np.random.default_rng(1)
    found = pd.concat([identification.judged(rng.random((6, 6))) for _ in range(200)])
    assert found.found.mean() == pytest.approx(1 / 6, abs=0.02)
    assert found.near.mean() == pytest.approx(found.near_chance.mean(), abs=0.03)


def test_a_metric_that_takes_the_neighbour_is_right_within_one_layer():
    row = accuracy(rows("cka", "flat", NEAR[[1, 0, 3, 2, 4]]))
    assert row.found == 0
    assert row.near == 1
    # the ends have one neighbour, those between have two
    assert row.near_chance == pytest.approx((2 + 3 + 3 + 2) / 4 / 4)


def test_both_directions_count():
    """Every layer of one network takes the other's first; every layer of the other one's last."""
    values = np.add.outer(np.arange(4) * 0.1, -np.arange(4.0))
    found = identification.judged(values).found
    assert list(found) == [True, *[False] * 6, True]


def test_a_tie_at_the_top_is_a_miss():
    assert accuracy(rows("cka", "flat", np.ones((5, 5)))).found == 0
    rounding = np.ones((5, 5)) + 1e-12 * np.eye(5)
    assert accuracy(rows("cka", "flat", rounding)).found == 0


def test_the_output_layer_is_neither_asked_for_nor_a_candidate():
    values = NEAR.copy()
    values[:, 4] = values[4, :] = 1
    assert accuracy(rows("cka", "flat", values)).found == 1
    assert identification.hidden(study(rows("cka", "flat", values)), "vgg_svhn") == HIDDEN


def test_what_is_undefined_is_no_candidate():
    values = NEAR.copy()
    values[0, 1] = np.nan
    row = accuracy(rows("cka", "flat", values))
    # conv1 of one network and conv2 of the other have lost a rival
    assert row.candidates == pytest.approx((6 * 4 + 2 * 3) / 8)
    assert row.chance == pytest.approx((6 / 4 + 2 / 3) / 8)


def test_a_layer_whose_counterpart_is_undefined_is_not_asked_for():
    values = NEAR.copy()
    values[0, 0] = np.nan
    assert accuracy(rows("cka", "flat", values)).cases == len(PAIRS) * 3 * 2


def test_a_layer_without_rivals_is_not_asked_for():
    alone = np.where(np.eye(5) > 0, 1.0, np.nan)
    row = accuracy(rows("cka", "flat", alone))
    assert row.cases == 0
    assert np.isnan(row.found)


def test_on_channels_only_layers_of_one_size_are_candidates():
    row = accuracy(rows("svcca", "channels", NEAR), cell=("svcca", "channels"))
    assert row.candidates == row.same_candidates == 2
    assert row.chance == row.same_chance == 1 / 2


def test_the_fair_column_gives_every_reshape_the_candidates_of_channels():
    """conv1 resembles conv3 most, which is of another size: the same task is then solved."""
    values = NEAR.copy()
    values[0, 3] = values[3, 0] = 0.9
    row = accuracy(rows("cka", "flat", values), rows("svcca", "channels", NEAR))
    assert row.found == 1 / 2
    assert row.same_found == 1
    assert row.same_chance == 1 / 2
    assert row.same_cases == row.cases


def test_without_channels_sizes_are_unknown():
    row = accuracy(rows("cka", "flat", NEAR))
    assert row.same_cases == 0
    assert np.isnan(row.same_found)


def test_a_pair_in_both_orders_counts_once_with_the_mean():
    """As Kornblith et al. make asymmetric metrics symmetric: alone, each order is wrong."""
    one, other = NEAR.copy(), NEAR.copy()
    one[0, 1], other[1, 0] = 1.0, 0.0
    both = rows("cka", "flat", one, [(0, 1)]) + rows("cka", "flat", other, [(1, 0)])
    matrices = identification.matrices(study(both), "vgg_svhn", "cka", "flat")
    assert list(matrices) == [(0, 1)]
    assert matrices[0, 1].loc["conv1", "conv2"] == pytest.approx(0.5)
    assert accuracy(both).found == 1
    assert accuracy(both).cases == 8
    assert accuracy(rows("cka", "flat", one, [(0, 1)])).found < 1
    assert identification.pairs(study(both), "vgg_svhn") == [(0, 1)]


def test_the_interval_is_wilson_s():
    values = NEAR.copy()
    values[0, 1] = values[2, 3] = values[3, 2] = 1.0
    row = accuracy(rows("cka", "flat", values))
    hits, n, z = 6, 24, 1.959964
    assert (row.found, row.cases) == (hits / n, n)
    centre = (hits + z * z / 2) / (n + z * z)
    half = z / (n + z * z) * np.sqrt(hits * (n - hits) / n + z * z / 4)
    assert (row.low, row.high) == pytest.approx((centre - half, centre + half), abs=1e-6)


def test_metrics_stand_in_the_order_of_the_text():
    tables = [
        rows("rsa", "gap", NEAR),
        rows("cka", "gap", NEAR),
        rows("cka", "channels", NEAR),
        rows("svcca", "channels", NEAR),
    ]
    frame = identification.accuracies(study(*tables), "vgg_svhn")
    assert list(frame.index) == [
        ("svcca", "channels"),
        ("cka", "channels"),
        ("cka", "gap"),
        ("rsa", "gap"),
    ]


def test_what_was_not_measured_is_left_out():
    assert identification.measured(study()) == []
    made = study(rows("cka", "flat", NEAR))
    assert identification.measured(made) == ["vgg_svhn"]
    assert identification.pairs(made, "vgg_svhn") == PAIRS
    both = study(rows("cka", "flat", NEAR), rows("cka", "flat", NEAR, experiment=OTHER))
    assert identification.measured(both) == ["vgg_svhn", "resnet_fast"]
    # rows that no experiment of the study claims
    for nothing in (study(), study(rows("cka", "flat", NEAR, experiment="resnet_fast"))):
        assert identification.source(nothing, "vgg_svhn") is None
        assert identification.accuracies(nothing, "vgg_svhn").empty
        assert identification.pairs(nothing, "vgg_svhn") == []

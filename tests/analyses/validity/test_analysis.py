"""What the functions of the page on validity find where the answer is known."""

import itertools
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from lib.analyses.validity.identification import (
    candidates,
    identification,
    identification_decided,
    judge,
)
from lib.analyses.validity.matching import at_last, own_share
from lib.analyses.validity.tables import IDENTIFICATION, MATCHING
from lib.book.report.results import Results

from ...book.report.made_up import provenance

NAME, CKA = "vgg_svhn", ("cka", "flat")


# --- finding the same layer in another network

LAYERS = [("conv1", "conv", 0), ("conv2", "conv", 0), ("pool", "pool", 1), ("conv3", "conv", 1)]
LAYERS += [("out", "out", 2)]
"""(name, kind, size of the maps): only layers of equal size are paired on channels."""

NEAR = np.eye(5) * 0.5 + 0.1
PAIRS = [(0, 1), (0, 2), (1, 2)]


def pairs_of(metric, reshape, matrix, pairs=PAIRS):
    """Rows of the table of pairs of layers; `matrix` is (5, 5)."""
    places = range(len(LAYERS))
    return [
        {
            **{"experiment": "vgg_svhn_independent", "train_seed": one, "other_seed": other},
            **{"layer_x": LAYERS[x][0], "layer_y": LAYERS[y][0], "depth_x": x, "depth_y": y},
            **{"kind_x": LAYERS[x][1], "kind_y": LAYERS[y][1], "metric": metric},
            **{"reshape": reshape, "value": matrix[x, y]},
        }
        for (one, other), x, y in itertools.product(pairs, places, places)
        if reshape != "channels" or LAYERS[x][2] == LAYERS[y][2]
    ]


def layers_study(*tables):
    """A study with these rows; VGG_SVHN has independent networks as a control."""
    known = provenance(5, 2, ["independent"])
    frame = pd.DataFrame([row for table in tables for row in table])
    bare = Results(Path("made_up"), pd.DataFrame(), pd.DataFrame(), known)
    return bare.having(IDENTIFICATION, frame)


def accuracy(*tables, cell=CKA):
    return identification(layers_study(*tables), NAME).loc[cell, :]


def test_a_metric_that_is_highest_for_the_corresponding_layer_finds_all():
    row = accuracy(pairs_of("cka", "flat", NEAR))
    assert row.found == row.near == 1
    assert row.chance == 1 / 4
    assert row.cases == len(PAIRS) * 4 * 2  # four hidden layers, both directions
    assert 0.8 < row.low < row.high == pytest.approx(1)


def judged(values):
    """The cases in (pairs, layers, layers) similarities; what is NaN is no candidate."""
    pair, x, y = np.indices(values.shape).reshape(3, -1)
    rows = {"metric": "cka", "reshape": "flat", "train_seed": 0, "other_seed": pair + 1}
    rows |= {"layer_x": x, "layer_y": y, "depth_x": x, "depth_y": y, "value": values.ravel()}
    return judge(candidates(pd.DataFrame(rows).dropna()))


def test_a_metric_of_noise_finds_as_many_as_chance():
    found = judged(np.random.default_rng(1).random((200, 6, 6)))
    assert found.found.mean() == pytest.approx(1 / 6, abs=0.02)
    assert found.near.mean() == pytest.approx(found.near_chance.mean(), abs=0.03)


def test_a_tie_at_the_top_is_a_miss():
    for values in (np.ones((5, 5)), np.ones((5, 5)) + 1e-12 * np.eye(5)):
        assert not judged(values[None]).found.any()


def test_the_output_layer_is_neither_asked_for_nor_a_candidate():
    values = NEAR.copy()
    values[:, 4] = values[4, :] = 1
    assert accuracy(pairs_of("cka", "flat", values)).found == 1


def test_undefined_values_are_no_candidates_and_a_layer_without_rivals_does_not_count():
    values = NEAR[:4, :4].copy()
    values[0, 1] = np.nan  # conv1 of one network and conv2 of the other have lost a rival
    assert judged(values[None]).chance.mean() == pytest.approx((6 / 4 + 2 / 3) / 8)
    values[0, 0] = np.nan
    assert len(judged(values[None])) == 3 * 2
    assert judged(np.where(np.eye(4) > 0, 1.0, np.nan)[None]).empty


def test_among_layers_of_the_same_size_every_reshape_has_the_candidates_of_channels():
    """conv1 resembles conv3 most, which has another size; among its own size it finds conv1."""
    values = NEAR.copy()
    values[0, 3] = values[3, 0] = 0.9
    row = accuracy(pairs_of("cka", "flat", values), pairs_of("svcca", "channels", NEAR))
    assert (row.found, row.same_found, row.same_chance) == (1 / 2, 1, 1 / 2)
    assert row.same_cases == row.cases
    assert np.isnan(accuracy(pairs_of("cka", "flat", values)).same_found)


def test_a_pair_in_both_orders_counts_once_with_the_mean():
    """As Kornblith et al. make asymmetric metrics symmetric: alone, each order is wrong."""
    one, other = NEAR.copy(), NEAR.copy()
    one[0, 1], other[1, 0] = 1.0, 0.0
    both = pairs_of("cka", "flat", one, [(0, 1)]) + pairs_of("cka", "flat", other, [(1, 0)])
    assert accuracy(both)[["found", "cases"]].tolist() == [1, 8]
    assert accuracy(pairs_of("cka", "flat", one, [(0, 1)])).found < 1


def test_the_network_is_the_unit_of_the_interval():
    """Pairs of one network that fail while all others succeed are one failure, not eight."""
    wrong = NEAR.copy()
    wrong[:4, :4] = NEAR[:4, :4][::-1]
    rows = pairs_of("cka", "flat", wrong, PAIRS[:2]) + pairs_of("cka", "flat", NEAR, PAIRS[2:])
    row = accuracy(rows)
    assert row.found == pytest.approx(1 / 3)
    assert (row.low, row.high) == (0, 1)  # Wilson's over 24 layers would be 0.18 to 0.53


def test_a_metric_finds_layers_if_the_whole_interval_is_above_a_guess():
    rows = pairs_of("cka", "flat", NEAR) + pairs_of("cka", "channels", NEAR)
    rows += pairs_of("svcca", "channels", np.full((5, 5), 0.5))
    found = {finding.key: finding.verdict for finding in identification_decided(layers_study(rows))}
    assert found["validity-finds-vgg_svhn-cka"] == "holds"
    assert found["validity-finds-vgg_svhn-svcca"] == "does not hold"  # ties are misses
    assert found["validity-finds-vgg_svhn-nbs"] == "not measured"
    [pair] = {
        f.verdict
        for f in identification_decided(layers_study(rows[:16]))
        if f.key.endswith("svhn-cka")
    }
    assert pair in ("not measured", "undecided (too few networks)")


# --- channels


def test_own_channels_are_means_over_runs_in_the_order_of_the_layers():
    rows = [
        {"experiment": NAME, "train_seed": 0, "prune_seed": seed, "iteration": iteration}
        | {"other_seed": None}
        | {"depth": depth, "layer": layer, "kind": "conv", "channels": 4}
        | {"own": 1 - 0.1 * iteration - 0.2 * seed - 0.1 * depth}
        for seed, iteration, (depth, layer) in itertools.product(
            (0, 1), (1, 2), enumerate(["z", "a"])
        )
    ]
    study = layers_study().having(MATCHING, pd.DataFrame(rows))
    shares = own_share(study, NAME)
    assert list(shares) == ["z", "a"]
    assert shares.loc[2].tolist() == pytest.approx([0.7, 0.6])
    [row] = at_last(study).itertuples(index=False)
    assert tuple(row) == pytest.approx((0.25, 0.65))

"""The tables of the page on WACV 2020, on a made-up world."""

import math
from dataclasses import replace

import pytest

from lib.analyses.wacv2020 import analysis
from lib.analyses.wacv2020.claims import SHOWN_TITLES

from ...book.claims.worlds import curve
from ..test_claims import WORLDS

ALL = {
    (f"{network}{suffix}", metric, ""): curve(out=0.5)
    for network in SHOWN_TITLES
    for suffix in ("", "_masks_again", "_random_layerwise", "_random_uniform_long")
    for metric in ("svcca", "pwcca", "cka", "nbs")
}
WORLD = WORLDS["wacv2020"].but(curves=ALL)


def study():
    """Each training has 4 epochs."""
    found = WORLD.results()
    return replace(found, performance=found.performance.assign(epochs=4, loss=0.5))


def test_the_level_is_half_of_the_iterations():
    assert analysis.half(study(), "conv4") == 10
    line = analysis.at_half(study(), "conv4", "svcca")
    assert line.index[-1] == "out"
    # most of the way from 0.98 to 0.5 (`soon`)
    assert line["out"] == pytest.approx(0.98 - 0.48 * (1 - 0.5**4), abs=0.01)


def test_how_far_has_a_column_for_each_way_that_was_measured():
    table = analysis.how_far(WORLDS["wacv2020"].results())
    assert table.loc["Conv-4"].tolist() == pytest.approx([0.53, 0.624, 0.3], abs=0.02)
    assert table.columns[2] == "Another complete network"


def test_epochs_are_those_since_the_initial_values():
    assert analysis.epochs(study(), "conv4", "conv4") == 4 * 11
    assert analysis.epochs(study(), "conv4", "conv4_masks_again") == 4
    assert analysis.epochs(study(), "conv4", "conv4_random_uniform_long") == 4 * 10


def test_a_way_that_was_not_measured_has_no_numbers():
    table = analysis.by_kind(study(), lambda results, network, name: {"Name": name})
    assert table.loc[("Conv-4", "the same masks, new random values"), "Name"] == "conv4_masks_again"
    assert math.isnan(table.loc[("Conv-4", "random masks, equally dense everywhere"), "Name"])


def test_numbers_are_those_of_the_level():
    row = analysis.with_loss(study(), "conv4", "conv4_masks_again")
    assert row["Left, %"] == pytest.approx(100 * 0.8**10)
    assert row["Accuracy, %"] == pytest.approx(88, abs=0.1)
    assert (row["Networks"], row["Loss"]) == (3, 0.5)


def test_structures_and_what_each_of_their_parts_is_worth():
    table = analysis.structures(study())
    assert table.loc["Conv-4", "pruned by magnitude"]["Trained as long"] == pytest.approx(
        90, abs=0.1
    )
    assert table.loc["Conv-4", "the masks of pruning"]["Trained once"] == pytest.approx(88, abs=0.1)
    worth = analysis.given_up(study())
    assert worth.loc["Conv-4", "which weights of a layer"]["Trained once"].startswith("+0.0")
    assert ("Conv-4", "the values") not in worth.index  # no mask was trained as long


def test_only_starts_that_were_measured_are_shown():
    assert analysis.starts(study()).empty


def test_above_chance_the_null_counts_as_nothing():
    row = analysis.accuracy_above_chance(study(), "conv4", "conv4")
    assert row["CKA: null"] == pytest.approx(0.05)
    assert row["CKA: above chance"] == pytest.approx((row["CKA"] - 0.05) / 0.95)


def test_sums_of_residual_blocks_have_a_panel_of_their_own():
    plain = [("conv1", "conv"), ("out", "out")]
    assert analysis.panels("VGG", plain) == {"VGG": plain}
    block = [("conv1", "conv"), ("conv2", "conv_res"), ("add1", "add"), ("out", "out")]
    assert analysis.panels("ResNet", block) == {
        "ResNet, sums": [("add1", "add")],
        "ResNet, all other layers": [("conv1", "conv"), ("conv2", "conv_res"), ("out", "out")],
    }

"""Finding the same layer in another network: made-up similarities, so that all answers are known.

Two sizes of maps: conv1 and conv2 share one, pool and conv3 another; then the output.
"""

import itertools
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest

from lib.report import heatmaps, identification
from lib.report.results import Results

from .made_up import provenance, run_page

HIDDEN = ["conv1", "conv2", "pool", "conv3"]
KINDS = ["conv", "conv", "pool", "conv", "out"]
SIZES = [0, 0, 1, 1, 2]
NEAR = np.eye(5) * 0.5 + 0.1
PAIRS = [(0, 1), (0, 2), (1, 2)]


def rows(metric, reshape, values, pairs=PAIRS, experiment="vgg_svhn_independent"):
    """Rows of the table; `values` is (5, 5), or a function of the pair that gives such a matrix.

    On channels, only pairs of layers of one size.
    """
    found = []
    for pair, x, y in itertools.product(pairs, range(5), range(5)):
        if reshape == "channels" and SIZES[x] != SIZES[y]:
            continue
        matrix = values(pair) if callable(values) else values
        names = [*HIDDEN, "out"]
        found.append(
            {
                **{"experiment": experiment, "train_seed": pair[0], "other_seed": pair[1]},
                **{"layer_x": names[x], "layer_y": names[y], "depth_x": x, "depth_y": y},
                **{"kind_x": KINDS[x], "kind_y": KINDS[y], "metric": metric, "reshape": reshape},
                "value": matrix[x, y],
            }
        )
    return found


def study(*tables):
    said = provenance(5, 2, ["independent"])
    frame = pd.DataFrame([row for table in tables for row in table])
    empty = Results(Path("made_up"), pd.DataFrame(), pd.DataFrame(), said)
    if frame.empty:
        return empty
    return Results(Path("made_up"), pd.DataFrame(), pd.DataFrame(), said, identification=frame)


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
    table = identification.overview(study(rows("cka", "flat", alone)), "vgg_svhn")
    assert table.rows[0][1:] == ("-",) * 6


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


def test_the_interval_is_wilson_s():
    values = NEAR.copy()
    values[0, 1] = values[2, 3] = values[3, 2] = 1.0
    row = accuracy(rows("cka", "flat", values))
    hits, n, z = 6, 24, 1.959964
    assert (row.found, row.cases) == (hits / n, n)
    centre = (hits + z * z / 2) / (n + z * z)
    half = z / (n + z * z) * np.sqrt(hits * (n - hits) / n + z * z / 4)
    assert (row.low, row.high) == pytest.approx((centre - half, centre + half), abs=1e-6)
    table = identification.overview(study(rows("cka", "flat", values)), "vgg_svhn")
    assert table.rows[0][:3] == ("CKA, flat (paper)", "25 % (12\u201345)", "25 %")


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
    names = [row[0] for row in identification.overview(study(*tables), "vgg_svhn").rows]
    assert names == ["SVCCA, channels (paper)", "CKA, channels", "CKA, gap", "RSA, gap"]


def test_the_finding_names_best_and_worst_beside_chance():
    tables = [
        rows("svcca", "channels", NEAR[[1, 0, 3, 2, 4]]),
        rows("cka", "flat", NEAR),
        rows("nbs", "flat", np.ones((5, 5))),
    ]
    text = identification.finding(study(*tables), "vgg_svhn")
    assert text.startswith("**VGG_SVHN.** 3 complete networks, 3 pairs. Among all layers, ")
    assert (
        "CKA on *flat* finds most, 100 %; NBS on *flat* finds fewest, 0 %; chance would find 25 %."
    ) in text
    assert "SVCCA on *channels* and NBS on *flat* find fewest, 0 %; chance would find 50 %." in text
    assert text.endswith(
        "find there: SVCCA on *channels* 0 %, CKA on *flat* 100 % and NBS on *flat* 0 %."
    )


def test_when_all_are_equal_none_is_called_best():
    tables = rows("cka", "flat", NEAR), rows("nbs", "flat", NEAR)
    text = identification.finding(study(*tables), "vgg_svhn")
    assert "all metrics on all reshapes find 100 %; chance would find 25 %" in text
    assert "most" not in text


def test_a_metric_that_has_values_in_few_layers_is_not_compared_with_the_others():
    """Among two candidates even chance finds every other layer."""
    few = np.full((5, 5), np.nan)
    few[:2, :2] = NEAR[:2, :2]
    tables = rows("svcca", "flat", few), rows("cka", "flat", 1 - NEAR), rows("nbs", "flat", NEAR)
    assert accuracy(*tables, cell=("svcca", "flat")).found == 1
    text = identification.finding(study(*tables), "vgg_svhn")
    assert "NBS on *flat* finds most, 100 %" in text
    assert "SVCCA" not in text


def test_a_heatmap_shows_the_mean_over_pairs_and_the_highest_of_each_row():
    def values(pair):
        return NEAR + 0.1 * (pair == (0, 1))

    shown = heatmaps.figure(study(rows("cka", "flat", values)), "vgg_svhn")
    assert list(shown.figures) == ["CKA, flat"]
    heatmap = shown.figures["CKA, flat"]
    np.testing.assert_allclose(heatmap.values, NEAR[:4, :4] + 0.1 / 3)
    assert heatmap.best == [(0, 0), (1, 1), (2, 2), (3, 3)]
    label = shown.labels["CKA, flat"]
    assert "similarity of 4 hidden layers of one network" in label
    assert "mean over 3 pairs. Corresponding layers have 0.63 on average, others 0.13." in label
    assert "For 4 of 4 layers the corresponding one is the most similar." in label


def test_a_heatmap_has_holes_where_nothing_is_defined_and_no_dot_on_a_tie():
    values = np.array([[0.5, np.nan], [0.4, 0.4]])
    heatmap = heatmaps.Heatmap(values, "a", "b")
    assert heatmap.best == [(0, 0)]
    svg = ElementTree.fromstring(heatmap.svg("two layers", dict.fromkeys(colours(), "red")))
    assert svg.get("aria-label") == "two layers"
    assert sorted(path.get("d") for path in svg if path.get("d")) == [
        "M0 0h1v1h-1z",
        "M0 1h1v1h-1zM1 1h1v1h-1z",
    ]
    assert len(svg.findall(".//circle")) == 1


def colours():
    return heatmaps.iteration_colours(heatmaps.LEVELS)


def test_the_highest_and_the_lowest_similarity_have_the_ends_of_the_scale():
    heatmap = heatmaps.Heatmap(np.array([[0.0, 1.0]]), "a", "b")
    svg = heatmap.svg("", {colour: f"level-{i}" for i, colour in enumerate(colours())})
    assert 'd="M0 0h1v1h-1z" style="fill:level-0"' in svg
    assert f'd="M1 0h1v1h-1z" style="fill:level-{heatmaps.LEVELS - 1}"' in svg


def test_the_figure_says_what_is_missing_and_is_well_formed():
    shown = heatmaps.figure(study(rows("svcca", "channels", NEAR)), "vgg_svhn")
    page = shown._repr_html_()
    assert page.count("Not measured in this study.") == 7
    assert page.count("conv1") == 1 + shown.labels["SVCCA, channels"].count("conv1")
    ElementTree.fromstring(page.replace("<br>", "<br/>"))
    assert repr(shown) == shown.labels["SVCCA, channels"]


def test_without_data_all_say_so():
    for nothing in (study(), study(rows("cka", "flat", NEAR, experiment="resnet_fast"))):
        assert identification.source(nothing, "vgg_svhn") is None
        assert identification.accuracies(nothing, "vgg_svhn").empty
        text = identification.finding(nothing, "vgg_svhn")
        assert text == "**VGG_SVHN.** Not measured in this study."
        assert "Not measured" in identification.overview(nothing, "vgg_svhn")._repr_html_()
        shown = heatmaps.figure(nothing, "vgg_svhn")
        assert shown._repr_html_() == "<p>Not measured in this study.</p>"
        assert repr(shown) == "Not measured in this study."
    assert "`vgg16_bn_independent`" in identification.statement(study())
    some = identification.statement(study(rows("cka", "flat", NEAR)))
    assert "VGG16_BN and ResNet_fast" in some
    assert "vgg_svhn" not in some


def test_the_page_runs_without_pairs_of_layers(folder):
    names = run_page("validity", folder)
    assert names["identification"].accuracies(names["study"], "vgg_svhn").empty

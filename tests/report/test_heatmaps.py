"""Heatmaps of layers against layers."""

from xml.etree import ElementTree

import numpy as np

from lib.report import heatmaps

from .identification_world import NEAR, OTHER, rows, study


def test_a_heatmap_shows_the_mean_over_pairs_and_the_highest_of_each_row():
    def values(pair):
        return NEAR + 0.1 * (pair == (0, 1))

    shown = heatmaps.figure(study(rows("cka", "flat", values)))
    assert list(shown.figures) == ["VGG_SVHN, CKA, flat"]
    heatmap = shown.figures["VGG_SVHN, CKA, flat"]
    np.testing.assert_allclose(heatmap.values, NEAR[:4, :4] + 0.1 / 3)
    assert heatmap.best == [(0, 0), (1, 1), (2, 2), (3, 3)]
    label = shown.labels["VGG_SVHN, CKA, flat"]
    assert "similarity of 4 hidden layers of one network" in label
    assert "mean over 3 pairs. Corresponding layers have 0.63 on average, others 0.13." in label
    assert "For 4 of 4 layers the corresponding one is the most similar." in label


def test_a_heatmap_has_holes_where_nothing_is_defined_and_no_dot_on_a_tie():
    values = np.array([[0.5, np.nan], [0.4, 0.4]])
    heatmap = heatmaps.Heatmap("CKA", values, "a", "b")
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
    heatmap = heatmaps.Heatmap("CKA", np.array([[0.0, 1.0]]), "a", "b")
    svg = heatmap.svg("", {colour: f"level-{i}" for i, colour in enumerate(colours())})
    assert 'd="M0 0h1v1h-1z" style="fill:level-0"' in svg
    assert f'd="M1 0h1v1h-1z" style="fill:level-{heatmaps.LEVELS - 1}"' in svg


def test_the_figure_says_what_is_missing_and_is_well_formed():
    shown = heatmaps.figure(study(rows("svcca", "channels", NEAR)))
    page = shown._repr_html_()
    assert page.count("Not measured in this study.") == 7
    assert page.count("conv1") == 1 + shown.labels["VGG_SVHN, SVCCA, channels"].count("conv1")
    ElementTree.fromstring(page.replace("<br>", "<br/>"))
    assert repr(shown) == shown.labels["VGG_SVHN, SVCCA, channels"]


def test_a_network_that_was_measured_has_two_rows_and_the_others_have_none():
    one = heatmaps.figure(study(rows("cka", "flat", NEAR)))
    assert [row.partition("</b>")[0] for row in one.rows] == ["<b>VGG_SVHN"] * 2
    turned = rows("cka", "flat", NEAR[::-1], experiment=OTHER)
    both = heatmaps.figure(study(rows("cka", "flat", NEAR), turned))
    assert [row.partition("</b>")[0] for row in both.rows] == [
        *["<b>VGG_SVHN"] * 2,
        *["<b>ResNet_fast"] * 2,
    ]
    assert list(both.figures) == ["VGG_SVHN, CKA, flat", "ResNet_fast, CKA, flat"]
    first, second = both.figures.values()
    assert first.title == second.title == "CKA, flat"
    assert first.best == [(0, 0), (1, 1), (2, 2), (3, 3)] != second.best
    assert "<b>CKA, flat</b>" in both._repr_html_()


def test_without_data_the_figure_is_a_sentence():
    shown = heatmaps.figure(study())
    assert shown._repr_html_() == "<p>Not measured in this study.</p>"
    assert repr(shown) == "Not measured in this study."

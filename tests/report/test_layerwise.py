"""Figures 5 to 7: the order of the layers, the means, and what is drawn."""

import dataclasses

import numpy as np
import pytest
from matplotlib.colors import to_rgb

from lib.models import MODELS, build_model, recorded_layers
from lib.report import layerwise
from lib.report.results import ResultsError
from lib.report.style import KIND_COLOURS

TITLES = ["SVCCA", "PWCCA", "CKA", "NBS"]


@pytest.mark.parametrize("network", ["vgg16_bn", "vgg_svhn", "resnet_fast"])
def test_layers_stand_in_the_order_of_the_network(results, network):
    assert network in MODELS
    assert layerwise.layers(results, network) == recorded_layers(build_model(network, width=0.05))


def test_the_order_does_not_depend_on_that_of_the_rows(results):
    shuffled = results.similarity.sample(frac=1, random_state=0)
    other = dataclasses.replace(results, similarity=shuffled)
    assert layerwise.layers(other, "vgg16_bn") == layerwise.layers(results, "vgg16_bn")
    np.testing.assert_allclose(
        layerwise.curves(other, "vgg16_bn", "cka"), layerwise.curves(results, "vgg16_bn", "cka")
    )


def test_a_point_is_the_mean_over_the_runs(results):
    rows = results.similarity.query(
        "experiment == 'resnet_fast' and metric == 'pwcca' and layer == 'add3' and iteration == 4"
    )
    assert len(rows) == 2
    curves = layerwise.curves(results, "resnet_fast", "pwcca")
    assert curves.loc[4, "add3"] == pytest.approx(sum(rows.value) / 2)


def test_four_panels_with_a_line_for_each_iteration(results):
    panels = layerwise.figure(results, "vgg16_bn")
    assert list(panels.figures) == TITLES
    for title, metric in zip(TITLES, layerwise.SHOWN, strict=True):
        axes = panels.figures[title].axes[0]
        assert axes.get_title(loc="left") == title
        assert [line.get_label() for line in axes.lines] == ["1", "2", "3", "4", "5"]
        drawn = np.array([line.get_ydata() for line in axes.lines])
        np.testing.assert_allclose(drawn, layerwise.curves(results, "vgg16_bn", metric))


def test_lines_go_from_pale_to_strong(results):
    axes = layerwise.figure(results, "vgg16_bn").figures["CKA"].axes[0]
    weights = (0.2126, 0.7152, 0.0722)  # luminance, ITU-R BT.709
    light = [np.dot(weights, to_rgb(line.get_color())) for line in axes.lines]
    assert light == sorted(light, reverse=True)
    assert light[0] > 3 * light[-1]


def test_the_axis_names_every_layer_in_the_colour_of_its_kind(results):
    axes = layerwise.figure(results, "resnet_fast").figures["NBS"].axes[0]
    ticks = axes.get_xticklabels()
    order = layerwise.layers(results, "resnet_fast")
    assert [tick.get_text() for tick in ticks] == [name for name, _ in order]
    assert [tick.get_color() for tick in ticks] == [KIND_COLOURS[kind] for _, kind in order]


def test_all_panels_share_one_scale_and_show_every_value(results):
    figures = layerwise.figure(results, "vgg_svhn").figures.values()
    limits = {figure.axes[0].get_ylim() for figure in figures}
    assert len(limits) == 1
    low, high = limits.pop()
    for figure in figures:
        for line in figure.axes[0].lines:
            assert low <= min(line.get_ydata())
            assert max(line.get_ydata()) <= high


def test_a_layer_without_a_value_leaves_a_gap(results):
    dead = (results.similarity.layer == "conv2_1") & (results.similarity.metric == "svcca")
    values = results.similarity.value.mask(dead)
    other = dataclasses.replace(results, similarity=results.similarity.assign(value=values))
    line = layerwise.figure(other, "vgg_svhn").figures["SVCCA"].axes[0].lines[0]
    missing = np.isnan(line.get_ydata())
    assert missing.sum() == 1
    assert missing[3]


def test_the_lowest_layer_is_a_hidden_one(results):
    out = results.similarity.kind == "out"
    values = results.similarity.value.mask(out, 0.0)
    other = dataclasses.replace(results, similarity=results.similarity.assign(value=values))
    layer, value = layerwise.lowest(other, "vgg16_bn", "svcca")
    last = layerwise.curves(other, "vgg16_bn", "svcca").iloc[-1]
    assert layer != "out"
    assert value == last.drop("out").min() == last[layer]


def test_the_tables_give_the_numbers_of_the_figure(results):
    curves = layerwise.curves(results, "vgg_svhn", "svcca")
    table = layerwise.overview(results, "vgg_svhn")
    layer, value = layerwise.lowest(results, "vgg_svhn", "svcca")
    assert table.rows[0] == (
        "SVCCA",
        f"{curves.iloc[-1, 0]:.2f}",
        f"{value:.2f}",
        layer,
        "0.05",
        f"{curves.iloc[-1, -1]:.2f}",
    )
    heading, columns, *lines = layerwise.numbers(results, "vgg_svhn").splitlines()
    assert [word.strip("-") for word in heading.split()] == TITLES
    assert columns.split() == ["layer", *["first", "last", "null"] * 4]
    assert [line.split()[0] for line in lines] == list(curves.columns)
    first = lines[2].split()
    assert first[1:4] == [f"{curves.iloc[0, 2]:.3f}", f"{curves.iloc[-1, 2]:.3f}", "0.050"]


def test_a_metric_that_was_not_computed_is_named(results):
    rows = results.similarity[results.similarity.metric != "nbs"]
    other = dataclasses.replace(results, similarity=rows)
    with pytest.raises(ResultsError, match="no nbs of vgg16_bn on the reshape 'flat'"):
        layerwise.figure(other, "vgg16_bn")

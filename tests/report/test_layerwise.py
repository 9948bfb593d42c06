"""Figures 5 to 7: the order of the layers, the means, and what is drawn."""

import dataclasses

import numpy as np
import pytest
from matplotlib.colors import to_rgb

from lib.models import MODELS, build_model, recorded_layers
from lib.report import layerwise
from lib.report.results import ResultsError, load_results
from lib.report.style import KIND_COLOURS

from .made_up import write_results

TITLES = ["SVCCA", "PWCCA", "CKA", "NBS"]


@pytest.fixture(scope="module")
def controlled(tmp_path_factory):
    """Results with pairs of independent VGG_SVHN: similarities 0.50, 0.51 and 0.52."""
    folder = tmp_path_factory.mktemp("controlled") / "results"
    return load_results(write_results(folder, controls=["independent"]))


def iterations(axes):
    """The lines of the iterations, without those of the controls."""
    return [line for line in axes.lines if line.get_label().isdigit()]


def line(axes, label):
    return next(line for line in axes.lines if line.get_label() == label)


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
        labels = [line.get_label() for line in axes.lines]
        assert labels == ["1", "2", "3", "4", "5", "null"]
        drawn = np.array([line.get_ydata() for line in iterations(axes)])
        np.testing.assert_allclose(drawn, layerwise.curves(results, "vgg16_bn", metric))


def test_lines_go_from_pale_to_strong(results):
    axes = layerwise.figure(results, "vgg16_bn").figures["CKA"].axes[0]
    weights = (0.2126, 0.7152, 0.0722)  # luminance, ITU-R BT.709
    light = [np.dot(weights, to_rgb(line.get_color())) for line in iterations(axes)]
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
        "-",
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


def test_the_null_is_that_of_the_last_iteration_with_two_deviations(results):
    last = results.similarity.iteration == 5
    means = results.similarity.null_mean.mask(last, 0.4)
    other = dataclasses.replace(results, similarity=results.similarity.assign(null_mean=means))
    axes = layerwise.figure(other, "vgg_svhn").figures["SVCCA"].axes[0]
    np.testing.assert_allclose(line(axes, "null").get_ydata(), 0.4)
    heights = axes.collections[0].get_paths()[0].vertices[:, 1]
    np.testing.assert_allclose([heights.min(), heights.max()], [0.4 - 0.02, 0.4 + 0.02])


def test_the_band_of_the_null_ends_at_zero(results):
    other = dataclasses.replace(results, similarity=results.similarity.assign(null_sd=0.1))
    band = layerwise.null_band(layerwise.null(other, "vgg_svhn", "svcca"))
    np.testing.assert_allclose(band.low, 0)
    np.testing.assert_allclose(band.high, 0.25)


def test_without_a_spread_there_is_a_line_but_no_band_without_a_null_neither(results):
    spread = dataclasses.replace(results, similarity=results.similarity.assign(null_sd=np.nan))
    axes = layerwise.figure(spread, "vgg_svhn").figures["NBS"].axes[0]
    np.testing.assert_allclose(line(axes, "null").get_ydata(), 0.3)
    assert not axes.collections
    unknown = spread.similarity.assign(null_mean=np.nan)
    panels = layerwise.figure(dataclasses.replace(spread, similarity=unknown), "vgg_svhn")
    axes = panels.figures["NBS"].axes[0]
    assert [one.get_label() for one in axes.lines] == ["1", "2", "3", "4", "5"]
    assert "null" not in panels.legend
    assert "null" not in panels.labels["NBS"]


def test_independent_networks_are_a_dotted_line_where_they_were_compared(controlled, results):
    panels = layerwise.figure(controlled, "vgg_svhn")
    for figure in panels.figures.values():
        dotted = line(figure.axes[0], "independent")
        np.testing.assert_allclose(dotted.get_ydata(), 0.51)
        assert dotted.get_linestyle() == ":"
    assert "independently" in panels.legend
    assert all("Independently trained" in label for label in panels.labels.values())
    for panels in (
        layerwise.figure(controlled, "vgg16_bn"),
        layerwise.figure(results, "vgg_svhn"),
    ):
        assert "independently" not in panels.legend + repr(panels)
        assert len(panels.figures["CKA"].axes[0].lines) == 6


def test_the_scale_leaves_room_for_the_controls(controlled):
    low = controlled.similarity.value.mask(
        controlled.similarity.experiment == "vgg_svhn_independent", 0.02
    )
    other = dataclasses.replace(controlled, similarity=controlled.similarity.assign(value=low))
    axes = layerwise.figure(other, "vgg_svhn").figures["NBS"].axes[0]
    assert axes.get_ylim()[0] <= 0.02


def test_the_alt_text_gives_null_and_independent_networks_at_the_lowest_layer(controlled):
    last = layerwise.curves(controlled, "vgg_svhn", "cka").iloc[-1]
    label = layerwise.figure(controlled, "vgg_svhn").labels["CKA"]
    assert f"lowest with {last.min():.2f} at {last.idxmin()}" in label
    assert f"The null at {last.idxmin()} is 0.30." in label
    assert label.endswith("Independently trained complete networks have 0.51 there.")


def test_the_tables_give_the_independent_networks(controlled):
    table = layerwise.overview(controlled, "vgg_svhn")
    column = table.header.index("Independent there")
    assert [row[column] for row in table.rows] == ["0.51"] * 4
    assert {row[column] for row in layerwise.overview(controlled, "vgg16_bn").rows} == {"-"}
    _, columns, *lines = layerwise.numbers(controlled, "vgg_svhn").splitlines()
    assert columns.split() == ["layer", *["first", "last", "null", "indep"] * 4]
    text = lines[0].split()
    assert [text[i] for i in (4, 8, 12, 16)] == ["0.510"] * 4


def test_hidden_layers_are_all_before_the_output(results):
    assert (
        layerwise.hidden(results, "vgg_svhn")
        == [name for name, _ in layerwise.layers(results, "vgg_svhn")][:-1]
    )


def test_names_of_many_layers_are_thinned_out_and_the_last_one_stays():
    few = [(f"conv{i}", "conv") for i in range(26)]
    _, axes = layerwise.layer_panel("few", few)
    assert [tick.get_text() for tick in axes.get_xticklabels()] == [name for name, _ in few]
    many = [(f"conv{i}", "conv") for i in range(48)] + [("out", "out")]
    _, axes = layerwise.layer_panel("many", many)
    names = [tick.get_text() for tick in axes.get_xticklabels()]
    assert names == [f"conv{i}" for i in range(0, 48, 2)] + ["out"]
    assert axes.get_xlim() == (-0.5, 48.5)

"""Pictures of a table: a point for each layer, a cell for each pair, and what is refused."""

import numpy as np
import pytest
import torch
from matplotlib.figure import Figure
from torch import nn

from lib import compare_networks, plot_layers, plot_levels, plot_pairs


@pytest.fixture(scope="module")
def tables():
    """{pairs: the table of two networks}."""
    torch.manual_seed(0)
    a, b = (nn.Sequential(nn.Flatten(), nn.Linear(16, 5), nn.ReLU(), nn.Linear(5, 3)) for _ in "ab")
    images = torch.randn(40, 1, 4, 4)
    every = compare_networks(a, b, images, ["1", "3"], ["svcca", "cka"], "all", say=None)
    return {"same": every[every.layer_x == every.layer_y], "all": every}


def test_a_line_for_each_metric_goes_through_the_values(tables):
    table = tables["same"]
    axes = plot_layers(table)
    assert [text.get_text() for text in axes.get_xticklabels()] == ["1", "3"]
    assert axes.get_legend_handles_labels()[1] == ["svcca channels", "cka flat"]
    for line, (_, rows) in zip(axes.lines, table.groupby("metric", sort=False), strict=True):
        assert np.array_equal(line.get_ydata(), rows.value)


def test_one_line_in_given_axes_has_its_null(tables):
    rows = tables["same"].query("metric == 'cka'")
    axes = Figure().add_subplot()
    assert plot_layers(rows, axes, color="red") is axes
    assert axes.get_legend() is None
    assert axes.get_legend_handles_labels()[1] == ["null, ± 2 sd", "cka flat"]
    assert np.array_equal(axes.lines[0].get_ydata(), rows.null_mean)


def test_a_cell_for_each_pair_has_its_number_or_a_dash(tables):
    rows = tables["all"].query("metric == 'cka'")
    axes = plot_pairs(rows)
    assert [text.get_text() for text in axes.texts] == [f"{value:.2f}" for value in rows.value]
    assert axes.yaxis_inverted()
    assert {text.get_text() for text in plot_pairs(rows.assign(value=np.nan)).texts} == {"-"}


def test_what_one_picture_cannot_show_is_refused(tables):
    with pytest.raises(
        ValueError,
        match="svcca channels compares a layer with several layers; draw them by plot_pairs",
    ):
        plot_layers(tables["all"])
    with pytest.raises(ValueError, match="has svcca channels, cka flat; select one of them"):
        plot_pairs(tables["all"])
    with pytest.raises(ValueError, match="has no value; the column `note` says why"):
        plot_layers(tables["same"].assign(value=np.nan))
    with pytest.raises(ValueError, match="has no levels, want one of compare_levels; plot_layers"):
        plot_levels(tables["same"])

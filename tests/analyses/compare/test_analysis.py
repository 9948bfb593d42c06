"""Networks, weights and layers of a comparison."""

import pandas as pd
import pytest
import torch
from torch import nn
from torch.nn.utils import prune

from lib.analyses.compare import analysis, layer_plots
from lib.analyses.compare.analysis import GivenNetwork, LayerTables
from lib.compare.user_networks import named_layers

NAN = float("nan")


def test_weights_are_counted_as_masks_leave_them():
    network = nn.Sequential(nn.Conv2d(1, 2, 2), nn.Linear(2, 2))
    prune.l1_unstructured(network[0], "weight", 0.5)
    row = analysis.networks_table({"A": GivenNetwork("nets.py:a", "", network)}).rows[0]
    assert row[2:] == ("what the function gives it", "12", "67 %")


@pytest.mark.parametrize(
    ("given", "weights", "fresh"),
    [("resnet18", "", True), ("resnet18", "DEFAULT", False), ("nets.py:a", "", False)],
)
def test_a_network_without_weights_or_function_is_fresh(given, weights, fresh):
    assert GivenNetwork(given, weights, nn.Flatten()).fresh == fresh


@pytest.mark.parametrize(
    ("layers", "lists"),
    [("", []), ("a b", [["a", "b"]]), ("a, b; c", [["a", "b"], ["c"]])],
)
def test_layers_are_named_for_both_or_for_each(layers, lists):
    assert named_layers(layers) == lists


def test_networks_whose_modules_mostly_have_the_same_names_have_counterparts():
    three = nn.Sequential(nn.Flatten(), nn.ReLU(), nn.Linear(2, 2))
    four = nn.Sequential(*three, nn.ReLU())
    other = nn.Sequential()
    other.add_module("x", nn.Flatten())
    networks = [GivenNetwork("", "", network) for network in (three, four, other)]
    assert analysis.have_counterparts(dict(zip("AB", networks[:2], strict=True)))
    assert not analysis.have_counterparts(dict(zip("AB", networks[1:], strict=True)))


def rows(pairs):
    counts = {"rank_x": 1, "rank_y": 2, "dead_x": 3, "dead_y": 4}
    table = pd.DataFrame(pairs, columns=["layer_x", "layer_y", "value"]).assign(**counts)
    null = {"null_mean": 0.2, "null_sd": 0.1}
    return table.assign(metric="cka", reshape="flat", ci_low=NAN, ci_high=NAN, **null)


def test_figures_have_a_point_for_each_layer_and_a_cell_for_each_pair():
    every = rows([("a", "x", 0.9), ("a", "y", 0.1), ("b", "x", 0.2), ("b", "y", 0.8)])
    apart = LayerTables(every, every[:0], counterparts=False)
    assert layer_plots.counterparts_figure(apart) is None
    assert "too few of their modules" in layer_plots.why_no_counterparts(apart, named=False)
    assert "a of A: closest to x; b of A: closest to y" in repr(layer_plots.pairs_figure(apart))
    assert [table.rows[0] for table in analysis.sizes_tables(apart)] == [
        *(("a", "1", "3"), ("x", "2", "4"))
    ]
    same = rows([("a", "a", 0.9), ("b", "b", 0.6)])
    together = LayerTables(every, same, counterparts=True)
    assert together.above.cka.to_list() == pytest.approx([0.875, 0.5])
    assert "A and B: first 0.90, last 0.60" in repr(layer_plots.counterparts_figure(together))
    assert analysis.sizes_tables(together)[0].rows[1] == ("b", "1", "2", "3", "4")


@pytest.mark.filterwarnings("ignore:torch.(ao|quantize)")
def test_a_quantised_network_stays_on_the_cpu(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    float_one = GivenNetwork("", "", nn.Linear(2, 2))
    quantised = GivenNetwork("", "", torch.ao.nn.quantized.dynamic.Linear(2, 2))
    assert analysis.device_of({"A": float_one}) == "cuda"
    assert analysis.device_of({"A": float_one, "B": quantised}) == "cpu"


def test_values_have_their_intervals_and_none_where_there_is_none():
    pairs = rows([("a", "a", 0.9), ("b", "b", 0.5)])
    same = pairs.assign(ci_low=[0.8, NAN], ci_high=[0.95, NAN])
    table = analysis.values_table(LayerTables(pairs, same, counterparts=True))
    assert table.header == ("Layer", "CKA")
    assert table.rows == (("a", "0.90 (0.80 to 0.95)"), ("b", "0.50"))

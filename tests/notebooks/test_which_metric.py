"""A layer counts as found where it alone is the most similar one of its size."""

import pandas as pd
import pytest

from notebooks.which_metric.analysis import looked_for

LAYERS = ("conv1", "conv2", "pool", "out")


def pairs(values, reshape="flat", of=LAYERS):
    """Rows of similarities between layers, by (layer of the first, layer of the second)."""
    fixed = {"network": "x", "metric": "cka", "reshape": reshape, "train_seed": 0, "other_seed": 1}
    return [
        fixed
        | {"layer_x": x, "layer_y": y, "value": values.get((x, y), 0.1)}
        | {"kind_x": "out" if x == "out" else "conv", "kind_y": "out" if y == "out" else "conv"}
        for x in of
        for y in of
    ]


def judged(values):
    """On flat, where conv1 and conv2 have maps of one size and pool is alone in its own."""
    same_size = pairs({}, "channels", ("conv1", "conv2")) + pairs({}, "channels", ("pool",))
    cases = looked_for(pd.DataFrame(pairs(values) + same_size))
    assert set(cases.layer) == {"conv1", "conv2"}
    assert set(cases.guess) == {0.5}
    flat = cases[cases.reshape == "flat"]
    return flat.groupby(["way", "layer"]).found.sum().unstack("way").to_dict("list")


def test_layers_are_looked_for_both_ways_round():
    # by rows conv2 looks more like conv1; by columns each is found
    own = {("conv1", "conv1"): 0.8, ("conv2", "conv2"): 0.6, ("conv2", "conv1"): 0.7}
    assert judged(own) == {0: [1, 0], 1: [1, 1]}


def test_a_layer_of_another_size_and_an_output_are_no_candidates():
    own = {("conv1", "conv1"): 0.8, ("conv2", "conv2"): 0.8}
    rivals = {("conv1", "pool"): 0.9, ("pool", "conv2"): 0.9, ("conv2", "out"): 1}
    assert judged(own | rivals) == {0: [1, 1], 1: [1, 1]}


@pytest.mark.parametrize("rounding", [0, 1e-12])
def test_a_tie_is_a_miss(rounding):
    tied = {("conv1", "conv1"): 0.8, ("conv1", "conv2"): 0.8 - rounding}
    assert judged(tied | {("conv2", "conv2"): 0.9}) == {0: [0, 1], 1: [1, 1]}

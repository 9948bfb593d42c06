"""What is put into made-up tables is found in them, and nothing else."""

import pandas as pd
import pytest

from lib.report import NETWORK
from lib.report.claims import side
from notebooks.contrast.analysis import count, depth_of_u, in_each, rank_correlation, span, spread

SEEDS = (0, 1, 2)
LAYERS = ["conv2", "conv10", "add"]  # not in alphabetical order


def test_metrics_are_as_far_apart_as_the_lowest_and_the_highest():
    numbers = {
        ("x", metric, seed): value + seed
        for seed in SEEDS
        for metric, value in {"cka": 0.3, "nbs": -0.1, "svcca": 0.2}.items()
    }
    places = pd.Series(numbers).rename_axis(["network", "metric", NETWORK])
    assert spread(places).tolist() == pytest.approx([0.4] * 3)


def test_each_network_decides_for_itself():
    index = pd.MultiIndex.from_product([["x"], ["r"], ["33 %", "11 %"], SEEDS])
    numbers = pd.Series([0.05, 0.1, 0.2, 0, 0, 0], index)
    numbers = numbers.rename_axis(["network", "regime", "iteration", NETWORK])
    frame = in_each(numbers)
    assert frame.index[0] == ("r", "x", "33 %, 0")
    sides = [side(row, below=0.1) for _, row in frame.iterrows()]
    assert sides == ["holds", "does not hold", "does not hold", *["holds"] * 3]
    assert span(numbers) == "0.00 to 0.20"
    assert count(numbers < 0.1) == "4 of 6"


def by_layer(*line):
    index = pd.MultiIndex.from_product([SEEDS, LAYERS], names=[NETWORK, "layer"])
    return pd.Series([*line] * 3, index, dtype=float)


def test_a_u_is_as_deep_as_its_lowest_layer_below_the_lower_end():
    assert depth_of_u(by_layer(0.9, 0.5, 0.7)).tolist() == pytest.approx([0.2] * 3)
    assert depth_of_u(by_layer(0.9, 0.7, 0.5)).tolist() == [0] * 3  # it only falls


@pytest.mark.parametrize(("line", "expected"), [([1, 2, 9], 1), ([9, 2, 1], -1)])
def test_layers_are_ranked_within_each_network(line, expected):
    other = by_layer(10, 20, 30)[::-1]  # layers are told by their names
    assert rank_correlation(by_layer(*line), other).tolist() == pytest.approx([expected] * 3)

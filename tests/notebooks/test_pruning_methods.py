"""The page on pruning: its toys train, and its arrows start where the values come from."""

from dataclasses import replace

import matplotlib.pyplot as plt
import pytest
import torch
from torch import nn

from lib.data import load_dataset
from lib.pruning import FineTune, LearningRateRewind, Mask, Pruning, WeightRewind
from lib.training import Momentum, Recipe, Steps
from notebooks.pruning_methods.analysis import draw_schedule, train

RECIPE = Recipe(epochs=4, batch_size=50, optimiser=Momentum(), schedule=Steps(0.1, (2,)))


def test_a_network_is_trained_and_its_pruned_weights_stay_zero():
    digits = load_dataset("digits", "datasets")
    digits = replace(digits, train=digits.train.take(slice(100)))
    torch.manual_seed(0)
    model = nn.Sequential(nn.AvgPool2d(8), nn.Flatten(), nn.Linear(48, 8), nn.Linear(8, 10))
    kept = torch.rand(8, 48) > 0.5
    model[2].weight.data *= kept
    assert train(model, digits, Mask({"2.weight": kept}), 0, RECIPE) > 0.2
    assert not model[2].weight[~kept].any()
    assert model[2].weight[kept].all()


@pytest.mark.parametrize(
    ("way", "sources", "length"),
    [
        (LearningRateRewind(), [(4, 0.01), (8, 0.01)], 12),
        (FineTune(epochs=2, rate=0.01), [(4, 0.01), (6, 0.01)], 8),
        (WeightRewind(epoch=1), [(1, 0.1), (1, 0.1)], 10),
    ],
)
def test_values_come_from_where_the_way_says(way, sources, length):
    axes = plt.figure().add_subplot()
    draw_schedule(axes, Pruning(retraining=way), RECIPE)
    lines = [line for line in axes.get_lines() if line.get_marker() == "o"]
    points = [line.get_xydata()[0].tolist() for line in lines]
    assert points == [pytest.approx(source) for source in sources]
    assert max(line.get_xdata()[-1] for line in axes.get_lines()) == pytest.approx(length, abs=0.02)
    plt.close(axes.figure)

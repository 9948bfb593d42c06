"""Drawings of masks and learning rates show what they say."""

import pytest
import torch

from lib.analyses.pruning_methods import figures
from lib.book.report.figure import PanelFigure
from lib.pruning import FineTune, LearningRateRewind, Mask, Pruning, WeightRewind
from lib.training import Momentum, Recipe, Steps

RECIPE = Recipe(epochs=4, batch_size=50, optimiser=Momentum(), schedule=Steps(0.1, (2,)))


@pytest.fixture
def axes():
    return PanelFigure("test").panel("Panel")


def nested(*survivors):
    """Masks of one kernel of four weights, of which the first so many survive."""
    kept = [torch.arange(4).reshape(1, 1, 2, 2) < left for left in survivors]
    return [Mask({"conv.weight": tensor}) for tensor in kept]


def test_no_bin_holds_weights_that_go_and_weights_that_stay(axes):
    values = torch.tensor([0.1, -0.2, 0.5, -0.9])
    edges = figures.bin_edges({"conv": values}, 0.3)
    assert edges[0] <= values.min()
    assert values.max() <= edges[-1]
    assert {-0.3, 0.3} <= {round(float(edge), 9) for edge in edges}
    figures.draw_threshold(axes, values, values.abs() > 0.3, edges, 0.3)
    gone, left = (patch.get_data().values for patch in axes.patches)
    assert (gone.sum(), left.sum()) == (2, 2)
    assert not (gone * left).any()
    assert axes.get_label().startswith("Values of the weights: 50 % of 4 go")


def test_a_weight_lives_through_the_masks_that_keep_it():
    masks = nested(4, 3, 1)
    lives = figures.lifetimes(masks, "conv.weight")
    assert lives.flatten().tolist() == [2, 1, 1, 0]
    drawing = figures.draw_kernels(lives, 2, "conv")
    assert repr(drawing).endswith("and that stay: 1, 2, 1")
    assert drawing._repr_html_().count('class="key"') == 3


def test_accuracy_falls_by_pruning_and_rises_by_training(axes):
    figures.draw_accuracies(axes, just_pruned=[0.5, 0.4], trained=[0.9, 0.8, 0.7])
    segments = [tuple(map(tuple, line.get_xydata().tolist())) for line in axes.get_lines()[:4]]
    assert segments == [
        ((0, 0.9), (1, 0.5)),
        ((1, 0.5), (1, 0.8)),
        ((1, 0.8), (2, 0.4)),
        ((2, 0.4), (2, 0.7)),
    ]


@pytest.mark.parametrize(
    ("way", "sources", "length"),
    [
        (LearningRateRewind(), [(4, 0.01), (8, 0.01)], 12),
        (FineTune(epochs=2, rate=0.01), [(4, 0.01), (6, 0.01)], 8),
        (WeightRewind(epoch=1), [(1, 0.1), (1, 0.1)], 10),
    ],
)
def test_values_come_from_where_the_way_says(axes, way, sources, length):
    figures.draw_retrainings(axes, Pruning(retraining=way), RECIPE)
    lines = [line for line in axes.get_lines() if line.get_marker() == "o"]
    points = [line.get_xydata()[0].tolist() for line in lines]
    assert points == [pytest.approx(source) for source in sources]
    assert max(line.get_xdata()[-1] for line in axes.get_lines()) == pytest.approx(length, abs=0.02)

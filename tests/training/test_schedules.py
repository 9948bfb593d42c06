"""Learning rates at every breakpoint and close to it."""

import pytest

from lib.training import Momentum, PiecewiseLinear, Recipe, Steps
from notebooks.shared.paper import PAPER

RATES = {
    "vgg16_bn": {0: 0.1, 79.99: 0.1, 80: 0.01, 119.99: 0.01, 120: 0.001, 159.99: 0.001},
    "vgg_svhn": {0: 0.1, 6.99: 0.1, 7: 0.01, 11.99: 0.01, 12: 0.001, 14.99: 0.001},
    "resnet_fast": {0: 0, 2.5: 0.2, 5: 0.4, 14.5: 0.2, 24: 0, 30: 0},
}


@pytest.mark.parametrize("name", RATES)
def test_learning_rates_are_those_of_the_paper(name):
    schedule = PAPER[name].recipe.schedule
    assert {epoch: schedule(epoch) for epoch in RATES[name]} == pytest.approx(RATES[name])


def test_schedules_need_increasing_breakpoints_and_a_rate_for_each():
    with pytest.raises(ValueError, match="milestones must increase"):
        Steps(0.1, (5, 5))
    with pytest.raises(ValueError, match="epochs must increase"):
        PiecewiseLinear((0, 4, 3), (0, 1, 0))
    with pytest.raises(ValueError, match="3 epochs but 2 rates"):
        PiecewiseLinear((0, 4, 5), (0, 1))


def test_compression_scales_the_epochs_of_a_recipe():
    recipe = Recipe(160, 128, Momentum(0.8), Steps(0.1, (80, 120), 0.2))
    assert recipe.compressed(40) == Recipe(40, 128, Momentum(0.8), Steps(0.1, (20, 30), 0.2))
    linear = Recipe(24, 512, Momentum(), PiecewiseLinear((0, 5, 24), (0, 0.4, 0)))
    shorter = PiecewiseLinear((0, 2.5, 12), (0, 0.4, 0))
    assert linear.compressed(12) == Recipe(12, 512, Momentum(), shorter)
    # not 0.6000000000000001, which the third of five steps does not reach
    fractional = Recipe(5, 128, Momentum(), Steps(0.1, (3.0,)))
    assert fractional.compressed(1).schedule.milestones == (0.6,)
    assert recipe.compressed(160) == recipe
    assert linear.compressed(24) == linear

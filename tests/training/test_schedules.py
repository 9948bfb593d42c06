"""Learning rates at every breakpoint, and just beside it."""

import pytest

from lib.study.paper import PAPER
from lib.training import Momentum, PiecewiseLinear, Recipe, Steps


@pytest.mark.parametrize(
    ("epoch", "rate"),
    [(0, 0.1), (79.99, 0.1), (80, 0.01), (119.99, 0.01), (120, 0.001), (159.99, 0.001)],
)
def test_vgg16_bn(epoch, rate):
    assert PAPER["vgg16_bn"].recipe.schedule(epoch) == pytest.approx(rate, rel=1e-12)


@pytest.mark.parametrize(
    ("epoch", "rate"),
    [(0, 0.1), (6.99, 0.1), (7, 0.01), (11.99, 0.01), (12, 0.001), (14.99, 0.001)],
)
def test_vgg_svhn(epoch, rate):
    assert PAPER["vgg_svhn"].recipe.schedule(epoch) == pytest.approx(rate, rel=1e-12)


@pytest.mark.parametrize(
    ("epoch", "rate"), [(0, 0), (2.5, 0.2), (5, 0.4), (14.5, 0.2), (24, 0), (30, 0)]
)
def test_resnet_fast(epoch, rate):
    assert PAPER["resnet_fast"].recipe.schedule(epoch) == pytest.approx(rate, abs=1e-12)


def test_breakpoints_must_increase():
    with pytest.raises(ValueError, match="milestones must increase"):
        Steps(0.1, (5, 5))
    with pytest.raises(ValueError, match="epochs must increase"):
        PiecewiseLinear((0, 4, 3), (0, 1, 0))
    with pytest.raises(ValueError, match="3 epochs but 2 rates"):
        PiecewiseLinear((0, 4, 5), (0, 1))


def test_schedules_describe_themselves():
    assert str(Steps(0.1, (80, 120))) == "0.1, times 0.1 at epochs 80, 120"
    assert str(PiecewiseLinear((0, 5, 24), (0, 0.4, 0))) == (
        "piecewise linear, 0 to 0.4 to 0 at epochs 0, 5, 24"
    )


def test_a_schedule_without_milestones_is_constant():
    schedule = Steps(0.01, ())
    assert {schedule(epoch) for epoch in (0, 0.5, 7, 1000)} == {0.01}
    assert str(schedule) == "constant, 0.01"
    assert schedule.compressed(0.3) == schedule


BREAKPOINTS = {"vgg16_bn": (0, 80, 120, 160), "vgg_svhn": (0, 7, 12, 15), "resnet_fast": (0, 5, 24)}


def compare_at_breakpoints(name, epochs):
    recipe = PAPER[name].recipe
    short = recipe.compressed(epochs)
    for epoch in BREAKPOINTS[name]:
        at = epoch * epochs / recipe.epochs
        for beside in (-1e-6, 0, 1e-6):
            expected = recipe.schedule(epoch + beside * recipe.epochs / epochs)
            assert short.schedule(at + beside) == pytest.approx(expected, rel=1e-9, abs=1e-12), at


@pytest.mark.parametrize(
    ("name", "epochs"),
    [
        *(("vgg16_bn", epochs) for epochs in (1, 16, 40, 53, 80, 160, 320)),
        *(("vgg_svhn", epochs) for epochs in (1, 5, 7, 10, 15, 30)),
        *(("resnet_fast", epochs) for epochs in range(1, 25)),
    ],
)
def test_compressed_schedules_have_the_same_rates_at_and_beside_each_breakpoint(name, epochs):
    compare_at_breakpoints(name, epochs)


@pytest.mark.parametrize("name", ["vgg16_bn", "vgg_svhn"])
def test_compression_is_exact_whatever_the_number_of_epochs(name):
    for epochs in range(1, PAPER[name].recipe.epochs + 1):
        compare_at_breakpoints(name, epochs)


def test_compression_changes_the_time_and_nothing_else():
    recipe = Recipe(160, 128, Momentum(0.8), Steps(0.1, (80, 120), 0.2))
    assert recipe.compressed(40) == Recipe(40, 128, Momentum(0.8), Steps(0.1, (20, 30), 0.2))
    linear = Recipe(24, 512, Momentum(), PiecewiseLinear((0, 5, 24), (0, 0.4, 0)))
    shorter = PiecewiseLinear((0, 2.5, 12), (0, 0.4, 0))
    assert linear.compressed(12) == Recipe(12, 512, Momentum(), shorter)
    assert recipe.compressed(160) == recipe
    assert linear.compressed(24) == linear


def test_compression_to_no_epochs_is_refused():
    with pytest.raises(ValueError, match="epochs must be at least 1, got 0"):
        PAPER["vgg16_bn"].recipe.compressed(0)

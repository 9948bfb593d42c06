"""Learning rates at every breakpoint, and just beside it."""

import pytest

from lib.study.paper import PAPER
from lib.training import PiecewiseLinear, Steps


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

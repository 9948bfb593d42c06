"""Unit matching against channels whose order is known."""

import numpy as np
import pytest
import torch

from notebooks.which_metric.matching import unit_matching


def layer(seed, channels=6, images=40):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(images, channels, 4, 4, generator=generator)


def test_a_layer_with_some_noise_keeps_its_channels():
    x = layer(0)
    found = unit_matching(x, 3 * x + 0.5 * layer(1) + 7)
    assert found[:3] == (6, 1, 1)
    assert found.identity == found.matched == pytest.approx(3 / np.hypot(3, 0.5), abs=0.01)


def test_channels_in_another_order_are_matched_but_not_with_their_own():
    x = layer(0)
    found = unit_matching(x, x[:, [1, 2, 0, 3, 4, 5]])
    assert (found.own, found.assigned) == (0.5, 0.5)
    assert found.matched == pytest.approx(1)
    assert found.identity == pytest.approx(0.5, abs=0.1)
    negated = unit_matching(x, torch.cat([-x[:, :2], x[:, 2:]], 1))
    assert negated.own < 1 > negated.assigned


def test_an_assignment_is_one_to_one():
    """Both channels of x correlate most with the first of y, which only one of them can have."""
    x = layer(0, channels=2)
    y = torch.stack([x[:, 0] + x[:, 1], 0.1 * x[:, 1] + layer(2, 1)[:, 0]], 1)
    found = unit_matching(x, y)
    assert (found.own, found.assigned) == (0.5, 1.0)


def test_only_channels_that_vary_in_both_are_matched():
    x, y = layer(0), layer(0)
    x[:, 1], y[:, 2] = 0, 5
    assert unit_matching(x, y) == (4, 1, 1, pytest.approx(1), pytest.approx(1))
    x[:, 2:], y[:, 0] = 0, 0
    with pytest.raises(ValueError, match="no channel varies in both"):
        unit_matching(x, y)
    with pytest.raises(ValueError, match="want at least as many as channels"):
        unit_matching(torch.randn(5, 9), torch.randn(5, 9))

"""The share of own channels where their order is known."""

import pytest
import torch

from notebooks.which_metric.matching import own_channels


def layer(seed, channels=6, images=40):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(images, channels, 4, 4, generator=generator)


def test_a_layer_with_some_noise_keeps_its_channels():
    x = layer(0)
    assert own_channels(x, 3 * x + 0.5 * layer(1) + 7) == 1


def test_channels_in_another_order_or_of_another_sign_are_not_their_own():
    x = layer(0)
    assert own_channels(x, x[:, [1, 2, 0, 3, 4, 5]]) == 0.5
    assert own_channels(x, torch.cat([-x[:, :2], x[:, 2:]], 1)) < 1


def test_only_channels_that_vary_in_both_are_matched():
    x, y = layer(0), layer(0)
    x[:, 1], y[:, 2] = 0, 5
    assert own_channels(x, y) == 1
    x[:, 2:], y[:, 0] = 0, 0
    with pytest.raises(ValueError, match="no channel varies in both"):
        own_channels(x, y)
    with pytest.raises(ValueError, match="want at least as many as channels"):
        own_channels(torch.randn(5, 9), torch.randn(5, 9))

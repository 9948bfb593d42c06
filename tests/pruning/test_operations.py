"""Multiply-adds of every kind of layer, whole and pruned."""

import pytest
import torch
from torch import nn

from lib.models import build_model
from lib.pruning import Mask, multiply_adds

NETWORKS = {
    "one dimension": (nn.Conv1d(1, 8, 3), (1, 32), 8 * 3 * 30),
    "transposed": (nn.ConvTranspose2d(3, 8, 3), (3, 8, 8), 3 * 8 * 9 * 64),
    "linear": (nn.Linear(8, 5, dtype=torch.float64), (8,), 40),
    "attention": (
        nn.TransformerEncoderLayer(16, 2, 32, batch_first=True),
        (5, 16),
        5 * (4 * 16 * 16 + 2 * 16 * 32) + 2 * 5 * 5 * 16,
    ),
}


@pytest.mark.parametrize("name", NETWORKS)
def test_multiply_adds_are_positions_times_weights(name):
    network, image, wanted = NETWORKS[name]
    state = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    assert multiply_adds(network, image) == wanted
    assert network.training
    assert all(torch.equal(state[name], now) for name, now in network.state_dict().items())
    if name != "attention":
        weights = [name for name, tensor in network.named_parameters() if tensor.ndim > 1]
        assert multiply_adds(network, image, dict.fromkeys(weights, 0.25)) == wanted / 4


def test_a_weight_that_is_used_more_often_saves_more():
    network = build_model("vgg_svhn")
    complete = multiply_adds(network, (3, 32, 32))
    with torch.device("meta"):
        assert multiply_adds(build_model("vgg_svhn"), (3, 32, 32)) == complete
    densities = Mask.complete(network).densities
    assert multiply_adds(network, (3, 32, 32), densities) == complete
    second = list(densities)[1]
    assert complete - multiply_adds(network, (3, 32, 32), {second: 0}) == 32 * 32 * 9 * 32 * 32


@pytest.mark.parametrize("shared", ["weight", "layer"])
def test_a_weight_that_layers_share_saves_in_each_of_them(shared):
    network = nn.Sequential(nn.Linear(6, 6), nn.Linear(6, 6), nn.Linear(6, 2))
    if shared == "weight":
        network[1].weight = network[0].weight
    else:
        network[1] = network[0]
    assert list(Mask.complete(network).kept) == ["0.weight"]
    for densities in ({"0.weight": 0.25}, {"0.weight": 0.25, "1.weight": 0.25}):
        assert multiply_adds(network, (6,), densities) == 0.25 * 72 + 12


def test_layers_that_pytorch_does_not_count_are_refused():
    for layer in (nn.Bilinear(2, 3, 4), nn.LSTM(8, 16)):
        with pytest.raises(ValueError, match=f"does not count .* nn.{type(layer).__name__}"):
            multiply_adds(nn.Sequential(layer), (2,))
    with pytest.raises(ValueError, match="unknown weight 'wieght'. Did you mean 'weight'"):
        multiply_adds(nn.Linear(2, 3), (2,), {"wieght": 0.5})
    layer = nn.TransformerEncoderLayer(16, 2, 32, batch_first=True)
    for name in ("self_attn.in_proj_weight", "self_attn.out_proj.weight"):
        with pytest.raises(ValueError, match=f"of attention, {name}"):
            multiply_adds(layer, (5, 16), {name: 0.5})

"""A layer without numbers costs its own rows; a layer without a row for each image is refused."""

from copy import deepcopy

import pytest
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence

from lib import compare_networks

from .networks import Block, seeded

IMAGES = torch.randn(60, 8, generator=torch.Generator().manual_seed(0))
ASKED = {"metrics": "cka", "say": None, "level": None}


def overflowing():
    def forward(net, x):
        x = torch.tanh(net.a(x))
        large = net.b(x * 1e6)  # infinite in half precision
        return net.c(torch.tanh(x + 0 * torch.nan_to_num(large, 0, 0, 0)))

    return Block(forward, a=nn.Linear(8, 16), b=nn.Linear(16, 16), c=nn.Linear(16, 4))


def test_a_layer_that_overflows_costs_its_own_row():
    a = seeded(0, overflowing)
    asked = ASKED | {"layers": ["a", "b", "c"], "batch_size": 20}
    table = compare_networks(a, deepcopy(a).half(), IMAGES, **asked)
    assert table.value.isna().tolist() == [False, True, False]
    assert table.value[[0, 2]].min() > 0.99
    assert table.note[1] == "b of b: got NaN or infinite values, want finite ones"
    with pytest.raises(ValueError, match="^b of b: got NaN or infinite values"):
        compare_networks(a, deepcopy(a).half(), IMAGES, **asked | {"layers": ["b"]})


def fourier():
    spectrum = Block(lambda _, x: torch.fft.rfft(x))
    forward = lambda net, x: net.out(torch.fft.irfft(net.spectrum(net.a(x).tanh()), n=16))  # noqa: E731
    return Block(forward, a=nn.Linear(8, 16), spectrum=spectrum, out=nn.Linear(16, 3))


def test_complex_outputs_are_refused_by_layer_and_without_a_warning():
    networks = [seeded(seed, fourier) for seed in range(2)]
    assert compare_networks(*networks, IMAGES, **ASKED).layer_x.tolist() == ["a", "out"]
    table = compare_networks(*networks, IMAGES, ["a", "spectrum", "out"], **ASKED)
    assert table.value.isna().tolist() == [False, True, False]
    note = "spectrum of a: got dtype torch.complex64, want a float of 16, 32 or 64 bits"
    assert table.note[1].startswith(note)
    with pytest.raises(ValueError, match=f"^{note}"):
        compare_networks(*networks, IMAGES, "spectrum", **ASKED)


def tokens_first():
    """An encoder that takes tokens first, and a read-out."""
    forward = lambda net, x: net.out(net.inside(x.transpose(0, 1)).mean(0))  # noqa: E731
    return Block(forward, inside=nn.TransformerEncoderLayer(8, 2, 16), out=nn.Linear(8, 3))


def packing():
    """Packs words for a recurrent layer, and reads its final state."""

    def forward(net, x):
        lengths = torch.arange(len(x)) % x.shape[1] + 1
        x = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
        return net.out(net.inside(x)[1][0][-1])

    return Block(forward, inside=nn.LSTM(8, 4, batch_first=True), out=nn.Linear(4, 3))


@pytest.mark.parametrize(
    ("make", "layer", "tokens"),
    [
        (tokens_first, "inside", 5),
        (tokens_first, "inside", 3),  # as many as images are traced
        (packing, "inside:1.0", 5),
        (packing, "inside", 5),
    ],
)
def test_layers_without_a_row_for_each_image_are_refused(make, layer, tokens):
    words = torch.randn(40, tokens, 8, generator=torch.Generator().manual_seed(1))
    network = seeded(0, make)
    assert compare_networks(network, network, words, ["out"], **ASKED).value.notna().all()
    message = rf"^{layer} of a gives shape .* a row for each image, .*: set batch_first=True"
    with pytest.raises(ValueError, match=message):
        compare_networks(network, network, words, [layer], **ASKED)


class StaysInTraining(nn.BatchNorm2d):
    def train(self, mode=True):
        return super().train(True)


@pytest.mark.parametrize(
    "norm", [nn.BatchNorm2d(8, track_running_stats=False), StaysInTraining(8)], ids=["own", "mode"]
)
def test_a_network_that_normalises_by_the_batch_is_refused(norm):
    images = torch.randn(12, 3, 9, 9, generator=torch.Generator().manual_seed(0))
    network = nn.Sequential(nn.Conv2d(3, 8, 3), norm, nn.AdaptiveAvgPool2d(1))
    with pytest.raises(ValueError, match="a: 1 stays in training mode, or normalises by the batch"):
        compare_networks(network, network, images, ["2"], **ASKED)

"""One layer that has no numbers costs its own rows; what has no row for each image is refused."""

from copy import deepcopy

import pytest
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence

from lib import compare_networks

from .networks import seeded

IMAGES = torch.randn(60, 8, generator=torch.Generator().manual_seed(0))
WORDS = torch.randn(40, 3, 8, generator=torch.Generator().manual_seed(0))
ASKED = {"metrics": "cka", "say": None, "level": None}


class Overflows(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b, self.c = nn.Linear(8, 16), nn.Linear(16, 16), nn.Linear(16, 4)

    def forward(self, x):
        x = torch.tanh(self.a(x))
        large = self.b(x * 1e6)  # infinite in half precision
        return self.c(torch.tanh(x + 0 * torch.nan_to_num(large, 0, 0, 0)))


def test_a_layer_that_overflows_costs_its_own_row():
    a = seeded(0, Overflows)
    asked = ASKED | {"layers": ["a", "b", "c"], "batch_size": 20}
    table = compare_networks(a, deepcopy(a).half(), IMAGES, **asked)
    assert table.value.isna().tolist() == [False, True, False]
    assert table.value[[0, 2]].min() > 0.99
    assert table.note[1].startswith("b of b: got NaN or infinite values, want finite ones")
    with pytest.raises(ValueError, match="^b of b: got NaN or infinite values"):
        compare_networks(a, deepcopy(a).half(), IMAGES, **asked | {"layers": ["b"]})


class Spectrum(nn.Module):
    def forward(self, x):
        return torch.fft.rfft(x)


class Fourier(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.spectrum, self.out = nn.Linear(8, 16), Spectrum(), nn.Linear(16, 3)

    def forward(self, x):
        return self.out(torch.fft.irfft(self.spectrum(torch.tanh(self.a(x))), n=16))


def test_complex_outputs_are_refused_by_layer_and_without_a_warning():
    networks = [seeded(seed, Fourier) for seed in range(2)]
    assert compare_networks(*networks, IMAGES, **ASKED).layer_x.tolist() == ["a", "out"]
    table = compare_networks(*networks, IMAGES, ["a", "spectrum", "out"], **ASKED)
    assert table.value.isna().tolist() == [False, True, False]
    note = "spectrum of a: got dtype torch.complex64, want a float of 16, 32 or 64 bits"
    assert table.note[1].startswith(note)
    with pytest.raises(ValueError, match=f"^{note}"):
        compare_networks(*networks, IMAGES, "spectrum", **ASKED)


class Reader(nn.Module):
    """A recurrent layer or an encoder, tokens first or images first, and a read-out."""

    def __init__(self, kind=nn.LSTM, first=True, layers=1):
        super().__init__()
        if kind is nn.TransformerEncoderLayer:
            self.inside = kind(8, 2, 16, batch_first=first)
        else:
            self.inside = kind(8, 16, layers, batch_first=first)
        self.first = first
        self.out = nn.LazyLinear(3)

    def forward(self, x):
        x = self.inside(x if self.first else x.transpose(0, 1))
        x = x[0] if isinstance(x, tuple) else x
        return self.out(x.mean(1 if self.first else 0))


def readers(*args, **kwargs):
    networks = [seeded(seed, Reader, *args, **kwargs) for seed in range(2)]
    for network in networks:
        seeded(0, network, WORDS)
    return networks


@pytest.mark.parametrize("kind", [nn.LSTM, nn.TransformerEncoderLayer], ids=lambda k: k.__name__)
@pytest.mark.parametrize("tokens", [3, 5])  # as many as the images that a network is tried on
def test_tokens_first_are_refused(kind, tokens):
    words = torch.randn(40, tokens, 8, generator=torch.Generator().manual_seed(1))
    asked = ASKED | {"reshapes": ["channels", "gap"], "layers": ["inside", "out"]}
    assert compare_networks(*readers(kind, True), words, **asked).value.notna().all()
    said = rf"inside of a gives shape \({tokens}, (3|40), .* images first: set batch_first=True"
    with pytest.raises(ValueError, match=said):
        compare_networks(*readers(kind, False), words, **asked)


@pytest.mark.parametrize("layers", [1, 3])
@pytest.mark.parametrize(("kind", "item"), [(nn.LSTM, "1.0"), (nn.LSTM, "1.1"), (nn.GRU, "1")])
def test_final_states_are_refused(kind, item, layers):
    with pytest.raises(ValueError, match="final states of recurrent layers cannot be compared"):
        compare_networks(*readers(kind, True, layers), WORDS, f"inside:{item}", **ASKED)


class Normalised(nn.Module):
    """Normalised by the batch, in whatever way; on large noise the values hardly show it."""

    def __init__(self, way):
        super().__init__()
        self.conv, self.out, self.way = nn.Conv2d(3, 8, 3), nn.Linear(8, 4), way
        self.norm = nn.BatchNorm2d(8, track_running_stats=way != "no running statistics")

    def train(self, mode=True):
        super().train(mode)
        if self.way == "kept in training":
            self.norm.training = True
        return self

    def eval(self):
        return self.train(False)

    def forward(self, x):
        return self.out(self.norm(self.conv(x)).relu().mean((2, 3)))


@pytest.mark.parametrize("batch_size", [5, 60])
@pytest.mark.parametrize("way", ["no running statistics", "kept in training"])
def test_what_normalises_by_the_batch_is_refused_whatever_its_size(way, batch_size):
    images = torch.randn(60, 3, 64, 64, generator=torch.Generator().manual_seed(0))
    networks = [seeded(seed, Normalised, way) for seed in range(2)]
    with pytest.raises(
        ValueError, match="a: norm stays in training mode, or normalises by the batch; want running"
    ):
        compare_networks(*networks, images, ["out"], batch_size=batch_size, **ASKED)


def test_running_and_single_statistics_are_no_reason_to_refuse():
    images = torch.randn(12, 3, 9, 9, generator=torch.Generator().manual_seed(0))
    net = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.InstanceNorm2d(4))
    assert compare_networks(net, net, images, **ASKED).value.notna().all()


class Packing(nn.Module):
    """Packs words for a recurrent layer, and unpacks them."""

    def __init__(self):
        super().__init__()
        self.inside, self.out = nn.LSTM(8, 4, batch_first=True), nn.Linear(4, 3)

    def forward(self, x):
        lengths = torch.arange(len(x)) % x.shape[1] + 1
        x = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
        x, (last, _) = self.inside(x)
        return self.out(last[-1])


def test_packed_sequences_are_refused():
    networks = [seeded(seed, Packing) for seed in range(2)]
    assert compare_networks(*networks, WORDS, ["out"], **ASKED).value.notna().all()
    with pytest.raises(ValueError, match="inside of a gives shape .* packed sequences and final"):
        compare_networks(*networks, WORDS, ["inside"], **ASKED)

"""A layer without numbers costs its own rows; a layer without a row for each image is refused."""

import pytest
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence

from lib import compare_networks
from lib.metrics import cka

from .networks import Block, seeded

IMAGES = torch.randn(60, 8, generator=torch.Generator().manual_seed(0))
ASKED = {"metrics": "cka", "say": None}


def odd(factor):
    """A layer times a factor, one that gives complex numbers, and an output of neither."""
    large = Block(lambda _, x: x * factor)
    inside = {"large": large, "spectrum": Block(lambda _, x: torch.fft.rfft(x))}
    return Block(
        lambda net, x: (net.large(x), net.spectrum(x), net.out(x))[2], **inside, out=nn.Linear(8, 3)
    )


def test_infinite_and_complex_outputs_cost_the_rows_of_their_layers():
    a, b = (seeded(0, odd, factor) for factor in (1, torch.inf))
    assert compare_networks(a, a, IMAGES, **ASKED).layer_x.tolist() == ["large", "out"]
    table = compare_networks(a, b, IMAGES, ["large", "spectrum", "out"], **ASKED)
    assert table.value.isna().tolist() == [True, True, False]
    notes = [
        "large of b: got NaN or infinite values, want finite ones",
        "spectrum of a: got dtype torch.complex64, want a float of 16, 32 or 64 bits",
    ]
    for layer, note, found in zip(["large", "spectrum"], notes, table.note, strict=False):
        assert found.startswith(note)
        with pytest.raises(ValueError, match=f"^{note}"):
            compare_networks(a, b, IMAGES, layer, **ASKED)


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


def padded():
    """PyTorch's own encoder, with a mask of padding, which in evaluation makes nested tensors."""

    def forward(net, words):
        tokens = net.inside(net.embed(words), src_key_padding_mask=words == 0)
        return net.out(tokens[:, 0])

    layer = nn.TransformerEncoderLayer(8, 2, 16, dropout=0, batch_first=True)
    inside = {"embed": nn.Embedding(20, 8), "inside": nn.TransformerEncoder(layer, 2)}
    return Block(forward, **inside, out=nn.Linear(8, 3)).double()


def test_layers_of_an_encoder_with_padding_are_those_without_the_fast_path():
    a, b = (seeded(seed, padded) for seed in range(2))
    words = torch.randint(1, 20, (40, 6), generator=torch.Generator().manual_seed(2))
    words[:20, 4:] = 0
    names = ["inside.layers.0.linear1", "inside.layers.0", "inside.layers.1", "out"]
    table = compare_networks(a, b, words, names, reshapes="flat", **ASKED)
    for row in table.itertuples():
        sides = []
        for network in (a, b):  # in training mode, where there is no fast path; dropout is 0
            hook = network.get_submodule(row.layer_x).register_forward_hook(
                lambda module, args, output: sides.append(output.detach().flatten(1))  # noqa: B023
            )
            network(words)
            hook.remove()
        assert row.value == pytest.approx(cka(*sides), abs=1e-10), row
    assert torch.backends.mha.get_fastpath_enabled()


def nesting():
    """Reads the columns of each input as tokens in a nested tensor."""

    def forward(net, x):
        tokens = torch.nested.nested_tensor([one[:, None] for one in x])
        return net.out(net.inside(tokens).to_padded_tensor(0).mean(1))

    return Block(forward, inside=nn.Linear(1, 4), out=nn.Linear(4, 3))


@pytest.mark.filterwarnings("ignore:The PyTorch API of nested tensors")
def test_nested_tensors_are_no_layers():
    a, b = (seeded(seed, nesting) for seed in range(2))
    assert compare_networks(a, b, IMAGES, **ASKED).layer_x.tolist() == ["out"]
    with pytest.raises(ValueError, match="inside was not called, or gave no dense tensor"):
        compare_networks(a, b, IMAGES, ["inside"], **ASKED)


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

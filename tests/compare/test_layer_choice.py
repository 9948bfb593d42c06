"""Which layers are chosen where none are named, and what is said of those that are not."""

import pytest
import torch
from torch import nn

from lib import compare_networks

IMAGES = torch.rand(30, 12, generator=torch.Generator().manual_seed(0))
WORDS = torch.randint(9, (30, 5), generator=torch.Generator().manual_seed(0))


def chosen(make, images=IMAGES, pairs="same"):
    """{layer: kind} and what was said, of two networks that are made alike."""
    torch.manual_seed(0)
    said = []
    table = compare_networks(
        make(), make(), images, metrics="cka_debiased", pairs=pairs, say=said.append
    )
    assert table.value.notna().all()
    return dict(zip(table.layer_x, table.kind, strict=True)), said[-1]


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b, self.c = (nn.Linear(12, 12) for _ in range(3))

    def forward(self, x):
        return x + self.c(torch.tanh(self.b(torch.tanh(self.a(x)))))


class Wrapper(nn.Module):
    def __init__(self, net):
        super().__init__()
        self.net = net

    def forward(self, x):
        return self.net(x)


class Words(nn.Module):
    """Words, a recurrent layer, a classifier."""

    def __init__(self, kind):
        super().__init__()
        self.words, self.recurrent = nn.Embedding(9, 6), kind(6, 7, batch_first=True)
        self.classes = nn.Linear(7, 4)

    def forward(self, x):
        return self.classes(self.recurrent(self.words(x))[0][:, -1])


def of_blocks():
    return nn.Sequential(*(Block() for _ in range(9)))


@pytest.mark.parametrize("inside", [False, True], ids=["bare", "wrapped"])
def test_the_last_of_equal_blocks_is_taken_as_the_others_are(inside):
    make, prefix = of_blocks, ""
    if inside:
        make, prefix = (lambda: Wrapper(of_blocks())), "net."
    layers, _ = chosen(make)
    assert layers == {f"{prefix}{i}": "block" for i in range(8)} | {f"{prefix}8": "out"}


def test_a_wrapper_is_not_named_in_place_of_the_layer_whose_output_it_passes_on():
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.hidden, self.classes = nn.Linear(12, 8), nn.Linear(8, 3)

        def forward(self, x):
            return self.classes(self.hidden(x).relu())

    layers, _ = chosen(lambda: Wrapper(Net()))
    assert layers == {"net.hidden": "fc", "net.classes": "out"}


@pytest.mark.parametrize("kind", [nn.LSTM, nn.GRU, nn.RNN])
def test_recurrent_layers_are_chosen(kind):
    layers, _ = chosen(lambda: Words(kind), WORDS)
    assert layers == {"words": "embedding", "recurrent": "recurrent", "classes": "out"}


def test_a_shared_activation_ends_the_first_chain_alone():
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.a, self.b, self.c = (nn.Linear(12, 12) for _ in range(3))
            self.act = nn.ReLU(inplace=True)

        def forward(self, x):
            return self.c(self.act(self.b(self.act(self.a(x)))))

    layers, _ = chosen(Net)
    assert layers == {"act": "fc", "b": "fc", "c": "out"}


@pytest.mark.parametrize(
    ("make", "images"),
    [
        (lambda: nn.Linear(12, 4), IMAGES),
        (lambda: nn.GRU(4, 5, batch_first=True), IMAGES.unflatten(1, (3, 4))),
        (lambda: nn.Flatten(), IMAGES),
    ],
    ids=["linear", "recurrent", "without layers"],
)
def test_a_network_without_modules_inside_is_compared_by_its_output(make, images):
    layers, said = chosen(make, images)
    assert layers == {"": "out"}
    assert "its output" in said


def test_names_of_modules_may_have_colons():
    def make():
        network = nn.Sequential()
        network.add_module("fc:0", nn.Linear(12, 4))
        network.add_module("act", nn.ReLU())
        return network

    assert chosen(make)[0] == {"act": "out"}
    table = compare_networks(make(), make(), IMAGES, ["fc:0", "fc:0:"], metrics="cka", say=None)
    assert table.value.notna().all()


def test_a_network_without_any_layer_is_refused():
    class Sum(nn.Module):
        def forward(self, x):
            return x.sum()

    with pytest.raises(ValueError, match="no module of a gives floats for each image"):
        compare_networks(Sum(), Sum(), IMAGES, say=None)

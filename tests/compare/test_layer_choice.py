"""Which layers are chosen where none are named, and what is said of those that are not."""

import pytest
import torch
from torch import nn

from lib import compare_networks

from .networks import Block

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


def block():
    """A residual block of three linear layers."""
    inside = {name: nn.Linear(12, 12) for name in "abc"}
    return Block(lambda net, x: x + net.c(net.b(net.a(x).tanh()).tanh()), **inside)


def wrapped(network):
    return Block(lambda outer, x: outer.net(x), net=network)


def of_blocks():
    return nn.Sequential(*(block() for _ in range(9)))


@pytest.mark.parametrize("inside", [False, True], ids=["bare", "wrapped"])
def test_the_last_of_equal_blocks_is_taken_as_the_others_are(inside):
    make, prefix = of_blocks, ""
    if inside:
        make, prefix = (lambda: wrapped(of_blocks())), "net."
    layers, _ = chosen(make)
    assert layers == {f"{prefix}{i}": "block" for i in range(8)} | {f"{prefix}8": "out"}


def test_a_wrapper_is_not_named_in_place_of_the_layer_whose_output_it_passes_on():
    def make():
        inside = {"hidden": nn.Linear(12, 8), "classes": nn.Linear(8, 3)}
        return wrapped(Block(lambda net, x: net.classes(net.hidden(x).relu()), **inside))

    layers, _ = chosen(make)
    assert layers == {"net.hidden": "fc", "net.classes": "out"}


@pytest.mark.parametrize("kind", [nn.LSTM, nn.GRU, nn.RNN])
def test_recurrent_layers_are_chosen(kind):
    def make():
        inside = {"words": nn.Embedding(9, 6), "recurrent": kind(6, 7, batch_first=True)}
        last = lambda net, x: net.classes(net.recurrent(net.words(x))[0][:, -1])  # noqa: E731
        return Block(last, **inside, classes=nn.Linear(7, 4))

    layers, _ = chosen(make, WORDS)
    assert layers == {"words": "embedding", "recurrent": "recurrent", "classes": "out"}


def test_a_shared_activation_ends_the_first_chain_alone():
    def make():
        inside = {name: nn.Linear(12, 12) for name in "abc"} | {"act": nn.ReLU(inplace=True)}
        return Block(lambda net, x: net.c(net.act(net.b(net.act(net.a(x))))), **inside)

    layers, _ = chosen(make)
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
    network = Block(lambda _, x: x.sum())
    with pytest.raises(ValueError, match="no module of a gives floats for each image"):
        compare_networks(network, network, IMAGES, say=None)


def test_of_many_layers_some_are_taken_from_the_first_to_the_last():
    layers, _ = chosen(lambda: nn.Sequential(*(nn.Linear(12, 12) for _ in range(40))))
    assert (len(layers), min(layers, key=int), max(layers, key=int)) == (32, "0", "39")


def test_a_normalisation_after_a_block_is_a_layer_of_its_own():
    layers, _ = chosen(lambda: nn.Sequential(block(), nn.LayerNorm(12), nn.Linear(12, 3)))
    assert {"0": "block", "1": "norm", "2": "out"}.items() <= layers.items()


def signs():
    """A block that gives integers."""
    inside = Block(lambda net, x: (net.a(x) > 0).long(), a=nn.Linear(12, 12))
    return Block(lambda net, x: net.out(net.inside(x).float()), inside=inside, out=nn.Linear(12, 3))


def parts():
    """A layer whose rows are parts of images."""
    forward = lambda net, x: net.out(net.inside(x.reshape(-1, 4)).reshape(-1, 12))  # noqa: E731
    return Block(forward, inside=nn.Linear(4, 4), out=nn.Linear(12, 1))


@pytest.mark.parametrize(("make", "layers"), [(signs, ["out"]), (parts, ["out"])])
def test_outputs_without_a_row_of_floats_for_each_image_are_no_layers(make, layers):
    assert [*chosen(make)[0]] == layers


def test_a_sequence_is_no_block():
    def make():
        return nn.Sequential(nn.Sequential(nn.Linear(12, 8), nn.ReLU()), nn.Linear(8, 3))

    assert chosen(make)[0] == {"0.1": "fc", "1": "out"}

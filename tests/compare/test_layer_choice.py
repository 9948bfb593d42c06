"""Which layers are chosen where none are named, and what is said of those that are not."""

import pytest
import torch
from torch import nn
from torchvision.models import resnet50

from lib import compare_networks
from lib.compare import Comparison

from .networks import Block

IMAGES = torch.rand(30, 12, generator=torch.Generator().manual_seed(0))


def chosen(make, images=IMAGES):
    """{layer: kind} of a network."""
    torch.manual_seed(0)
    layers = Comparison(make(), images, say=None).layers
    return {layer.name: layer.kind for layer in layers}


def block():
    """A residual block of three linear layers."""
    inside = {name: nn.Linear(12, 12) for name in "abc"}
    return Block(lambda net, x: x + net.c(net.b(net.a(x).tanh()).tanh()), **inside)


def wrapped(network):
    return Block(lambda outer, x: outer.net(x), net=network)


def two():
    inside = {"hidden": nn.Linear(12, 8), "classes": nn.Linear(8, 3)}
    return Block(lambda net, x: net.classes(net.hidden(x).relu()), **inside)


def shared():
    """Two layers before one activation."""
    inside = {name: nn.Linear(12, 12) for name in "abc"} | {"act": nn.ReLU(inplace=True)}
    return Block(lambda net, x: net.c(net.act(net.b(net.act(net.a(x))))), **inside)


def signs():
    """A block that gives integers."""
    inside = Block(lambda net, x: (net.a(x) > 0).long(), a=nn.Linear(12, 12))
    return Block(lambda net, x: net.out(net.inside(x).float()), inside=inside, out=nn.Linear(12, 3))


def parts():
    """A layer whose rows are parts of images."""
    forward = lambda net, x: net.out(net.inside(x.reshape(-1, 4)).reshape(-1, 12))  # noqa: E731
    return Block(forward, inside=nn.Linear(4, 4), out=nn.Linear(12, 1))


def recurrent():
    inside = {"rows": nn.LSTM(4, 7, batch_first=True), "classes": nn.Linear(7, 4)}
    last = lambda net, x: net.classes(net.rows(x.unflatten(1, (3, 4)))[0][:, -1])  # noqa: E731
    return Block(last, **inside)


BLOCKS = {f"{i}": "block" for i in range(8)} | {"8": "out"}
CHOICES = {
    "equal blocks": (lambda: nn.Sequential(*(block() for _ in range(9))), BLOCKS),
    "the same in a wrapper": (
        lambda: wrapped(nn.Sequential(*(block() for _ in range(9)))),
        {f"net.{name}": kind for name, kind in BLOCKS.items()},
    ),
    "not the wrapper": (lambda: wrapped(two()), {"net.hidden": "fc", "net.classes": "out"}),
    "a shared activation": (shared, {"act": "fc", "b": "fc", "c": "out"}),
    "recurrent": (recurrent, {"rows": "recurrent", "classes": "out"}),
    "one module": (lambda: nn.Linear(12, 4), {"": "out"}),
    "no layer": (nn.Flatten, {"": "out"}),
    "a norm after a block": (
        lambda: nn.Sequential(block(), nn.LayerNorm(12), block(), block(), nn.Linear(12, 3)),
        {"0": "block", "1": "norm", "2": "block", "3": "block", "4": "out"},
    ),
    "a sequence": (
        lambda: nn.Sequential(nn.Sequential(nn.Linear(12, 8), nn.ReLU()), nn.Linear(8, 3)),
        {"0.1": "fc", "1": "out"},
    ),
    "integers": (signs, {"out": "out"}),
    "parts of images": (parts, {"out": "out"}),
}


@pytest.mark.parametrize("name", CHOICES)
def test_main_parts_are_chosen(name):
    make, layers = CHOICES[name]
    assert chosen(make) == layers


def test_of_a_resnet_they_are_the_stem_the_blocks_the_pooling_and_the_output():
    layers = chosen(resnet50, torch.rand(3, 3, 32, 32))
    blocks = [f"layer{i}.{j}" for i, number in enumerate((3, 4, 6, 3), 1) for j in range(number)]
    assert [*layers] == ["relu", "maxpool", *blocks, "avgpool", "fc"]


def test_of_many_layers_some_are_taken_from_the_first_to_the_last():
    layers = chosen(lambda: nn.Sequential(*(nn.Linear(12, 12) for _ in range(40))))
    assert (len(layers), min(layers, key=int), max(layers, key=int)) == (32, "0", "39")


def test_names_of_modules_may_have_colons():
    network = nn.Sequential()
    network.add_module("fc:0", nn.Linear(12, 4))
    network.add_module("act", nn.ReLU())
    table = compare_networks(network, network, IMAGES, ["fc:0", "fc:0:"], metrics="cka", say=None)
    assert table.value.notna().all()


def test_a_network_without_any_layer_is_refused():
    network = Block(lambda _, x: x.sum())
    with pytest.raises(ValueError, match="no module of a gives floats for each image"):
        compare_networks(network, network, IMAGES, say=None)

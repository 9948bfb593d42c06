"""Channels are found where a network has them, in whatever order its modules are called."""

import re

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F
from torchvision import models
from torchvision.models.convnext import CNBlockConfig

from lib import compare_networks
from lib.compare import Comparison

from .networks import Block, seeded

LAST = {
    "convnext": r"block\.[1-5]$",
    "swin": r"^features(?!\.0\.0$)|^norm$",
    "vit": r"^encoder",
    "vectors inside, sizes equal": r"\.(norm|mix)$",
    "tokens, sizes equal": r"^[34]",
    "channels last, sizes equal": r"^[1-9](?!.conv)",
}
"""Names of modules that give maps (n, h, w, c), or tokens."""


def stem(channels=8):
    """Maps (n, channels, 6, 6) of images (n, 3, 6, 6)."""
    return nn.Conv2d(3, channels, 3, 1, 1)


def to_last():
    return Block(lambda _, x: x.movedim(1, -1))


def parts(c, groups=1):
    conv = nn.Conv2d(c, c, 3, 1, 1, groups=groups)
    return {"conv": conv, "norm": nn.LayerNorm(c), "mix": nn.Linear(c, c)}


def by_vector(net, x):
    """Of maps whose channels go last inside a block, without a module that says so."""
    return x + net.mix(net.norm(net.conv(x).movedim(1, -1))).relu().movedim(-1, 1)


def channels_last(net, x):
    """Of maps (n, h, w, c), by a convolution that wants channels first."""
    return x + net.mix(net.conv(net.norm(x).movedim(-1, 1)).movedim(1, -1).relu())


def attention(net, x):
    x = net.rows(x)[0]
    return x + net.heads(x, x, x)[0]


HEADS = {
    "rows": nn.LSTM(8, 8, batch_first=True),
    "heads": nn.MultiheadAttention(8, 2, batch_first=True),
}
POOLED = Block(lambda net, x: F.max_pool1d(net.conv(x).relu(), 2), conv=nn.Conv1d(3, 8, 3, 1, 1))
ARCHITECTURES = {
    "convnext": models.ConvNeXt([CNBlockConfig(8, 16, 2), CNBlockConfig(16, None, 2)]),
    "swin": models.SwinTransformer([4, 4], 8, [2, 2], [2, 4], [4, 4], num_classes=5),
    "vit": models.VisionTransformer(32, 8, 2, 2, 8, 16),
    "vectors inside, sizes equal": nn.Sequential(
        stem(6), Block(by_vector, **parts(6)), nn.AdaptiveAvgPool2d(1)
    ),
    "tokens, sizes equal": nn.Sequential(
        nn.Flatten(2),
        nn.Conv1d(3, 8, 1, 5),
        nn.Tanh(),
        Block(lambda _, x: x.transpose(1, 2)),
        Block(attention, **HEADS),
    ),
    "channels last, sizes equal": nn.Sequential(
        stem(), to_last(), nn.LayerNorm(8), nn.Linear(8, 6), Block(channels_last, **parts(6, 6))
    ),
    "pooled, in one dimension": nn.Sequential(
        nn.Flatten(2), POOLED, nn.Conv1d(8, 12, 1), nn.GLU(1), nn.Conv1d(6, 4, 3)
    ),
}
INSIDE = r"\.(norm|mix|conv|rows|heads|block\.\d)$"
"""Names of modules that are read besides the main parts of a network."""


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_channels_are_where_the_network_has_them(architecture):
    network, side = ARCHITECTURES[architecture], 6 if "," in architecture else 32
    images = torch.rand(4, 3, side, side)
    names = [layer.name for layer in Comparison(network, images, say=None).layers]
    names += [name for name, _ in network.named_modules() if re.search(INSIDE, name)]
    layers = Comparison(network, images, names, say=None).layers
    assert len(layers) > 2
    for layer in layers:
        last = re.search(LAST.get(architecture, "$^"), layer.name) is not None
        if layer.layout != "(n, p)":
            assert (layer.layout in ("(n, h, w, c)", "(n, t, d)")) == last, layer


def test_the_layout_of_a_module_of_ones_own_can_be_stated():
    a, b, c = (seeded(seed, lambda: nn.Sequential(stem(), to_last())) for seed in range(3))
    images = torch.randn(4, 3, 6, 6, generator=torch.Generator().manual_seed(1))
    asked = {"metrics": "cka", "reshapes": ["channels"], "say": None}
    pairs = {"1@last": ["1@last", "1@first", "1", "0"]}
    table = compare_networks(a, b, images, pairs, strangers=[c], **asked)
    assert table.layer_x.tolist() == ["1@last"] * 4
    assert table.layout_x.tolist() == ["(n, h, w, c)"] * 4
    assert table.layout_y.tolist() == [*["(n, h, w, c)", "(n, c, h, w)"] * 2]
    [before] = compare_networks(a, b, images, ["0"], **asked).value  # the same, channels first
    assert table.value[[0, 2, 3]].tolist() == pytest.approx([before] * 3, abs=1e-6)
    assert np.isnan(table.value[1])  # the first has 36 positions, this has 48
    assert table.relative[[0, 2, 3]].notna().all()
    with pytest.raises(ValueError, match="layers of a: unknown module '1@middle'"):
        compare_networks(a, b, images, ["1@middle"], **asked)


class Scaled(nn.Linear):
    """Extends a layer of PyTorch."""

    def forward(self, x):
        return 2 * super().forward(x)


def test_the_module_of_pytorch_that_made_a_tensor_tells_its_layout():
    mixer = Block(lambda net, x: net.fc(x), fc=Scaled(8, 8))
    a, b = (nn.Sequential(stem(), to_last(), mixer, nn.LayerNorm(8)) for _ in "ab")
    images = torch.randn(4, 3, 6, 6, generator=torch.Generator().manual_seed(1))
    table = compare_networks(a, b, images, ["0", "1", "2", "2.fc", "3"], "cka", say=None)
    assert table.layout_x.tolist() == ["(n, c, h, w)", *["(n, h, w, c)"] * 4]
    assert (table.note == "").all()
    stated = compare_networks(a, b, images, ["2@first"], "cka", say=None)
    assert stated.layout_x.tolist() == ["(n, c, h, w)"]


def test_a_layout_that_could_be_another_is_noted():
    a, b = (nn.Sequential(stem(6), Scaled(6, 6)) for _ in "ab")
    images = torch.randn(4, 3, 6, 6, generator=torch.Generator().manual_seed(1))
    [note] = compare_networks(a, b, images, ["1"], "cka", say=None).note
    said = "1 of a and b: read as (n, h, w, c); if it is (n, c, h, w), name it 1@first"
    assert note == said

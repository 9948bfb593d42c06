"""Channels are found where a network has them, in whatever order its modules are called."""

import re

import numpy as np
import pytest
import torch
from torch import nn
from torchvision import models
from torchvision.models.convnext import CNBlockConfig

from lib import compare_networks
from lib.compare import Comparison

from .networks import MADE_UP, seeded, stem, to_last

LAST = {
    "convnext": r"block\.[1-5]$",
    "swin": r"^features(?!\.0\.0$)|^norm$",
    "vit": r"^encoder",
    "vectors inside, sizes equal": r"\.(norm|mix)$",
    "recurrent": r"^2",
    "tokens, sizes equal": r"^[45]",
    "channels last": r"^[1-9](?!.conv)",
    "channels last, sizes equal": r"^[1-9](?!.conv)",
}
"""Names of modules that give maps (n, h, w, c), or tokens."""

SMALL = {
    "convnext": lambda: models.ConvNeXt([CNBlockConfig(8, 16, 2), CNBlockConfig(16, None, 2)]),
    "maxvit": lambda: models.MaxVit((64, 64), 8, 4, [8, 16], [1, 1], 4, 0.0, num_classes=5),
    "mobilenet": lambda: models.mobilenet_v3_small(num_classes=5),
    "swin": lambda: models.SwinTransformer([4, 4], 8, [2, 2], [2, 4], [4, 4], num_classes=5),
    "vit": lambda: models.VisionTransformer(
        32, 8, 2, num_heads=2, hidden_dim=8, mlp_dim=16, num_classes=5
    ),
}

ARCHITECTURES = {name: (make, 64 if name == "maxvit" else 32) for name, make in SMALL.items()}
ARCHITECTURES |= {name: (make, 6) for name, make in MADE_UP.items()}
INSIDE = r"\.(norm|mix|conv|block\.\d)$"
"""Names of modules that are read besides the main parts of a network."""


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_channels_are_where_the_network_has_them(architecture):
    make, side = ARCHITECTURES[architecture]
    network, images = seeded(0, make), torch.rand(4, 3, side, side)
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


class Mixer2d(nn.Module):
    """Works on (n, h, w, c), whatever its name says."""

    def __init__(self, c):
        super().__init__()
        self.fc = Scaled(c, c)

    def forward(self, x):
        return self.fc(x)


def test_the_module_of_pytorch_that_made_a_tensor_tells_its_layout():
    make = lambda: nn.Sequential(stem(), to_last(), Mixer2d(8), nn.LayerNorm(8))  # noqa: E731
    a, b = (seeded(seed, make) for seed in range(2))
    images = torch.randn(4, 3, 6, 6, generator=torch.Generator().manual_seed(1))
    table = compare_networks(a, b, images, ["0", "1", "2", "2.fc", "3"], "cka", say=None)
    assert table.layout_x.tolist() == ["(n, c, h, w)", *["(n, h, w, c)"] * 4]
    assert (table.note == "").all()
    stated = compare_networks(a, b, images, {"2": "(n, c, h, w)"}, "cka", say=None)
    assert stated.layout_x.tolist() == ["(n, c, h, w)"]


def test_a_layout_that_could_be_another_is_noted():
    make = lambda: nn.Sequential(stem(6), Scaled(6, 6))  # noqa: E731
    a, b = (seeded(seed, make) for seed in range(2))
    images = torch.randn(4, 3, 6, 6, generator=torch.Generator().manual_seed(1))
    [note] = compare_networks(a, b, images, ["1"], "cka", say=None).note
    assert note.startswith("1 of a and b: read as (n, h, w, c), which may be (n, c, h, w)")

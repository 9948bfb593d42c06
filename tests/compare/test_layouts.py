"""Channels are found where a network has them, in whatever order its modules are called."""

import re
from copy import deepcopy

import numpy as np
import pytest
import torch
from torch import nn
from torchvision import models
from torchvision.models.convnext import CNBlockConfig

from lib import compare_networks

from .networks import MADE_UP, first_outputs, seeded, stem, to_last

LAST = {
    "convnext": r"block\.[2-5]$",
    "swin": r"^features(?!\.0\.0$)|^norm$",
    "maxvit": r"(attn|mlp)_layer\b",
    "vectors inside, sizes equal": r"\.(norm|mix)$",
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


def rows_of(architecture, layer, output):
    """The matrix of an output with a row for each position, by what is known of the network."""
    last = output.ndim == 3 and architecture != "pooled in one dimension"
    if architecture in LAST:
        last = re.search(LAST[architecture], layer) is not None
    rows = output if last or output.ndim < 3 else output.movedim(1, -1)
    return rows.reshape(-1, rows.shape[-1]).double().numpy()


def cka(x, y):
    x, y = x - x.mean(0), y - y.mean(0)
    cross, of_x, of_y = (np.linalg.norm(one) for one in (x.T @ y, x.T @ x, y.T @ y))
    return cross**2 / (of_x * of_y) if of_x * of_y else np.nan


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_values_of_channels_are_those_by_hand(architecture):
    make, side = ARCHITECTURES[architecture]
    a = seeded(0, make).eval()
    b = deepcopy(a)
    with torch.no_grad():
        for seed, weight in enumerate(b.parameters()):
            noise = torch.rand(weight.shape, generator=torch.Generator().manual_seed(seed))
            weight.mul_(noise + 0.5)
    images = torch.randn(4, 3, side, side, generator=torch.Generator().manual_seed(1))
    asked = {"metrics": "cka", "reshapes": ["channels"], "level": None, "say": None}
    table = compare_networks(a, b, images, **asked)
    assert len(table) > 2
    sides = [first_outputs(network, images, table.layer_x) for network in (a, b)]
    for row in table.itertuples():
        x, y = (rows_of(architecture, row.layer_x, side[row.layer_x]) for side in sides)
        assert row.value == pytest.approx(cka(x, y), abs=1e-6, nan_ok=True), row


def test_the_layout_of_a_module_of_ones_own_can_be_stated():
    a, b, c = (seeded(seed, lambda: nn.Sequential(stem(), to_last())) for seed in range(3))
    images = torch.randn(4, 3, 6, 6, generator=torch.Generator().manual_seed(1))
    asked = {"metrics": "cka", "reshapes": ["channels"], "say": None}
    pairs = {"1@last": ["1@last", "1@first", "1", "0"]}
    table = compare_networks(a, b, images, pairs, strangers=[c], **asked)
    assert table.layer_x.tolist() == ["1@last"] * 4
    assert table.layout_x.tolist() == ["(n, h, w, c)"] * 4
    assert table.layout_y.tolist() == [*["(n, h, w, c)", "(n, c, h, w)"] * 2]
    x, y = (first_outputs(network, images, ["0"])["0"] for network in (a, b))
    by_hand = cka(*(rows_of("", "0", side) for side in (x, y)))
    assert table.value[[0, 2, 3]].tolist() == pytest.approx([by_hand] * 3, abs=1e-6)
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

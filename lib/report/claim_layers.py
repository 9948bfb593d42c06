"""The layers, iterations and networks that the claims name."""

from __future__ import annotations

from .claim_runs import Layers, left, named
from .names import PAPER_NETWORKS

CCA = ("svcca", "pwcca")
FOUR = (*CCA, "cka", "nbs")
"""The metrics of the paper, and those of them that rest on CCA."""

VGG16, SVHN, RESNET = PAPER_NETWORKS
"""The experiments of the paper."""

EARLY = left(low=0.5)
PEAK = left(0.08, 0.13)
LATE = left(high=0.05)
STACKED = left(high=0.17)
"""From the eighth iteration on, where each removes a fifth (section 5.2)."""


def _block(number: int, convolutions: int) -> list[str]:
    return [f"conv{number}_{i}" for i in range(1, convolutions + 1)] + [f"pool{number}"]


def _blocks(words: str, blocks: dict[int, list[str]], *numbers: int) -> Layers:
    return named(words, *(name for number in numbers for name in blocks[number]))


_VGG16 = {i: _block(i, n) for i, n in enumerate((2, 2, 3, 3, 3), start=1)}
_SVHN = {i: _block(i, n) for i, n in enumerate((2, 2, 2, 1), start=1)}

VGG16_3 = _blocks("block 3", _VGG16, 3)
VGG16_5 = _blocks("block 5", _VGG16, 5)
VGG16_FRONT = _blocks("blocks 1 and 2", _VGG16, 1, 2)
VGG16_BACK = _blocks("blocks 3 to 5", _VGG16, 3, 4, 5)
VGG16_AROUND_3 = named("block 3 and its neighbours", "pool2", *_VGG16[3], "conv4_1")
VGG16_AFTER_3 = named("pool3 and the convolutions of block 4", "pool3", *_VGG16[4][:-1])

SVHN_FRONT = _blocks("blocks 1 and 2", _SVHN, 1, 2)
SVHN_2, SVHN_3, SVHN_4 = (_blocks(f"block {i}", _SVHN, i) for i in (2, 3, 4))
SVHN_3_CONV = named("the convolutions of block 3", *_SVHN[3][:-1])
SVHN_POOL3 = named("pool3", "pool3")

RESNET_CONV3 = named("conv3 and its neighbours", "pool2", "conv3", "pool3")
RESNET_SECOND = named("the second residual block", "res3_1", "res3_2", "add3")

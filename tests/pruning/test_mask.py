"""Masks: their overlap, their densities, collapsed layers, and how they are packed."""

import pytest
import torch

from lib.models import build_model
from lib.pruning import Mask


def mask(**kept):
    return Mask({name: torch.tensor(values, dtype=torch.bool) for name, values in kept.items()})


def drawn(seed, density=0.3, **shapes):
    draws = torch.Generator().manual_seed(seed)
    shapes = shapes or {"a": (300, 300), "b": (100, 100)}
    return Mask({n: torch.rand(shape, generator=draws) < density for n, shape in shapes.items()})


def test_jaccard_by_hand():
    one = mask(a=[1, 1, 0, 0], b=[[1], [0]])
    other = mask(a=[0, 1, 1, 0], b=[[1], [1]])
    assert one.jaccard(other) == 2 / 5  # over all layers together, not the mean of 1/3 and 1/2
    assert mask(a=[1, 1, 0]).jaccard(mask(a=[0, 0, 1])) == 0
    assert mask(a=[1, 0, 0, 0]).jaccard(mask(a=[1, 1, 1, 1])) == 1 / 4
    assert mask(a=[0, 0]).jaccard(mask(a=[0, 0])) == 1
    assert mask(a=[0, 0]).jaccard(mask(a=[0, 1])) == 0


@pytest.mark.parametrize("density", [0.1, 0.5, 0.9])
def test_independent_masks_overlap_by_chance_alone(density):
    one, other = drawn(0, density), drawn(1, density)
    assert one.jaccard(other) == pytest.approx(density / (2 - density), abs=0.005)


@pytest.mark.parametrize(
    ("other", "where"),
    [
        (mask(a=[1, 1, 1], b=[1]), r"\['b'\]"),
        (mask(a=[1, 1]), r"\['a'\]"),
        (mask(c=[1, 1, 1]), r"\['a', 'c'\]"),
    ],
)
def test_masks_of_different_networks_cannot_be_compared(other, where):
    one = mask(a=[1, 0, 1])
    for first, second in ((one, other), (other, one)):
        with pytest.raises(ValueError, match=f"another network; they differ at {where}"):
            first.jaccard(second)


def test_densities_of_layers_and_of_the_whole_mask():
    one = mask(a=[1, 0, 0, 0], b=[[1, 1]], c=[0, 0])
    assert one.densities == {"a": 0.25, "b": 1, "c": 0}
    assert (one.survivors, one.size, one.remaining) == (3, 8, 3 / 8)


def test_collapsed_layers_are_those_without_survivors():
    assert mask(a=[1, 0], b=[0, 0], c=[[0], [0]], d=[1]).collapsed == ["b", "c"]
    assert drawn(0).collapsed == []


def test_nothing_passes_a_collapsed_layer():
    draws = torch.Generator().manual_seed(0)
    model = build_model("vgg_svhn", width=0.1, generator=draws).eval()
    whole = Mask.complete(model)
    assert whole.collapsed == []
    whole.kept["conv3_1.conv.weight"].zero_()
    assert whole.collapsed == ["conv3_1.conv.weight"]
    images = torch.rand(5, 3, 16, 16, generator=draws)
    assert model(images).std(0).max() > 0
    whole.apply_(model)
    assert model(images).std(0).max() == 0


def test_packed_masks_are_restored_whatever_their_size_and_take_one_bit_per_weight():
    one = drawn(0, a=(3, 5, 3, 3), b=(8,), c=(7, 1), d=(300, 300))
    packed = one.packed()
    back = Mask.unpacked(packed)
    assert back.jaccard(one) == 1
    assert [kept.shape for kept in back.kept.values()] == [k.shape for k in one.kept.values()]
    assert back.kept["d"].dtype == torch.bool
    assert packed["d"]["bits"].nbytes == 300 * 300 / 8

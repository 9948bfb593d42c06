"""Masks: weights at zero, overlaps, densities, packed bits."""

from functools import partial

import pytest
import torch
from torch import nn

from lib.models import build_model
from lib.pruning import Mask, Pruning, prunable_weights, prune, rescale_
from lib.training import Momentum
from lib.training.optimisers import build_optimiser


def mask(**kept):
    return Mask({name: torch.tensor(values, dtype=torch.bool) for name, values in kept.items()})


def test_jaccard_is_the_share_of_weights_in_both_of_those_in_either():
    one = mask(a=[1, 1, 0, 0], b=[[1], [0]])
    other = mask(a=[0, 1, 1, 0], b=[[1], [1]])
    assert one.jaccard(other) == 2 / 5  # over all layers together, not the mean of 1/3 and 1/2
    assert mask(a=[0, 0]).jaccard(mask(a=[0, 0])) == 1
    assert mask(a=[0, 0]).jaccard(mask(a=[0, 1])) == 0


def test_densities_of_layers_and_of_the_whole_mask():
    one = mask(a=[1, 0, 0], b=[[1, 1]], c=[0, 0])
    assert one.densities == {"a": 1 / 3, "b": 1, "c": 0}  # which no mean in float32 equals
    assert one.collapsed == ["c"]
    assert (one.survivors, one.size, one.remaining) == (3, 7, 3 / 7)


def test_packed_masks_are_restored_whatever_their_size_and_take_one_bit_per_weight():
    shapes = {"a": (3, 5, 3, 3), "b": (8,), "c": (7, 1)}
    one = Mask({name: torch.rand(shape) < 0.3 for name, shape in shapes.items()})
    packed = one.packed()
    back = Mask.unpacked(packed).kept
    assert list(back) == list(one.kept)
    assert all(torch.equal(kept, one.kept[name]) for name, kept in back.items())
    assert [part["bits"].nbytes for part in packed.values()] == [17, 1, 1]


def test_masks_are_boolean_and_have_weights():
    for kept, given in ((torch.ones(3), "torch.float32"), ([True], "list")):
        with pytest.raises(TypeError, match=f"mask of a must be a boolean tensor, got {given}"):
            Mask({"a": kept})
    with pytest.raises(ValueError, match="no weights"):
        _ = Mask({}).remaining


def test_keeper_keeps_weights_and_momentum_at_zero():
    model = build_model("vgg_svhn", width=0.2)
    mask = prune(model, Mask.complete(model), Pruning(1, 0.5))
    keep = mask.keeper(model)
    optimiser = build_optimiser(Momentum(0.9, weight_decay=0.1), model.parameters())
    optimiser.param_groups[0]["lr"] = 0.1
    images, labels = torch.rand(4, 3, 16, 16), torch.arange(4)
    for _ in range(2):
        nn.functional.cross_entropy(model(images), labels).backward()
        optimiser.step()
        optimiser.zero_grad()
        keep(optimiser)
    for name, weight in prunable_weights(model).items():
        gone = ~mask.kept[name]
        assert (weight[gone] == 0).all()
        assert (optimiser.state[weight]["momentum_buffer"][gone] == 0).all()
        assert weight[~gone].any()


def test_each_of_two_optimisers_can_be_saved_after_the_keeper():
    model = nn.Sequential(nn.Linear(4, 4), nn.Linear(4, 4), nn.Linear(4, 2))
    keep = prune(model, Mask.complete(model), Pruning(1, 0.5)).keeper(model)
    optimisers = [torch.optim.SGD(layer.parameters(), lr=0.1, momentum=0.9) for layer in model]
    model(torch.rand(3, 4)).sum().backward()
    for optimiser in optimisers:
        optimiser.step()
        keep(optimiser)
    assert [len(optimiser.state_dict()["state"]) for optimiser in optimisers] == [2, 2, 2]
    assert all((layer.weight == 0).sum() for layer in model[:2])


def test_the_mask_of_another_network_is_refused_wherever_it_is_used():
    model = nn.Sequential(nn.Conv2d(3, 4, 3), nn.Linear(4, 2))
    other = Mask({"0.weight": torch.ones(4, 3, 1, 1, dtype=torch.bool)})
    rescaled, pruned = partial(rescale_, mask=other), partial(prune, mask=other, pruning=Pruning())
    for use in (other.apply_, other.keeper, rescaled, pruned):
        with pytest.raises(ValueError, match="belongs to another network"):
            use(model)
    one = mask(a=[1, 0, 1])
    for where, second in {"'b'": mask(a=[1, 1, 1], b=[1]), "'a', 'c'": mask(c=[1, 1, 1])}.items():
        with pytest.raises(ValueError, match=rf"another network; they differ at \[{where}\]"):
            one.jaccard(second)

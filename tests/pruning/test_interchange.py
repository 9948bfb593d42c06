"""Masks to `torch.nn.utils.prune` and back; and the same choice as PyTorch's own pruning."""

import copy

import pytest
import torch
from torch import nn
from torch.nn.utils import prune as torch_prune

from lib.models import MODELS, build_model
from lib.pruning import (
    Mask,
    Pruning,
    from_torch,
    magnitude,
    prunable_weights,
    prune,
    prune_globally,
    select,
    to_torch_,
)


def network(name="vgg_svhn", seed=0):
    draws = torch.Generator().manual_seed(seed)
    return build_model(name, num_classes=4, width=0.1, generator=draws)


def pruned(name="vgg_svhn", seed=0):
    model = network(name, seed)
    return model, prune(model, Mask.complete(model), Pruning(fraction=0.6))


def layers(model):
    return [model.get_submodule(name.removesuffix(".weight")) for name in prunable_weights(model)]


def images(size=16):
    return torch.rand(4, 3, size, size, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize("name", MODELS)
def test_a_mask_comes_back_from_torch_as_it_went(name):
    model, mask = pruned(name)
    to_torch_(model, mask)
    assert all(torch_prune.is_pruned(layer) for layer in layers(model))
    back = from_torch(model)
    assert list(back.kept) == list(mask.kept)
    assert back.jaccard(mask) == 1
    assert back.survivors == mask.survivors


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("applied", [True, False])
def test_the_network_computes_the_same_with_either_kind_of_mask(name, applied):
    model, mask = pruned(name)
    x = images(32)
    expected = model.eval()(x)
    if not applied:
        model = network(name).eval()
        assert not torch.equal(model(x), expected)
    to_torch_(model, mask)
    assert torch.equal(model(x), expected)


def test_removing_torchs_mask_leaves_a_plain_network_with_zeros():
    model, mask = pruned()
    to_torch_(model, mask)
    model.eval()(images())
    for layer in layers(model):
        torch_prune.remove(layer, "weight")
    expected, _ = pruned()
    assert model.state_dict().keys() == expected.state_dict().keys()
    for name, value in expected.state_dict().items():
        assert torch.equal(model.state_dict()[name], value), name
    assert from_torch(model).remaining == 1  # no mask is left, only zeros


def test_layers_that_torch_has_not_pruned_are_whole():
    model = network()
    first, second, *_ = layers(model)
    threshold = second.weight.detach().abs().flatten().kthvalue(40).values
    large = second.weight.detach().abs() > threshold
    torch_prune.l1_unstructured(second, "weight", 40)
    corner = torch.zeros_like(first.weight)
    corner[0] = 1
    torch_prune.custom_from_mask(first, "weight", corner)
    mask = from_torch(model)
    assert list(mask.kept) == list(Mask.complete(model).kept)
    one, other, *rest = mask.kept.values()
    assert torch.equal(one, corner.bool())
    assert torch.equal(other, large)
    assert all(kept.all() for kept in rest)
    mask.apply_(clean := network())
    assert torch.equal(clean.eval()(images()), model.eval()(images()))


def test_a_network_without_pruning_is_whole():
    assert from_torch(network()).jaccard(Mask.complete(network())) == 1


def test_repeated_pruning_there_is_one_mask_here():
    model = network()
    for amount in (0.3, 0.5):
        for layer in layers(model):
            torch_prune.l1_unstructured(layer, "weight", amount)
    mask = from_torch(model)
    sizes = {name: w.numel() for name, w in prunable_weights(model).items()}
    for name, kept in mask.kept.items():
        left = sizes[name] - round(0.3 * sizes[name])
        assert int(kept.sum()) == left - round(0.5 * left)


def share(fraction):
    return lambda survivors, _: round(fraction * survivors)


def test_global_magnitudes_are_torchs_choice_too():
    model = network()
    ours = prune_globally(Mask.complete(model), magnitude(model), 0.37)
    chosen = [(layer, "weight") for layer in layers(model)]
    torch_prune.global_unstructured(chosen, torch_prune.L1Unstructured, amount=0.37)
    assert from_torch(model).jaccard(ours) == 1


def test_local_magnitudes_are_torchs_choice_too():
    model = network()
    ours = select(Mask.complete(model), magnitude(model), share(0.37), "local")
    for layer in layers(model):
        torch_prune.l1_unstructured(layer, "weight", 0.37)
    assert from_torch(model).jaccard(ours) == 1


@pytest.mark.parametrize(("granularity", "norm"), [("filter_l1", 1), ("filter_l2", 2)])
def test_filters_of_each_layer_are_torchs_choice_too(granularity, norm):
    model = network()
    ours = select(Mask.complete(model), magnitude(model), share(1 / 3), "local", granularity)
    for layer in layers(model):
        torch_prune.ln_structured(layer, "weight", 1 / 3, n=norm, dim=0)
    assert from_torch(model).jaccard(ours) == 1
    assert ours.remaining < 0.7


@pytest.mark.parametrize("name", ["weight", "bias"])
def test_what_is_not_prunable_here_is_refused(name):
    model = network()
    torch_prune.l1_unstructured(model.out, name, 1)
    with pytest.raises(ValueError, match=rf"\['out.{name}'\] is pruned there, but not prunable"):
        from_torch(model)


def test_a_buffer_with_mask_in_its_name_is_no_pruning():
    model = nn.Sequential()
    model.add_module("my_mask", nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2)))
    model.add_module("out", nn.Linear(2, 2))
    model.register_buffer("attention_mask", torch.ones(2))
    assert from_torch(model).remaining == 1


def test_the_mask_of_another_network_is_refused_and_nothing_is_touched():
    model, other = network(), Mask.complete(network("resnet_fast"))
    before = copy.deepcopy(model.state_dict())
    with pytest.raises(ValueError, match="another network"):
        to_torch_(model, other)
    assert model.state_dict().keys() == before.keys()
    assert all(map(torch.equal, model.state_dict().values(), before.values()))


def test_a_second_mask_adds_to_the_first_as_it_does_in_torch():
    model, first = pruned()
    _, second = pruned(seed=1)
    to_torch_(model, first)
    to_torch_(model, second)
    both = Mask({name: kept & second.kept[name] for name, kept in first.kept.items()})
    assert 0 < both.survivors < first.survivors
    assert from_torch(model).jaccard(both) == 1


def test_torchs_masks_keep_pruned_weights_at_zero_in_training():
    model, mask = pruned()
    to_torch_(model, mask)
    optimiser = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    for _ in range(3):
        nn.functional.cross_entropy(model(images()), torch.arange(4)).backward()
        optimiser.step()
        optimiser.zero_grad()
    model.eval()(images())
    for name, kept in mask.kept.items():
        weight = prunable_weights(model)[name]
        assert (weight[~kept] == 0).all()
        assert (weight[kept] != 0).all()

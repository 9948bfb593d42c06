"""Masks: the right weights go, exactly as many as asked for, and they stay zero."""

import pytest
import torch
from torch import nn

from lib.models import MODELS, build_model, recorded_layers
from lib.pruning import Mask, Pruning, magnitude, prunable_weights, prune, select


def network(name="vgg_svhn", seed=0):
    return build_model(name, width=0.2, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("name", MODELS)
def test_prunable_are_the_convolutions_the_hidden_linear_layers_and_nothing_else(name):
    model = network(name)
    convolutions = {f"{n}.weight" for n, m in model.named_modules() if isinstance(m, nn.Conv2d)}
    hidden = {f"{layer}.linear.weight" for layer, kind in recorded_layers(model) if kind == "fc"}
    assert set(prunable_weights(model)) == convolutions | hidden


def test_global_scope_removes_the_smallest_weights_of_all_layers_together():
    model = network()
    mask = prune(model, Mask.complete(model), Pruning(1, 0.2))
    kept, gone = [], []
    for name, weight in magnitude(network()).items():
        kept.append(weight[mask.kept[name]])
        gone.append(weight[~mask.kept[name]])
    assert torch.cat(gone).max() <= torch.cat(kept).min()
    shares = {float(k.float().mean()) for k in mask.kept.values()}
    assert len(shares) > 1  # one threshold for all, so layers differ


def test_masks_are_nested_and_densities_are_powers_of_four_fifths():
    model = network()
    mask = Mask.complete(model)
    generator = torch.Generator().manual_seed(1)
    for iteration in range(1, 21):
        pruned = prune(model, mask, Pruning(20, 0.2))
        assert pruned.is_nested_in(mask)
        assert pruned.survivors == mask.survivors - round(0.2 * mask.survivors)
        assert pruned.remaining == pytest.approx(0.8**iteration, abs=20 / pruned.size)
        mask = pruned
        with torch.no_grad():  # all surviving weights change, as in a training
            for weight in prunable_weights(model).values():
                weight += 0.1 * torch.randn(weight.shape, generator=generator)
        mask.apply_(model)
    assert mask.remaining == pytest.approx(0.8**20, rel=1e-2)


@pytest.mark.parametrize("fraction", [0.0, 0.25, 0.5, 0.9])
def test_exactly_the_fraction_goes_even_if_all_scores_are_equal(fraction):
    mask = Mask({"a": torch.ones(10, dtype=torch.bool), "b": torch.ones(2, 5, dtype=torch.bool)})
    scores = {"a": torch.ones(10), "b": torch.ones(2, 5)}
    pruned = select(mask, scores, lambda survivors, _: round(fraction * survivors))
    assert pruned.survivors == 20 - round(fraction * 20)
    kept = torch.cat([kept.flatten() for kept in pruned.kept.values()])
    assert torch.equal(kept, kept.sort().values)  # the first of the equal ones go


def test_keeper_keeps_weights_and_momentum_at_zero():
    model = network()
    mask = prune(model, Mask.complete(model), Pruning(1, 0.5))
    keep = mask.keeper(model)
    optimiser = torch.optim.SGD(
        model.parameters(), lr=0.1, momentum=0.9, weight_decay=0.1, nesterov=True
    )
    images, labels = torch.rand(8, 3, 16, 16), torch.arange(8)
    for _ in range(5):
        nn.functional.cross_entropy(model(images), labels).backward()
        optimiser.step()
        optimiser.zero_grad()
        keep(optimiser)
    moved = False
    for name, weight in prunable_weights(model).items():
        gone = ~mask.kept[name]
        assert (weight[gone] == 0).all()
        assert (optimiser.state[weight]["momentum_buffer"][gone] == 0).all()
        moved |= bool((weight[~gone] != 0).all())
    assert moved


def test_mask_of_another_network_is_refused():
    mask = Mask.complete(network("vgg_svhn"))
    with pytest.raises(ValueError, match="another network"):
        mask.apply_(network("resnet_fast"))


def test_masks_are_boolean():
    with pytest.raises(TypeError, match="a must be boolean"):
        Mask({"a": torch.ones(3)})

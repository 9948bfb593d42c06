"""PyTorch's own pruning makes the same choice."""

import pytest
import torch
from torch.nn.utils import prune as torch_prune

from lib.models import build_model
from lib.pruning import Mask, magnitude, prunable_weights, select


def network():
    draws = torch.Generator().manual_seed(0)
    return build_model("vgg_svhn", num_classes=4, width=0.1, generator=draws)


def layers(model):
    return [model.get_submodule(name.removesuffix(".weight")) for name in prunable_weights(model)]


def from_torch(model):
    masks = (layer.weight_mask.bool() for layer in layers(model))
    return Mask(dict(zip(Mask.complete(model).kept, masks, strict=True)))


def share(fraction):
    return lambda survivors, _: round(fraction * survivors)


def test_global_magnitude_pruning():
    model = network()
    ours = select(Mask.complete(model), magnitude(model), share(0.37))
    chosen = [(layer, "weight") for layer in layers(model)]
    torch_prune.global_unstructured(chosen, torch_prune.L1Unstructured, amount=0.37)
    assert from_torch(model).jaccard(ours) == 1


def test_local_magnitude_pruning():
    model = network()
    ours = select(Mask.complete(model), magnitude(model), share(0.37), "local")
    for layer in layers(model):
        torch_prune.l1_unstructured(layer, "weight", 0.37)
    assert from_torch(model).jaccard(ours) == 1


@pytest.mark.parametrize(("granularity", "norm"), [("filter_l1", 1), ("filter_l2", 2)])
def test_local_filter_pruning(granularity, norm):
    model = network()
    ours = select(Mask.complete(model), magnitude(model), share(1 / 3), "local", granularity)
    for layer in layers(model):
        torch_prune.ln_structured(layer, "weight", 1 / 3, n=norm, dim=0)
    assert from_torch(model).jaccard(ours) == 1
    assert ours.remaining < 0.7

"""Paths from the input to the output: as many as can be counted one by one."""

import pytest
import torch
from torch import nn

from lib.models import build_model
from lib.pruning import Mask
from notebooks.prunings.paths import count_paths


def seeded(seed):
    return torch.Generator().manual_seed(seed)


def thinned(model, density, seed=0):
    draw = seeded(seed)
    complete = Mask.complete(model).kept.items()
    return Mask({name: torch.rand(kept.shape, generator=draw) < density for name, kept in complete})


def test_a_perceptron_has_a_path_for_each_chain_of_survivors():
    model = nn.Sequential(
        nn.Linear(4, 5), nn.ReLU(), nn.Linear(5, 6), nn.ReLU(), nn.Linear(6, 3, bias=False)
    )
    mask = thinned(model, 0.4)
    first, second = (mask.kept[f"{i}.weight"] for i in (0, 2))
    chains = [
        (a, b, c, d)
        for a in range(4)
        for b in range(5)
        for c in range(6)
        for d in range(3)
        if first[b, a] and second[c, b]
    ]
    assert count_paths(model, mask, (4,)) == len(chains) > 0


@pytest.mark.parametrize("pool", [nn.MaxPool2d(2), nn.AvgPool2d(2), nn.AdaptiveMaxPool2d(2)])
def test_a_pool_passes_on_every_entry_of_its_window(pool):
    model = nn.Sequential(
        nn.Conv2d(2, 3, 1), nn.BatchNorm2d(3), pool, nn.Flatten(), nn.Linear(3 * 4, 5)
    )
    # 16 positions, from 2 channels to 3, to 5 outputs
    assert count_paths(model, Mask.complete(model), (2, 4, 4)) == 16 * 2 * 3 * 5


@pytest.mark.parametrize("name", ["vgg_svhn", "resnet32", "resnet_fast", "lenet5", "conv4"])
def test_zero_paths_is_what_the_gradient_says(name):
    """An input that no path joins to the output has no influence, and the reverse."""
    model = build_model(name, width=0.2, generator=seeded(0)).double().eval()
    for density in (1.0, 0.2, 0.003):
        mask = thinned(model, density)
        ones = {key: torch.ones_like(kept, dtype=torch.double) for key, kept in mask.kept.items()}
        weights = {key: one * mask.kept[key] for key, one in ones.items()}
        biases = {key: torch.zeros_like(p) for key, p in model.named_parameters() if p.ndim == 1}
        scales = {key: torch.ones_like(p) for key, p in biases.items() if key.endswith("bn.weight")}
        image = torch.ones(1, 3, 32, 32, dtype=torch.double, requires_grad=True)
        out = {"out.weight": torch.ones_like(model.out.weight)}
        values = weights | biases | scales | out
        torch.func.functional_call(model, values, (image,)).sum().backward()
        assert (count_paths(model, mask, (3, 32, 32)) > 0) == bool(image.grad.any())

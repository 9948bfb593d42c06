"""Small networks whose Hessian can be computed in full, with data, masks and rescalings."""

import copy

import torch
from torch import nn
from torch.func import functional_call
from torch.nn import functional as F

from notebooks.icann2020.psp_entropy import SignCounts


def network(seed=0):
    """A convolution with updated running statistics, a second, a linear layer: 87 parameters."""
    torch.manual_seed(seed)
    model = nn.Sequential(
        nn.Conv2d(2, 2, 3, padding=1, bias=False),
        nn.BatchNorm2d(2),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(2, 2, 3, padding=1),
        nn.ReLU(),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(2, 3),
    ).double()
    with torch.no_grad():
        for _ in range(3):
            model(torch.randn(8, 2, 6, 6, dtype=torch.float64) + 0.5)
    return model


def labelled_images(n=20, seed=0, shape=(2, 6, 6), dtype=torch.float64):
    """Images and labels."""
    draws = torch.Generator().manual_seed(seed)
    images = torch.randn(n, *shape, generator=draws, dtype=dtype)
    return images, torch.randint(0, 3, (n,), generator=draws)


def full_hessian(model, images, labels):
    """All second derivatives in evaluation mode, and the parameters' names and shapes."""
    model = copy.deepcopy(model).eval()
    shapes = {name: p.shape for name, p in model.named_parameters()}
    vector = torch.cat([p.detach().flatten() for p in model.parameters()])

    def loss(vector):
        parts = vector.split([shape.numel() for shape in shapes.values()])
        weights = {n: part.view(shapes[n]) for n, part in zip(shapes, parts, strict=True)}
        return F.cross_entropy(functional_call(model, weights, (images,)), labels)

    return torch.autograd.functional.hessian(loss, vector), shapes


def random_mask(model, names=("0.weight", "4.weight"), density=0.6, seed=0):
    draws = torch.Generator().manual_seed(seed)
    shapes = {name: p.shape for name, p in model.named_parameters()}
    return {name: torch.rand(shapes[name], generator=draws) < density for name in names}


def psp_entropy(potentials, labels, classes):
    """The entropy of all images at once."""
    counts = SignCounts(classes)
    counts.update(potentials, labels)
    return counts.entropy()

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


def regression(seed=0):
    """Softmax regression on 4 numbers: the Hessian is known in closed form."""
    torch.manual_seed(seed)
    return nn.Sequential(nn.Flatten(), nn.Linear(4, 3, bias=False)).double()


def regression_hessian(model, images):
    """The mean of (diag(p) - pp') ⊗ xx', a row for each weight in the order of the matrix."""
    rows = images.flatten(1)
    p = model(images).softmax(1).detach()
    spread = torch.diag_embed(p) - torch.einsum("ni,nj->nij", p, p)
    h = torch.einsum("nij,nk,nl->ikjl", spread, rows, rows) / len(rows)
    return h.reshape(12, 12)


def relu_network(seed=0, normalised=False):
    """Two layers with a ReLU between them, and batch normalisation on request."""
    torch.manual_seed(seed)
    norm = [nn.BatchNorm1d(5)] if normalised else []
    model = nn.Sequential(nn.Flatten(), nn.Linear(4, 5), *norm, nn.ReLU(), nn.Linear(5, 3))
    with torch.no_grad():
        for _ in range(3):
            model(torch.randn(20, 4))
    for module in model:
        if isinstance(module, nn.BatchNorm1d):
            module.eps = 0  # or a rescaling would not leave the function as it is
    return model.double().eval()


@torch.no_grad()
def rescaled(model, factor):
    """The same function: the first layer times a factor, or for each unit; the next undoes it."""
    model = copy.deepcopy(model)
    factor = torch.as_tensor(factor, dtype=torch.float64).expand(5)
    model[1].weight.mul_(factor[:, None])
    model[1].bias.mul_(factor)
    if isinstance(model[2], nn.BatchNorm1d):
        model[2].running_mean.mul_(factor)
        model[2].running_var.mul_(factor**2)
    else:
        model[-1].weight.div_(factor)
    return model


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
    """Of all images at once."""
    counts = SignCounts(classes)
    counts.update(potentials, labels)
    return counts.entropy()

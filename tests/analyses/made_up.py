"""A network so small that its derivatives can be computed one by one, with images and a mask."""

import torch
from torch import nn


def network():
    """A convolution with updated running statistics, a second, a linear layer: 87 parameters."""
    torch.manual_seed(0)
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


def labelled_images(dtype=torch.float64):
    draws = torch.Generator().manual_seed(0)
    images = torch.randn(20, 2, 6, 6, generator=draws, dtype=dtype)
    return images, torch.randint(0, 3, (20,), generator=draws)


def random_mask(model):
    """Of the two convolutions."""
    draws = torch.Generator().manual_seed(0)
    weights = {name: model.get_parameter(name) for name in ("0.weight", "4.weight")}
    return {name: torch.rand(w.shape, generator=draws) < 0.6 for name, w in weights.items()}

"""An example of a file for `make compare`: a network, its own training loop, and its pruning.

`make compare A=file.py:function` calls a function of the file without arguments: here `complete`,
`pruned` or `stranger`. The weights are float64, so every machine trains the same network.
"""

from functools import partial
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import adaptive_avg_pool2d, cross_entropy

from lib.data import load_dataset
from lib.pruning import Mask, iterative_magnitude_pruning

FLOAT64 = {"dtype": torch.float64}
LEVELS = (0.5, 0.25, 0.125)
"""The share of the weights left after each pruning."""


class Data(NamedTuple):
    """Images `(n, c, h, w)` and classes `(n,)`. Each channel of the training images has mean 0 and
    standard deviation 1."""

    x_train: Tensor
    y_train: Tensor
    x_test: Tensor
    y_test: Tensor


def load(npz: str = "") -> Data:
    """Images of an `.npz` file, or digits without one.

    The file has `x_train` and `x_test`, uint8 `(n, h, w, c)`, or `(n, h, w)` of grey ones, and
    `y_train` and `y_test`, integers `(n,)` or `(n, 1)`.
    """
    if npz:
        with np.load(npz) as file:
            arrays = [torch.from_numpy(file[name]) for name in Data._fields]
        x_train, y_train, x_test, y_test = arrays
        if x_train.ndim == 3:
            x_train, x_test = x_train[..., None], x_test[..., None]
        x_train, x_test = x_train.movedim(3, 1), x_test.movedim(3, 1)
        y_train, y_test = y_train.flatten(), y_test.flatten()
    else:
        digits = load_dataset("digits", "")
        x_train, y_train = digits.train.pixels, digits.train.labels
        x_test, y_test = digits.test.pixels, digits.test.labels
    x_train, x_test = x_train.double() / 255, x_test.double() / 255
    std, mean = torch.std_mean(x_train, (0, 2, 3), keepdim=True)
    return Data((x_train - mean) / std, y_train.long(), (x_test - mean) / std, y_test.long())


def block(inputs: int, outputs: int) -> nn.Module:
    convolution = nn.Conv2d(inputs, outputs, 3, padding=1, bias=False, **FLOAT64)
    return nn.Sequential(
        convolution, nn.BatchNorm2d(outputs, **FLOAT64), nn.ReLU(), nn.MaxPool2d(2)
    )


class Network(nn.Module):
    """Three convolutions and a linear layer. Any other module works as well."""

    def __init__(self, channels: int, classes: int) -> None:
        super().__init__()
        self.first, self.second, self.third = block(channels, 16), block(16, 32), block(32, 32)
        self.out = nn.Linear(32, classes, **FLOAT64)

    def forward(self, x: Tensor) -> Tensor:
        x = adaptive_avg_pool2d(x, 8)  # digits have 8 by 8 pixels, which were enlarged
        x = self.third(self.second(self.first(x)))
        return self.out(x.mean((2, 3)))


def fit(network: nn.Module, mask: Mask, data: Data, epochs: int = 3) -> None:
    """The usual loop; after each step it sets pruned weights back to zero, which momentum moves."""
    keep = mask.keeper(network)
    optimiser = torch.optim.SGD(network.parameters(), lr=0.05, momentum=0.9)
    network.train()
    for epoch in range(epochs):
        order = torch.randperm(len(data.x_train), generator=torch.Generator().manual_seed(epoch))
        for chosen in order.split(32):
            loss = cross_entropy(network(data.x_train[chosen]), data.y_train[chosen])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            keep(optimiser)


def accuracy(network: nn.Module, data: Data) -> float:
    with torch.no_grad():
        return (network.eval()(data.x_test).argmax(1) == data.y_test).double().mean().item()


def trained(data: Data, seed: int = 0) -> nn.Module:
    """A complete network."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = Network(data.x_train.shape[1], int(data.y_train.max()) + 1)
    fit(network, Mask.complete(network, keep=["out"]), data)
    return network


def complete() -> nn.Module:
    return trained(load())


def stranger() -> nn.Module:
    """A complete network from another seed."""
    return trained(load(), seed=1)


def pruned() -> nn.Module:
    """`complete()`, pruned to an eighth of its weights in three steps."""
    data, network = load(), complete()
    train = partial(fit, data=data)
    for _ in iterative_magnitude_pruning(network, train, LEVELS, keep=["out"]):
        pass
    return network

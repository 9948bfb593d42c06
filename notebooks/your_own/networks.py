"""A network of yours, as a file of yours may have it: complete, trained by your own loop, and pruned.

`make compare A=file.py:function` calls such a function without arguments. Weights are drawn, and
trained, in float64, so that this ends in the same network on every machine.
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
"""Shares of the weights that are left, one after the other."""


class Data(NamedTuple):
    """Images `(n, c, h, w)`, each channel with mean 0 and deviation 1 in those to train on, and classes `(n,)`."""

    x_train: Tensor
    y_train: Tensor
    x_test: Tensor
    y_test: Tensor


def load(npz: str = "") -> Data:
    """A file of yours, with `x_train` and `x_test` of bytes `(n, h, w, c)`, and `y_train` and `y_test`; or digits."""
    if npz:
        with np.load(npz) as file:
            arrays = [torch.from_numpy(file[name]) for name in Data._fields]
        x_train, y_train, x_test, y_test = arrays
        x_train, x_test = x_train.movedim(3, 1), x_test.movedim(3, 1)
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
    """Three convolutions. Any other module would do."""

    def __init__(self, channels: int, classes: int) -> None:
        super().__init__()
        self.first, self.second, self.third = block(channels, 16), block(16, 32), block(32, 32)
        self.out = nn.Linear(32, classes, **FLOAT64)

    def forward(self, x: Tensor) -> Tensor:
        x = adaptive_avg_pool2d(x, 8)  # digits have 8 by 8 pixels, which were enlarged
        x = self.third(self.second(self.first(x)))
        return self.out(x.mean((2, 3)))


def fit(network: nn.Module, mask: Mask, data: Data, epochs: int = 3) -> None:
    """The usual loop. What the mask lacks is set to zero after each step: momentum would move it."""
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
    """With all of its weights."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = Network(data.x_train.shape[1], int(data.y_train.max()) + 1)
    fit(network, Mask.complete(network, keep=["out"]), data)
    return network


def complete() -> nn.Module:
    return trained(load())


def stranger() -> nn.Module:
    """Another complete network, from another seed."""
    return trained(load(), seed=1)


def pruned() -> nn.Module:
    """The complete one with an eighth of its weights: three times half of them go, and it is trained again."""
    data, network = load(), complete()
    train = partial(fit, data=data)
    for _ in iterative_magnitude_pruning(network, train, LEVELS, keep=["out"]):
        pass
    return network

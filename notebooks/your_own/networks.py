"""Two networks to compare, as a file of yours may have them: a complete one, and the same pruned.

`make compare A=file.py:function` calls such a function without arguments. Training is in float64,
so that it ends in the same network on every machine.
"""

import torch
from torch import Tensor, nn
from torch.nn.functional import avg_pool2d, cross_entropy

from lib.data import load_dataset, normalise
from lib.pruning import Mask, Pruning, prune

DIGITS = load_dataset("digits", "")
PRUNING = Pruning(iterations=3, fraction=0.5)


def block(inputs: int, outputs: int) -> nn.Module:
    convolution = nn.Conv2d(inputs, outputs, 3, padding=1, bias=False)
    return nn.Sequential(convolution, nn.BatchNorm2d(outputs), nn.ReLU(), nn.MaxPool2d(2))


class Network(nn.Module):
    """Three convolutions. Any other module would do."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.second, self.third = block(3, 16), block(16, 32), block(32, 32)
        self.out = nn.Linear(32, len(DIGITS.classes))

    def forward(self, x: Tensor) -> Tensor:
        x = avg_pool2d(x, 4)  # digits have 8 by 8 pixels, which were enlarged
        x = self.third(self.second(self.first(x)))
        return self.out(x.mean((2, 3)))


def seen(pixels: Tensor) -> Tensor:
    """Pixels as the network takes them."""
    return normalise(pixels, DIGITS.mean, DIGITS.std, torch.float64)


def fit(network: nn.Module, mask: Mask, epochs: int = 3) -> None:
    """The usual loop. What the mask lacks is set to zero after each step: momentum would move it."""
    keep = mask.keeper(network)
    optimiser = torch.optim.SGD(network.parameters(), lr=0.05, momentum=0.9)
    for epoch in range(epochs):
        order = torch.randperm(len(DIGITS.train), generator=torch.Generator().manual_seed(epoch))
        for pixels, labels in DIGITS.train.batches(32, order):
            loss = cross_entropy(network(seen(pixels)), labels)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            keep(optimiser)


def complete(seed: int = 0) -> nn.Module:
    """Trained, with all of its weights."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = Network().double()
    fit(network, Mask.complete(network))
    return network


def stranger() -> nn.Module:
    """Another complete network, from another seed."""
    return complete(seed=1)


def pruned() -> nn.Module:
    """The complete one of seed 0 with an eighth of its weights: three times half of them go, and it is trained again."""
    network = complete()
    mask = Mask.complete(network)
    for iteration in range(1, PRUNING.iterations + 1):
        mask = prune(network, mask, PRUNING, iteration)
        fit(network, mask)
    return network

"""A file to copy, for `make compare`: a ResNet of torchvision, trained on a folder of images.

`make compare A=nets.py:complete B=nets.py:pruned STRANGERS=nets.py:stranger IMAGES=images/test`
calls three functions of this file. They expect `images/train` with a folder for each class.
"""

from pathlib import Path

import torch
from torch import nn
from torch.nn.functional import cross_entropy
from torch.utils.data import DataLoader
from torchvision.datasets import ImageFolder
from torchvision.models import ResNet18_Weights, resnet18

from lib.pruning import Mask, iterative_magnitude_pruning

TRAIN = Path("images/train")
LEVELS = (0.5, 0.25, 0.125)
"""The share of the weights left after each pruning."""

EPOCHS, SIZE, RATE = 10, 224, 0.01


def images() -> ImageFolder:
    """The training images, prepared as `make compare` prepares those in `IMAGES`."""
    look = ResNet18_Weights.DEFAULT.transforms(crop_size=SIZE, resize_size=round(SIZE * 256 / 224))
    return ImageFolder(TRAIN, look)


def fit(network: nn.Module, mask: Mask) -> None:
    """The usual loop; after each step it sets pruned weights back to zero."""
    device = "cuda" if torch.cuda.is_available() else "cpu"
    loader = DataLoader(images(), 64, shuffle=True, num_workers=2)
    network.to(device).train()
    mask = mask.to(device)
    keep = mask.keeper(network)
    optimiser = torch.optim.SGD(network.parameters(), RATE, 0.9, weight_decay=1e-4)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, EPOCHS)
    for _ in range(EPOCHS):
        for x, y in loader:
            loss = cross_entropy(network(x.to(device)), y.to(device))
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            keep(optimiser)
        schedule.step()
    network.cpu()


def trained(seed: int) -> nn.Module:
    """A complete network, saved in a file, so that it is trained once."""
    file = Path(f"complete_{seed}.pt")
    torch.manual_seed(seed)
    network = resnet18(num_classes=len(images().classes))
    if file.exists():
        network.load_state_dict(torch.load(file, weights_only=True))
    else:
        fit(network, Mask.complete(network, keep=["fc"]))
        torch.save(network.state_dict(), file)
    return network


def complete() -> nn.Module:
    return trained(0)


def stranger() -> nn.Module:
    """A complete network from another seed."""
    return trained(1)


def pruned() -> nn.Module:
    """`complete()`, pruned to an eighth of its weights in three steps."""
    network = trained(0)
    for level, _, _ in iterative_magnitude_pruning(network, fit, LEVELS, keep=["fc"]):
        print(f"pruned to {level:.1%}")
    return network

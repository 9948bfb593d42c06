"""Training throughput against a plain loop: DataLoader, torchvision transforms, float32.

    python -m benchmarks.training [--network NAME ...] [--device cuda] [--out TABLE.csv]

Both sides train the same network, of full or quarter width, on the same made-up images
with the paper's recipe, pruned to half its weights. The plain loop is of the form that
most code for CIFAR-10 has, the paper's included: images are augmented one by one on the
CPU, in worker processes where there is a GPU, and masks are multiplied one by one. It
has less to do, as it leaves out the cut-out. Ours keeps the images on the device,
augments a batch at once, stores convolutions with the channels last and computes in
float32 or bfloat16. The sides alternate, a slice of time each, so that a drift of the
machine's speed affects all.
"""

from __future__ import annotations

import argparse
import itertools
import statistics
import sys
import time
from collections.abc import Iterator

import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader
from torch.utils.data import Dataset as TorchDataset
from torchvision import transforms

from lib.data import Dataset, Images
from lib.models import build_model
from lib.pruning import Mask, Pruning, prunable_weights, prune
from lib.training import Recipe, Training
from lib.training.optimisers import build_optimiser
from notebooks.shared.paper import PAPER

from .table import report

MEAN, STD = (0.4914, 0.4822, 0.4465), (0.2470, 0.2435, 0.2616)
SIDES = ("plain", "float32", "bfloat16")


def made_up(images: int) -> Dataset:
    """Random images and labels: what they show makes no difference to the time."""
    source = torch.Generator().manual_seed(0)
    pixels = torch.randint(0, 256, (images, 3, 32, 32), generator=source, dtype=torch.uint8)
    split = Images(pixels, torch.randint(0, 10, (images,), generator=source))
    return Dataset("made up", split, split, tuple("0123456789"), MEAN, STD, "random numbers")


class Pictures(TorchDataset):
    """The images as PIL pictures, transformed one by one."""

    def __init__(self, images: Images, recipe: Recipe):
        how = recipe.augmentation
        steps = []
        if how.crop:
            steps += [transforms.RandomCrop(32, padding=how.crop)]
        if how.flip:
            steps += [transforms.RandomHorizontalFlip()]
        if how.degrees:
            steps += [transforms.RandomAffine(how.degrees, (how.translate, how.translate))]
        steps += [transforms.ToTensor(), transforms.Normalize(MEAN, STD)]
        self.transform = transforms.Compose(steps)
        self.pictures = [transforms.functional.to_pil_image(pixels) for pixels in images.pixels]
        self.labels = images.labels.tolist()

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, i: int) -> tuple[torch.Tensor, int]:
        return self.transform(self.pictures[i]), self.labels[i]


def plain(network: nn.Module, mask: Mask, data: Dataset, recipe: Recipe) -> Iterator[int]:
    """Train without end by the plain loop; yields the number of images of each step."""
    device = next(network.parameters()).device
    loader = DataLoader(
        Pictures(data.train, recipe),
        recipe.batch_size,
        shuffle=True,
        num_workers=4 if device.type == "cuda" else 0,
        pin_memory=device.type == "cuda",
        persistent_workers=device.type == "cuda",
    )
    optimiser = build_optimiser(recipe.optimiser, network.parameters())
    weights = prunable_weights(network)
    network.train()
    for epoch in itertools.count():
        for group in optimiser.param_groups:
            group["lr"] = recipe.schedule(epoch)
        for images, labels in loader:
            images, labels = images.to(device), labels.to(device)
            loss = F.cross_entropy(network(images), labels)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            with torch.no_grad():
                for name, weight in weights.items():
                    weight.mul_(mask.kept[name])
            loss.item()
            yield len(labels)


class Enough(Exception):
    """Leaves the training loop in the middle of an epoch."""


def ours(
    network: nn.Module, mask: Mask, data: Dataset, recipe: Recipe, autocast: bool, seconds: float
) -> float:
    """Images per second of `lib.training`, over at least so many seconds."""
    started, done = [], []

    def watch(epoch: int, step: int) -> None:
        if started and time.perf_counter() - started[0] > seconds:
            raise Enough
        if step == 1 and not started:
            _wait(network)
            started.append(time.perf_counter())
        if started:
            done.append(recipe.batch_size)

    network = network.to(memory_format=torch.channels_last)
    training = Training(network, data, recipe, 0, mask.keeper(network), watch, autocast=autocast)
    try:
        while not training.finished:
            training.run_epoch()
    except Enough:
        pass
    _wait(network)
    return sum(done) / (time.perf_counter() - started[0])


def theirs(network: nn.Module, mask: Mask, data: Dataset, recipe: Recipe, seconds: float) -> float:
    """Images per second of the plain loop, over at least so many seconds."""
    steps, done = plain(network, mask, data, recipe), 0
    next(steps)
    _wait(network)
    started = time.perf_counter()
    while time.perf_counter() - started < seconds:
        done += next(steps)
    _wait(network)
    return done / (time.perf_counter() - started)


def _wait(network: nn.Module) -> None:
    if next(network.parameters()).is_cuda:
        torch.cuda.synchronize()


def measure(name: str, device: str, seconds: float, repeats: int, width: float = 1.0) -> dict:
    """One row: images per second of each side, and the ratios to the plain loop."""
    recipe = PAPER[name].recipe
    data = made_up(20 * recipe.batch_size)
    on_device = data.to(device)
    speeds: dict[str, list[float]] = {side: [] for side in SIDES}
    for side in SIDES * repeats:
        network = build_model(name, 10, width).to(device)
        mask = prune(network, Mask.complete(network), Pruning(1, 0.5))
        if side == "plain":
            speed = theirs(network, mask, data, recipe, seconds)
        else:
            speed = ours(network, mask, on_device, recipe, side == "bfloat16", seconds)
        speeds[side].append(speed)
    row = {"network": name, "width": width, "batch": recipe.batch_size, "device": device}
    for side in SIDES:
        row[f"{side} images/s"] = statistics.median(speeds[side])
    for side in SIDES[1:]:
        ratios = [a / b for a, b in zip(speeds[side], speeds["plain"], strict=True)]
        row[f"{side} ratio"] = statistics.median(ratios)
        row[f"{side} ratio min"], row[f"{side} ratio max"] = min(ratios), max(ratios)
    return row | {"repeats": repeats, "threads": torch.get_num_threads()}


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--network", nargs="+", default=list(PAPER), choices=PAPER)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--seconds", type=float, default=15.0, help="of each slice")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--width", type=float, nargs="+", default=[1.0, 0.25])
    parser.add_argument("--out", help="write the table as CSV")
    given = parser.parse_args(arguments)
    asked = given.device, given.seconds, given.repeats
    cases = itertools.product(given.network, given.width)
    report((measure(name, *asked, width) for name, width in cases), given.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())

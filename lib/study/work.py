"""How much a job has to do, and what it keeps: counted, so the same on every machine."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache
from statistics import fmean
from typing import TYPE_CHECKING, NamedTuple

import torch
from torch.utils.flop_counter import FlopCounterMode

from ..data import STREAMED
from ..metrics import METRICS
from ..models import build_model, record, recorded_layers
from ..pruning import prunable_weights
from .comparison import MEMORY
from .experiment import Experiment
from .retraining import plan

if TYPE_CHECKING:
    from .analyses import Analysis

UNITS = {
    "starts": "jobs",
    "flop": "floating-point operations of forward and backward passes",
    "values": "numbers that layers put out in these passes: a slim network waits for memory",
    "trainings": "each captures a CUDA graph on a GPU",
    "steps": "of training: a GPU waits for their launch",
    "matrices": "representations as matrices: a GPU is slow with small ones",
    "products": "floating-point operations of moments and Gram matrices",
    "factors": "those of eigenvalues and singular values, in units of n^3",
    "elements": "numbers of representations that are turned into float64",
    "pairs": "of layers that an identification matches, times the cube of its images",
    "curvature": "numbers in the passes of a landscape",
    "signs": "numbers in the forward passes of potentials",
    "points": "numbers in the forward passes of activation regions, at most",
}
"""What takes time, by name."""

Work = Counter[str]
"""Unit -> how many of it."""


class Extent(NamedTuple):
    """How large a data set is, as its own page says; images are squares of `side` pixels."""

    train_images: int
    test_images: int
    classes: int = 10
    channels: int = 3
    side: int = 32


EXTENTS = {
    "digits": Extent(1_297, 500),
    "cifar10": Extent(50_000, 10_000),
    "svhn": Extent(73_257, 26_032),
    "mnist": Extent(60_000, 10_000, channels=1),
    "mnist28": Extent(60_000, 10_000, channels=1, side=28),
    "imagenet": Extent(1_281_167, 50_000, classes=1000, side=STREAMED["imagenet"]),
}


class Network(NamedTuple):
    """What of a network decides the work, for one image.

    Attributes:
        flop: floating-point operations of a forward pass.
        values: numbers that all layers put out.
        shapes: of the recorded outputs, (c, h, w) or (p,), in forward order.
        weights, others: numbers in its state that can be pruned, and that cannot.
    """

    flop: float
    values: int
    shapes: tuple[tuple[int, ...], ...]
    weights: int
    others: int


def network(experiment: Experiment) -> Network:
    """The experiment's network, counted."""
    data = EXTENTS[experiment.dataset]
    classes = len(experiment.classes) or data.classes
    return _counted(experiment.model, experiment.width, classes, data.channels, data.side)


@lru_cache(maxsize=256)
def _counted(model: str, width: float, classes: int, channels: int, side: int) -> Network:
    built = build_model(
        model,
        classes,
        width,
        in_channels=channels,
        image_size=side,
        generator=torch.Generator(),
    )
    sizes = []
    leaves = [module for module in built.modules() if not any(module.children())]
    handles = [
        leaf.register_forward_hook(lambda module, given, output: sizes.append(output.numel()))
        for leaf in leaves
    ]
    names = [name for name, _ in recorded_layers(built)]
    with FlopCounterMode(display=False) as counter:
        outputs = record(built, torch.zeros(1, channels, side, side), names)
    for handle in handles:
        handle.remove()
    weights = sum(weight.numel() for weight in prunable_weights(built).values())
    shapes = tuple(tuple(output.shape[1:]) for output in outputs.values())
    state = sum(tensor.numel() for tensor in built.state_dict().values())
    return Network(counter.get_total_flops(), sum(sizes), shapes, weights, state - weights)


def images(experiment: Experiment) -> tuple[int, int]:
    """Images that the experiment trains on and tests on, of the official data set."""
    data = EXTENTS[experiment.dataset]
    train, test = data.train_images, data.test_images
    if experiment.classes:
        train, test = (n * len(experiment.classes) // data.classes for n in (train, test))
    return min(train, experiment.train_images or train), test


def work(
    experiment: Experiment,
    kind: str,
    analysis: Analysis | None = None,
    there: tuple[int, int] | None = None,
) -> Work:
    """The counted work of a job.

    Args:
        experiment: of the job.
        kind: "complete", "run" or "analysis".
        analysis: what an analysis asks.
        there: images that the job trains and tests on; None for those of the official data set.
    """
    total = Counter(starts=1) + trained(experiment, kind, there)
    if kind == "run":
        times = range(1, experiment.pruning.iterations + 1)
        total += comparing(
            experiment,
            len(times) if experiment.against == "pruned" else 1,
            experiment.probe.images,
            experiment.metrics,
            experiment.also,
            fmean(map(experiment.permutations_at, times)),
        )
    if analysis is not None:
        total += analysis.work(experiment, (there or images(experiment))[1])
    return total


def trained(experiment: Experiment, kind: str, there: tuple[int, int] | None = None) -> Work:
    """The part of a job's work that is the training of networks of its own."""
    there = there or images(experiment)
    if kind == "complete":
        return training(experiment, experiment.recipe.epochs, there)
    if kind != "run" or experiment.against != "pruned":
        return Counter()
    epochs = retraining_epochs(experiment, there[0])
    return sum((training(experiment, each, there) for each in epochs), Counter())


def training(experiment: Experiment, epochs: float, there: tuple[int, int]) -> Work:
    """So many epochs, each with its test; a backward pass is two forward passes."""
    one, (train, test) = network(experiment), there
    passes = 3 * train * epochs + test * (epochs + 1)
    steps = math.ceil(train / experiment.recipe.batch_size) * epochs
    return Counter(flop=one.flop * passes, values=one.values * passes, trainings=1, steps=steps)


def retraining_epochs(experiment: Experiment, train_images: int) -> Iterator[float]:
    """Epochs of each re-training of a run."""
    steps = math.ceil(train_images / experiment.recipe.batch_size)
    for iteration in range(1, experiment.pruning.iterations + 1):
        recipe, (epoch, step) = plan(experiment.pruning, experiment.recipe, iteration)
        yield recipe.epochs - epoch - step / steps


def comparing(
    experiment: Experiment,
    networks: int,
    images: int,
    metrics: Iterable[str],
    also: Iterable[str] = (),
    permutations: float = 0.0,
) -> Work:
    """All layers of a complete network with those of so many others, on so many images."""
    reshapes = list(dict.fromkeys([*(METRICS[metric].reshape for metric in metrics), *also]))
    one, passes = network(experiment), images * (networks + 1)
    total = Counter(flop=one.flop * passes, values=one.values * passes)
    for shape in one.shapes:
        for reshape in reshapes if len(shape) == 3 else reshapes[:1]:
            total += as_matrix(shape, reshape, images, permutations, networks + 0.5)
    return total


def as_matrix(
    shape: tuple[int, ...], reshape: str, n: int, permutations: float, times: float
) -> Work:
    """One layer as a matrix, so many times, beside another network's."""
    channels, positions = shape[0], math.prod(shape[1:])
    rows, columns = {
        "channels": (n * positions, channels),
        "flat": (n, channels * positions),
        "gap": (n, channels),
    }[reshape]
    small = min(rows, columns)
    return Counter(
        matrices=times * (1 + permutations),
        products=times * 2.0 * rows * columns * small,
        factors=times * float(small) ** 3 * (1 + permutations),
        elements=times * float(rows) * columns,
    )


def held(experiment: Experiment, kind: str, analysis: Analysis | None = None) -> dict[str, float]:
    """What of a job takes memory, in MiB: the `process` itself counts as 1, the `recorded` outputs
    of a comparison, as far as they are held at once, and the outputs of a `batch` in training."""
    one, n = network(experiment), experiment.probe.images
    if analysis is not None:
        n = analysis.compared_images(experiment)
    compares = kind != "complete"
    recorded = min(4.0 * n * sum(map(math.prod, one.shapes)), MEMORY) * compares
    batch = 4.0 * one.values * experiment.recipe.batch_size * bool(trained(experiment, kind))
    return {"process": 1.0, "recorded": recorded / 2**20, "batch": batch / 2**20}


def kept(experiment: Experiment, kind: str) -> float:
    """Bytes on disk of the networks that a job keeps: the weights that survived, and masks."""
    one, pruning = network(experiment), experiment.pruning
    if kind == "complete":
        return 4.0 * (one.weights + one.others) * (1 + any(experiment.rewind_point))
    if kind != "run" or experiment.against != "pruned":
        return 0.0
    left = pruning.levels or [(1 - pruning.fraction) ** k for k in range(1, pruning.iterations + 1)]
    return sum(4.0 * (one.weights * share + one.others) + one.weights / 8 for share in left)

"""How much a job has to do, and what it keeps: counted, so the same on every machine."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from statistics import fmean
from typing import TYPE_CHECKING, NamedTuple

import torch

from ..data import EXTENTS
from ..metrics import METRICS
from ..models import build_model, record, recorded_layers
from ..pruning import prunable_weights
from .comparison import MEMORY
from .experiment import Experiment
from .retraining import retraining_recipe

if TYPE_CHECKING:
    from .analyses import Analysis

UNITS = {
    "starts": "jobs",
    "flop": "floating-point operations of forward and backward passes",
    "values": "numbers that layers output in these passes: slim networks are bound by memory",
    "trainings": "each captures a CUDA graph on a GPU",
    "steps": "of training: a GPU has to wait for each to be launched",
    "matrices": "representations as matrices: a GPU is slow with small ones",
    "products": "floating-point operations of moments and Gram matrices",
    "factors": "eigenvalues and singular values of n x n matrices, in units of n^3",
    "elements": "numbers of representations that are converted to float64",
    "pairs": "of layers that an identification compares, times the cube of its images",
    "curvature": "numbers in the passes of a landscape",
    "signs": "numbers in the forward passes of potentials",
    "points": "numbers in the forward passes of activation regions, at most",
}
"""unit -> what is counted."""

Work = Counter[str]
"""Unit -> how many of it."""


class Network(NamedTuple):
    """The sizes of a network that decide its work, for one image.

    Attributes:
        flop: floating-point operations of a forward pass.
        values: numbers that all layers output.
        shapes: of the recorded outputs, (c, h, w) or (p,), in forward order.
        weights, others: numbers in its state that can be pruned, and that cannot.
    """

    flop: float
    values: int
    shapes: tuple[tuple[int, ...], ...]
    weights: int
    others: int

    def passes(self, images: float) -> Work:
        """The work of this many images in a forward pass."""
        return Counter(flop=self.flop * images, values=self.values * images)


def network(experiment: Experiment) -> Network:
    """The experiment's network, counted."""
    data = EXTENTS[experiment.dataset]
    classes = len(experiment.classes) or data.classes
    return _counted(experiment.model, experiment.width, classes, data.channels, data.side)


@cache
def _counted(model: str, width: float, classes: int, channels: int, side: int) -> Network:
    from torch.utils.flop_counter import FlopCounterMode  # imports Triton, which no job needs

    images = {"in_channels": channels, "image_size": side}
    built = build_model(model, classes, width, **images, generator=torch.Generator())
    image = torch.zeros(1, channels, side, side)
    outputs = record(built, image, [name for name, _ in recorded_layers(built)])
    sizes = []
    for module in built.modules():
        if not any(module.children()):
            module.register_forward_hook(lambda leaf, given, output: sizes.append(output.numel()))
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        built.eval()(image)
    weights = sum(weight.numel() for weight in prunable_weights(built).values())
    shapes = tuple(tuple(output.shape[1:]) for output in outputs.values())
    state = sum(tensor.numel() for tensor in built.state_dict().values())
    return Network(counter.get_total_flops(), sum(sizes), shapes, weights, state - weights)


def image_counts(experiment: Experiment) -> tuple[int, int]:
    """How many images of the official data set the experiment trains on and tests on."""
    data = EXTENTS[experiment.dataset]
    train, test = data.train_images, data.test_images
    if experiment.classes:
        train, test = (n * len(experiment.classes) // data.classes for n in (train, test))
    return min(train, experiment.train_images or train), test


def work(
    experiment: Experiment,
    kind: str,
    analysis: Analysis | None = None,
    counts: tuple[int, int] | None = None,
) -> Work:
    """The counted work of a job.

    Args:
        kind: "complete", "run" or "analysis".
        analysis: what an analysis asks.
        counts: images that the job trains and tests on; None for those of the official data set.
    """
    e, counts = experiment, counts or image_counts(experiment)
    total = Counter(starts=1) + training_work(e, kind, counts)
    if analysis is not None:
        return total + analysis.work(e, counts[1])
    if kind == "run":
        times = range(1, e.pruning.iterations + 1)
        networks = len(times) if e.against == "pruned" else 1
        permutations = fmean(map(e.permutations_at, times))
        total += comparison_work(e, networks, e.probe.images, e.metrics, e.also, permutations)
    return total


def training_work(experiment: Experiment, kind: str, counts: tuple[int, int]) -> Work:
    """The part of a job's work that trains its own networks, with a test after each epoch.

    A backward pass counts as two forward ones.
    """
    epochs = [experiment.recipe.epochs] if kind == "complete" else []
    if kind == "run" and experiment.against == "pruned":
        epochs = [*retraining_epochs(experiment, counts[0])]
    train, test = counts
    passes = 3 * train * sum(epochs) + test * (sum(epochs) + len(epochs))
    steps = math.ceil(train / experiment.recipe.batch_size) * sum(epochs)
    found = Counter(trainings=len(epochs), steps=steps) + network(experiment).passes(passes)
    return +found


def retraining_epochs(experiment: Experiment, train_images: int) -> Iterator[float]:
    """Epochs of each re-training of a run."""
    steps = math.ceil(train_images / experiment.recipe.batch_size)
    pruning, complete = experiment.pruning, experiment.recipe
    for iteration in range(1, pruning.iterations + 1):
        recipe, (epoch, step) = retraining_recipe(pruning, complete, iteration)
        yield recipe.epochs - epoch - step / steps


def comparison_work(
    experiment: Experiment,
    networks: int,
    images: int,
    metrics: Iterable[str],
    also: Iterable[str] = (),
    permutations: float = 0.0,
) -> Work:
    """The work to compare all layers of a complete network with those of `networks` others."""
    reshapes = list(dict.fromkeys([*(METRICS[metric].reshape for metric in metrics), *also]))
    one, times = network(experiment), networks + 0.5
    total = one.passes(images * (networks + 1))
    for channels, *sides in one.shapes:
        positions = math.prod(sides)
        sizes = {
            "channels": (images * positions, channels),
            "flat": (images, channels * positions),
            "gap": (images, channels),
        }
        for reshape in reshapes if sides else reshapes[:1]:
            rows, columns = sizes[reshape]
            small = float(min(rows, columns))
            total["matrices"] += times * (1 + permutations)
            total["products"] += times * 2 * rows * columns * small
            total["factors"] += times * small**3 * (1 + permutations)
            total["elements"] += times * rows * columns
    return total


def memory_held(
    experiment: Experiment, kind: str, analysis: Analysis | None = None
) -> dict[str, float]:
    """What takes memory in a job, in MiB: the `process` itself, which counts as 1, the `recorded`
    outputs that a comparison holds at once, and the outputs of a `batch` in training."""
    one, n = network(experiment), experiment.probe.images * (kind == "run")
    if analysis is not None:
        n = analysis.compared_images(experiment)
    recorded = min(4.0 * n * sum(map(math.prod, one.shapes)), MEMORY)
    trains = bool(training_work(experiment, kind, image_counts(experiment)))
    batch = 4.0 * one.values * experiment.recipe.batch_size * trains
    return {"process": 1.0, "recorded": recorded / 2**20, "batch": batch / 2**20}


def disk_bytes(experiment: Experiment, kind: str) -> float:
    """The size of the networks that a job keeps: their masks, and the weights that survived."""
    one, pruning = network(experiment), experiment.pruning
    if kind == "complete":
        return 4.0 * (one.weights + one.others) * (1 + any(experiment.rewind_point))
    if kind != "run" or experiment.against != "pruned":
        return 0.0
    left = pruning.levels or [(1 - pruning.fraction) ** k for k in range(1, pruning.iterations + 1)]
    return sum(4.0 * (one.weights * share + one.others) + one.weights / 8 for share in left)

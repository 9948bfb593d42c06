"""How much work a job is: counted from its experiment, so the same on every machine."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from functools import lru_cache
from statistics import fmean

import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from ..data import STREAMED
from ..metrics import METRICS
from ..models import build_model, record, recorded_layers
from ..pruning import prunable_weights
from .analyses import Analysis, Identification, Landscape, Potentials, Regions, Robustness
from .experiment import Experiment, PassingProbe
from .retraining import plan


@dataclass(frozen=True)
class Extent:
    """How large a data set is, as its own page says.

    Attributes:
        images: to train on and to test on.
        classes: of the images.
        channels: of an image.
        side: pixels on a side of an image, as networks see it.
    """

    images: tuple[int, int]
    classes: int = 10
    channels: int = 3
    side: int = 32


EXTENTS = {
    "digits": Extent((1_297, 500)),
    "cifar10": Extent((50_000, 10_000)),
    "svhn": Extent((73_257, 26_032)),
    "mnist": Extent((60_000, 10_000), channels=1),
    "imagenet": Extent((1_281_167, 50_000), classes=1000, side=STREAMED["imagenet"]),
}

HESSIAN_PRODUCTS = 40
"""Products that the Lanczos iteration takes to find a few eigenvalues, about."""

Shape = tuple[int, ...]


@dataclass(frozen=True)
class Work:
    """What a job does, in numbers of things that take time. Numbers of two jobs add up.

    Attributes:
        starts: jobs.
        flop: floating-point operations of forward and backward passes.
        values: numbers that the layers put out in these passes; a slim network waits for memory.
        trainings: each captures a CUDA graph on a GPU.
        steps: steps of training; a GPU waits for their launch.
        matrices: representations as matrices; a GPU is slow with small ones.
        products: floating-point operations of moments and Gram matrices.
        factors: those of eigenvalues and singular values, in units of n^3.
        elements: numbers of representations that are turned into float64.
        pairs: pairs of layers matched by an identification, times the cube of its images.
        curvature: values of forward and backward passes of a landscape.
        signs: values of forward passes of potentials.
        points: values of forward passes of linear regions, at most.
    """

    starts: float = 0.0
    flop: float = 0.0
    values: float = 0.0
    trainings: float = 0.0
    steps: float = 0.0
    matrices: float = 0.0
    products: float = 0.0
    factors: float = 0.0
    elements: float = 0.0
    pairs: float = 0.0
    curvature: float = 0.0
    signs: float = 0.0
    points: float = 0.0

    def __add__(self, other: Work) -> Work:
        return Work(*(getattr(self, q) + getattr(other, q) for q in QUANTITIES))

    def __mul__(self, times: float) -> Work:
        return Work(*(getattr(self, q) * times for q in QUANTITIES))


QUANTITIES = tuple(field.name for field in fields(Work))


@dataclass(frozen=True)
class Network:
    """What of a network decides the work, for one image.

    Attributes:
        flop: of a forward pass.
        values: numbers that its layers put out.
        parameters, weights: all of them, and those that can be pruned.
        others: numbers in its state besides the prunable weights.
        tensors: in its state.
        shapes: of the recorded outputs, (c, h, w) or (p,), in forward order.
    """

    flop: float
    values: int
    parameters: int
    weights: int
    others: int
    tensors: int
    shapes: tuple[Shape, ...]


def network(experiment: Experiment) -> Network:
    """The experiment's network, counted."""
    data = EXTENTS[experiment.dataset]
    classes = len(experiment.classes) or data.classes
    return _counted(experiment.model, experiment.width, classes, data.channels, data.side)


@lru_cache(maxsize=256)
def _counted(model: str, width: float, classes: int, channels: int, side: int) -> Network:
    built = build_model(model, classes, width, in_channels=channels, generator=torch.Generator())
    image = torch.zeros(1, channels, side, side)
    values = 0

    def count(module: nn.Module, given: tuple, output: torch.Tensor) -> None:
        nonlocal values
        values += output.numel()

    leaves = [module for module in built.modules() if not any(module.children())]
    handles = [leaf.register_forward_hook(count) for leaf in leaves]
    counter = FlopCounterMode(display=False)
    with counter:
        outputs = record(built, image, [name for name, _ in recorded_layers(built)])
    for handle in handles:
        handle.remove()
    weights = sum(weight.numel() for weight in prunable_weights(built).values())
    return Network(
        flop=counter.get_total_flops(),
        values=values,
        parameters=sum(weight.numel() for weight in built.parameters()),
        weights=weights,
        others=sum(tensor.numel() for tensor in built.state_dict().values()) - weights,
        tensors=len(built.state_dict()),
        shapes=tuple(tuple(output.shape[1:]) for output in outputs.values()),
    )


def images(experiment: Experiment, there: tuple[int, int] | None = None) -> tuple[int, int]:
    """Images that the experiment trains on and tests on.

    Args:
        experiment: with its data set.
        there: how many the data set has; None for its extent.
    """
    data = EXTENTS[experiment.dataset]
    train, test = there or data.images
    if experiment.classes:
        train, test = (n * len(experiment.classes) // data.classes for n in (train, test))
    return min(train, experiment.train_images or train), test


def whole(experiment: Experiment, train: int, test: int) -> tuple[int, int]:
    """What the data set of an experiment has, if its own part of it is so many images."""
    all_of_them = EXTENTS[experiment.dataset].classes
    share = len(experiment.classes) or all_of_them
    return train * all_of_them // share, test * all_of_them // share


def training(experiment: Experiment, epochs: float, there: tuple[int, int] | None = None) -> Work:
    """So many epochs, each with its test; a backward pass is two forward passes."""
    one, (train, test) = network(experiment), images(experiment, there)
    passes = 3 * train * epochs + test * (epochs + 1)
    steps = math.ceil(train / experiment.recipe.batch_size) * epochs
    return Work(flop=one.flop * passes, values=one.values * passes, trainings=1, steps=steps)


def comparing(
    experiment: Experiment,
    networks: int,
    images: int | None = None,
    metrics: Iterable[str] | None = None,
    plain: bool = False,
) -> Work:
    """All layers of a complete network with those of other networks.

    Args:
        experiment: with the probe, the metrics and what is asked besides.
        networks: how many others.
        images: of the probe; None for the experiment's.
        metrics: None for the experiment's.
        plain: whether neither further reshapes nor a null are asked.
    """
    n = images or experiment.probe.images
    metrics = experiment.metrics if metrics is None else metrics
    also = () if plain else experiment.also
    passing = isinstance(experiment.probe, PassingProbe)
    theirs = ["channels"] if passing else [METRICS[metric].reshape for metric in metrics]
    reshapes = list(dict.fromkeys([*theirs, *also]))
    permutations = (
        0.0
        if plain
        else fmean(experiment.permutations_at(i + 1) for i in range(experiment.pruning.iterations))
    )
    one = network(experiment)
    total = Work(flop=one.flop * n, values=one.values * n) * (networks + 1)
    for shape in one.shapes:
        for reshape in reshapes if len(shape) == 3 else reshapes[:1]:
            total += _of_reshape(shape, reshape, n, permutations) * (networks + 0.5)
    return total


def _of_reshape(shape: Shape, reshape: str, n: int, permutations: float) -> Work:
    """One layer of one network as a matrix, beside another network's."""
    channels, positions = shape[0], math.prod(shape[1:])
    rows, columns = {
        "channels": (n * positions, channels),
        "flat": (n, channels * positions),
        "gap": (n, channels),
    }[reshape]
    small = min(rows, columns)
    return Work(
        matrices=1 + permutations,
        products=2.0 * rows * columns * small,
        factors=float(small) ** 3 * (1 + permutations),
        elements=float(rows) * columns,
    )


def complete_work(experiment: Experiment, there: tuple[int, int] | None = None) -> Work:
    """To train a complete network."""
    return Work(starts=1) + training(experiment, experiment.recipe.epochs, there)


def run_work(experiment: Experiment, there: tuple[int, int] | None = None) -> Work:
    """To prune, train again and compare, so many times; or to compare with one other network."""
    if experiment.against != "pruned":
        return Work(starts=1) + comparing(experiment, 1)
    total = Work(starts=1)
    for epochs in retraining_epochs(experiment, there):
        total += training(experiment, epochs, there)
    return total + comparing(experiment, experiment.pruning.iterations)


def retraining_epochs(
    experiment: Experiment, there: tuple[int, int] | None = None
) -> Iterator[float]:
    """Epochs of each re-training of a run."""
    steps = math.ceil(images(experiment, there)[0] / experiment.recipe.batch_size)
    for iteration in range(1, experiment.pruning.iterations + 1):
        recipe, (epoch, step) = plan(experiment.pruning, experiment.recipe, iteration)
        yield recipe.epochs - epoch - step / steps


def analysis_work(
    experiment: Experiment, analysis: Analysis, there: tuple[int, int] | None = None
) -> Work:
    """To put a further question to the networks of a run."""
    test = images(experiment, there)[1]
    one, start = network(experiment), Work(starts=1)
    if isinstance(analysis, Robustness):
        return start + _robustness(experiment, analysis, test)
    if isinstance(analysis, Identification):
        n, layers = analysis.images or experiment.probe.images, len(one.shapes)
        alone = comparing(experiment, 1, n, analysis.metrics, plain=True)
        return start + alone + Work(pairs=float(n) ** 3 * layers**2)
    there_are = experiment.pruning.iterations
    networks = 1 + sum(iteration <= there_are for iteration in analysis.iterations)
    if isinstance(analysis, Potentials):
        return start + Work(signs=float(one.values) * (analysis.images or test)) * networks
    if isinstance(analysis, Landscape):
        products = HESSIAN_PRODUCTS + analysis.probes
        losses = analysis.directions * (2 * len(analysis.radii) + 1)
        passes = (6 * products + losses) * analysis.images
        return start + Work(curvature=float(one.values) * passes) * networks
    assert isinstance(analysis, Regions)
    points = analysis.segments * analysis.most_points * analysis.share
    return start + Work(points=float(one.values) * points) * networks


def _robustness(experiment: Experiment, analysis: Robustness, test: int) -> Work:
    """One comparison for each reading, and the readings that share their outputs."""
    probe, others = experiment.probe.images, len(analysis.iterations)
    sizes = [n for n in analysis.images if n <= test]
    readings = len(analysis.draws) + len(analysis.splits) + len(analysis.precisions)
    sizes += [probe] * readings
    total = Work()
    for n in sizes:
        metrics = ("svcca", "cka", "nbs")
        total += comparing(experiment, others, n, metrics, plain=True)
    leading = Work()
    for shape in network(experiment).shapes:
        leading += _of_reshape(shape, "flat", probe, 0)
    return total + leading * (len(analysis.leading) * (others + 1))

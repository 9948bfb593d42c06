"""The toys of the page on pruning, and the picture of how the learning rate comes back."""

from collections import OrderedDict
from dataclasses import replace

import numpy as np
from matplotlib.axes import Axes
from torch import Generator, nn, set_num_threads

from lib.data import Dataset, load_dataset
from lib.models import initialise
from lib.pruning import Mask, Pruning, WeightRewind
from lib.study.work import retraining_recipe
from lib.training import Momentum, Recipe, Steps, Training, evaluate

RECIPE = Recipe(epochs=12, batch_size=50, optimiser=Momentum(), schedule=Steps(0.1, (6, 10)))


def complete_toy() -> tuple[nn.Module, Dataset, float]:
    """A small network, trained with all its weights on 400 digits; these; its accuracy."""
    set_num_threads(1)  # sums in the same order each time
    layers = OrderedDict(
        shrink=nn.AvgPool2d(4),
        conv1=nn.Conv2d(3, 8, 3, padding=1, bias=False),
        norm1=nn.BatchNorm2d(8),
        relu1=nn.ReLU(),
        conv2=nn.Conv2d(8, 16, 3, padding=1, bias=False),
        norm2=nn.BatchNorm2d(16),
        relu2=nn.ReLU(),
        pool=nn.AvgPool2d(2),
        conv3=nn.Conv2d(16, 32, 3, padding=1, bias=False),
        norm3=nn.BatchNorm2d(32),
        relu3=nn.ReLU(),
        gap=nn.AdaptiveAvgPool2d(1),
        flat=nn.Flatten(),
        out=nn.Linear(32, 10),
    )
    network = nn.Sequential(layers).double()
    initialise(network, Generator().manual_seed(0))
    digits = load_dataset("digits", "datasets")
    digits = replace(digits, train=digits.train.take(slice(400)))
    return network, digits, train(network, digits, Mask.complete(network), seed=0)


def train(
    network: nn.Module, digits: Dataset, mask: Mask, seed: int, recipe: Recipe = RECIPE
) -> float:
    """Train a network in place, pruned weights staying 0; returns its accuracy on test images."""
    training = Training(network, digits, recipe, seed, after_step=mask.keeper(network))
    while not training.finished:
        training.run_epoch()
    return evaluate(network, digits.test, digits)[0]


def draw_schedule(axes: Axes, pruning: Pruning, recipe: Recipe) -> None:
    """The learning rate through two prunings; arrows from where the survivors' values come."""
    now, trained, start, rate = 0, recipe, 0, [0.0]
    for iteration in range(3):
        if iteration > 0:
            source = (now, rate[-1])
            if isinstance(pruning.retraining, WeightRewind):
                source = (pruning.retraining.epoch, recipe.schedule(pruning.retraining.epoch))
            trained, (start, _) = retraining_recipe(pruning, recipe, iteration)
            target = (now, trained.schedule(start))
            axes.axvline(now, color="#d55e00", lw=1, ls=":")
            axes.plot(*source, "o", color="#009e73", mfc="none")
            if not np.allclose(source, target):
                look = {"arrowstyle": "-|>", "color": "#009e73"}
                if source[0] != target[0]:
                    look["connectionstyle"] = "arc3,rad=-0.3"
                axes.annotate("", target, source, arrowprops=look)
        # so fine that a step is upright
        epochs = np.arange(100 * start, 100 * trained.epochs) / 100
        rate = [trained.schedule(epoch) for epoch in epochs]
        axes.plot(epochs - start + now, rate, color="k")
        now += trained.epochs - start
    axes.set(xlim=(-1, 3 * recipe.epochs + 1), yscale="log", ylim=(0.0005, 1))

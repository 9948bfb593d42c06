"""Drawings of masks, of accuracies while pruning, and of learning rates when training again."""

import math
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.ticker import PercentFormatter
from torch import Tensor

from ...book.report.figure import PanelFigure
from ...book.report.format import percent
from ...book.report.panels import Drawing, inline_svg
from ...book.report.style import INK, LAST_COLOUR, OTHER_INKS, iteration_colours, page_colours
from ...book.report.swatches import box_swatch, legend_entry, line_swatch
from ...pruning import Mask, Pruning, WeightRewind
from ...study.retraining_recipes import retraining_recipe
from ...training import Recipe
from .analysis import layer_name

STAYS = LAST_COLOUR
"""What stays is the pruned network, drawn as on every page."""

GOES = OTHER_INKS[0]
DASHED = (0, (4, 2))
GAP = 0.6
"""Between two kernels, in squares."""


def bin_edges(weights: Mapping[str, Tensor], threshold: float) -> np.ndarray:
    """Bins as wide as the threshold is high: so it is an edge, and no bin holds both colours."""
    largest = max(values.abs().max().item() for values in weights.values())
    bins = math.ceil(largest / threshold)
    return np.arange(-bins, bins + 1) * threshold


def draw_threshold(
    axes: Axes, values: Tensor, kept: Tensor, edges: np.ndarray, threshold: float
) -> None:
    """Histogram of a layer's weights, those that go and those that stay in two colours.

    Args:
        values: of the weights before pruning.
        kept: which of them stay.
        edges: of the bins.
    """
    gone = np.histogram(values[~kept], edges)[0]
    left = np.histogram(values[kept], edges)[0]
    axes.stairs(gone, edges, fill=True, color=GOES, linewidth=0, label="goes")
    axes.stairs(left, edges, fill=True, color=STAYS, linewidth=0, label="stays")
    for place in (-threshold, threshold):
        axes.axvline(place, color=INK, linewidth=0.9, linestyle=DASHED)
    axes.set_xlim(edges[0], edges[-1])
    axes.set_ylim(0, 1.25 * max(gone.max(), left.max()))
    axes.yaxis.get_major_locator().set_params(integer=True)
    axes.set_xlabel("value of the weight")
    share = f"{percent(gone.sum() / values.numel(), 0)} of {values.numel():,} go"
    axes.text(0.02, 0.97, share, transform=axes.transAxes, va="top", color=INK)
    axes.set_label(f"Values of the weights: {share}, those nearest to 0.")


def lifetimes(masks: Sequence[Mask], name: str) -> Tensor:
    """In how many masks after the first each weight of this name survives, in its own shape."""
    return sum(mask.kept[name].long() for mask in masks[1:])


def draw_kernels(lives: Tensor, iterations: int, name: str) -> Drawing:
    """Each weight of a convolution as a square, whose colour says when it goes.

    Args:
        lives: of `lifetimes`, (channels out, channels in, height, width).
        iterations: of pruning.
        name: of the layer.
    """
    shades = iteration_colours(iterations + 1)
    colours = page_colours(iterations + 1)  # in the figure -> on the page, light or dark
    figure = Figure(figsize=(6, 3))
    _squares(figure, lives, shades)
    texts = [*(f"goes in iteration {i}" for i in range(1, iterations + 1)), "stays"]
    entries = zip(texts, shades, strict=True)
    legend = "".join(legend_entry(text, box_swatch([colours[shade]])) for text, shade in entries)
    numbers = ", ".join(map(str, lives.flatten().bincount().tolist()))
    label = f"Weights of {name} that go in iterations 1 to {iterations}, and that stay: {numbers}"
    svg = inline_svg(figure, "nested", label, colours)
    space = 'class="panel-legend" style="margin-bottom:.6rem"'
    return Drawing(f'<div class="panels"><div {space}>{legend}</div>{svg}</div>', label)


def _squares(figure: Figure, lives: Tensor, shades: Sequence[str]) -> None:
    outs, ins, height, width = lives.shape
    axes = figure.add_axes((0, 0, 1, 1), frame_on=False, xticks=[], yticks=[])
    axes.set_xlim(0, outs * (width + GAP) - GAP)
    axes.set_ylim(ins * (height + GAP) - GAP, 0)
    square = Path.unit_rectangle().vertices * 0.9
    for life, shade in enumerate(shades):
        squares = []
        for o, i, y, x in (lives == life).nonzero().tolist():
            corner = [o * (width + GAP) + x, i * (height + GAP) + y]
            squares.append(Path(np.add(square, corner), closed=True))
        every = Path.make_compound_path(*squares)
        axes.add_patch(PathPatch(every, facecolor=shade, linewidth=0))


def draw_densities(axes: Axes, masks: Sequence[Mask]) -> None:
    """The share of the weights left in each layer, and in all, by iteration."""
    densities = pd.DataFrame([mask.densities for mask in masks]).rename(columns=layer_name)
    for marker, name in zip("Dv^", densities, strict=True):
        axes.plot(densities[name], color=LAST_COLOUR, marker=marker, markersize=4.5, label=name)
    everything = [mask.remaining for mask in masks]
    axes.plot(everything, color=INK, linestyle="--", linewidth=1, label="all layers")
    axes.set_ylim(0, 1.05)
    axes.set_yticks(np.arange(0, 1.1, 0.2))
    _percent_by_iteration(axes, len(masks) - 1)


def draw_accuracies(axes: Axes, just_pruned: Sequence[float], trained: Sequence[float]) -> None:
    """Accuracies before and after each re-training; that of the complete network comes first.

    Args:
        just_pruned, trained: as for `progress_table`.
    """
    iterations = range(len(trained))
    for i in iterations[1:]:
        axes.plot([i - 1, i], [trained[i - 1], just_pruned[i - 1]], color=GOES, linewidth=1)
        axes.plot([i, i], [just_pruned[i - 1], trained[i]], color=STAYS, linewidth=1)
    look = {"markersize": 5, "linestyle": ""}
    axes.plot(iterations[1:], just_pruned, "s", color=GOES, label="accuracy, just pruned", **look)
    axes.plot(iterations, trained, "o", color=STAYS, label="accuracy, trained again", **look)
    lowest = math.floor(10 * min(*just_pruned, *trained)) / 10
    axes.set_ylim(lowest - 0.02, 1.02)
    axes.set_yticks(np.arange(lowest, 1.01, 0.1))
    _percent_by_iteration(axes, iterations[-1])


def _percent_by_iteration(axes: Axes, last: int) -> None:
    axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0, symbol=" %"))
    axes.set_xticks(range(last + 1))
    axes.set_xlim(-0.2, last + 0.2)
    axes.set_xlabel("iteration")


def draw_retrainings(axes: Axes, pruning: Pruning, recipe: Recipe) -> None:
    """The learning rate through two prunings; arrows from where the survivors' values come.

    Args:
        pruning: with the way to train again.
        recipe: of the complete network.
    """
    axes.set_label("The learning rate over the epochs, and where it is rewound to.")
    end = _draw_rate(axes, recipe, 0, 0)
    for iteration in (1, 2):
        again, (epoch, _) = retraining_recipe(pruning, recipe, iteration)
        axes.axvline(end[0], color=GOES, linewidth=1, linestyle=(0, (2, 2)))
        source = end
        if isinstance(pruning.retraining, WeightRewind):
            first = pruning.retraining.epoch
            source = first, recipe.schedule(first)
        axes.plot(*source, color=STAYS, marker="o", markersize=5, markerfacecolor="none")
        _draw_arrow(axes, source, (end[0], again.schedule(epoch)))
        end = _draw_rate(axes, again, epoch, end[0])
    axes.set_xlim(-1, 3 * recipe.epochs + 1)
    axes.set_yscale("log")
    axes.minorticks_off()
    axes.set_ylim(0.0005, 1)
    axes.set_yticks([0.1, 0.01, 0.001], ["0.1", "0.01", "0.001"])
    axes.set_xlabel("epochs trained in all")


def _draw_rate(axes: Axes, recipe: Recipe, start: int, now: int) -> tuple[int, float]:
    """The rate of a training from the epoch `start` on, at `now` on the axis; returns its end."""
    epochs = np.arange(100 * start, 100 * recipe.epochs) / 100  # so fine that a step is upright
    axes.plot(epochs - start + now, [recipe.schedule(epoch) for epoch in epochs], color=INK)
    return now + recipe.epochs - start, recipe.schedule(epochs[-1])


def _draw_arrow(axes: Axes, source: tuple[float, float], target: tuple[float, float]) -> None:
    if np.allclose(source, target):
        return
    bend = 0 if source[0] == target[0] else -0.3
    arrow = {"arrowstyle": "-|>", "connectionstyle": f"arc3,rad={bend}", "color": STAYS}
    arrow |= {"mutation_scale": 9, "shrinkA": 3, "shrinkB": 0, "linewidth": 1}
    axes.annotate("", target, source, arrowprops=arrow)


def explain_retrainings(figure: PanelFigure) -> None:
    """The legend of panels by `draw_retrainings`."""
    goes, stays = figure.colours[GOES], figure.colours[STAYS]
    arrow = f'<path d="M26 6 19 3v6Z" style="fill:{stays}"/>'
    circle = f'<circle cx="4" cy="6" r="3" style="fill:none;stroke:{stays}"/>'
    figure.key("learning rate", line_swatch("currentColor"))
    figure.key("pruning", line_swatch(goes, dashes="2 2"))
    moved = line_swatch(stays, marker=circle + arrow)
    figure.key("the survivors' values: from where, to where", moved)

"""The figures and tables of the chapter on pruning: what goes, what stays, how it trains on."""

from __future__ import annotations

import html
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle, pairwise

import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch

from ..pruning import FineTune, LearningRateRewind, Mask, Retraining, WeightRewind
from ..training import Recipe
from .names import count, enumerate_words, percent
from .panels import Panels, box_swatch, legend_entry, line_swatch
from .style import INK, KIND_COLOURS, iteration_colours, page_colours, panel
from .tables import Table

STAYS, GOES = KIND_COLOURS["conv_res"], KIND_COLOURS["pool"]

SCORE_NAMES = {
    "magnitude": "magnitude",
    "random": "random",
    "gradient_weight": "gradient \u00d7 weight",
    "synflow": "SynFlow",
}
"""key of `lib.pruning.SCORES` -> name in the text."""

LAYER_LOOKS = (
    {"color": KIND_COLOURS["conv_res"], "marker": "o"},
    {"color": KIND_COLOURS["pool"], "marker": "s"},
    {"color": KIND_COLOURS["out"], "marker": "^"},
    {"color": KIND_COLOURS["add"], "marker": "D"},
    {"color": KIND_COLOURS["fc"], "marker": "v"},
)


@dataclass(frozen=True)
class PruningStep:
    """One iteration.

    Attributes:
        mask: what survives it.
        pruned, trained: accuracies in [0, 1], just after pruning and after the next training.
    """

    mask: Mask
    pruned: float
    trained: float


def layer(name: str) -> str:
    """The name of a layer, from that of its weights."""
    return name.removesuffix(".weight")


def threshold(weights: Mapping[str, torch.Tensor], before: Mask, after: Mask) -> float:
    """The magnitude below which weights went and above which they stayed, in all layers.

    Args:
        weights: {parameter name: values before pruning}.
        before, after: what survived before pruning and after it.

    Raises:
        ValueError: nothing went, or no single magnitude parts the weights.
    """
    gone = [weights[name][before.kept[name] & ~kept].abs() for name, kept in after.kept.items()]
    kept = [weights[name][kept].abs() for name, kept in after.kept.items()]
    largest, smallest = torch.cat(gone), torch.cat(kept)
    if not len(largest):
        raise ValueError("nothing was pruned, so there is no threshold")
    largest, smallest = largest.max().item(), smallest.min().item()
    if largest > smallest:
        raise ValueError(f"a weight of magnitude {largest:g} went and one of {smallest:g} stayed")
    return (largest + smallest) / 2


def histograms(weights: Mapping[str, torch.Tensor], before: Mask, after: Mask) -> Panels:
    """A panel for each layer: its weights, which of them go, and the one threshold.

    Args:
        weights, before, after: as in `threshold`.
    """
    limit = threshold(weights, before, after)
    alive = {name: weights[name][kept] for name, kept in before.kept.items()}
    reach = max(values.abs().max().item() for values in alive.values())
    # as wide as the threshold is high: so it is an edge, and no bin holds both colours
    bins = math.ceil(reach / limit)
    edges = np.arange(-bins, bins + 1) * limit
    figures, labels = {}, {}
    for name, kept in after.kept.items():
        title, values = layer(name), weights[name]
        gone = before.kept[name] & ~kept
        share = int(gone.sum()) / int(before.kept[name].sum())
        figures[title] = _histogram(
            title,
            np.histogram(values[gone].numpy(), edges)[0],
            np.histogram(values[kept].numpy(), edges)[0],
            edges,
            limit,
        )
        text = f"{percent(share, 0)} of {int(before.kept[name].sum()):,} go"
        figures[title].axes[0].text(
            0.02, 0.97, text, transform=figures[title].axes[0].transAxes, va="top", color=INK
        )
        labels[title] = (
            f"Histogram of the weights of {title}, with lines at plus and minus {limit:.3f}. "
            f"What lies between them goes: {text}."
        )
    colours = page_colours()
    legend = (
        legend_entry("goes", box_swatch([colours[GOES]]))
        + legend_entry("stays", box_swatch([colours[STAYS]]))
        + legend_entry(
            f"threshold ±{limit:.3f}, the same in all layers",
            line_swatch("currentColor", dashes="4 2"),
        )
    )
    return Panels("threshold", figures, labels, legend, colours)


def _histogram(title, gone, kept, edges, limit) -> Figure:
    figure, axes = panel(title)
    axes.stairs(kept, edges, fill=True, color=STAYS, linewidth=0)
    axes.stairs(gone, edges, fill=True, color=GOES, linewidth=0)
    for place in (-limit, limit):
        axes.axvline(place, color=INK, linewidth=0.9, linestyle=(0, (4, 2)))
    axes.set_xlim(edges[0], edges[-1])
    axes.set_ylim(0, 1.25 * max(gone.max(), kept.max()))
    axes.yaxis.get_major_locator().set_params(integer=True)
    axes.set_xlabel("value of the weight")
    return figure


def progress(complete: float, steps: Sequence[PruningStep]) -> Panels:
    """What is left of each layer, and the accuracy, iteration by iteration.

    Args:
        complete: accuracy of the complete network, in [0, 1].
        steps: the iterations.
    """
    iterations = range(len(steps) + 1)
    names = list(steps[0].mask.kept)
    densities = {
        layer(name): [1.0, *(step.mask.densities[name] for step in steps)] for name in names
    }
    everything = [1.0, *(step.mask.remaining for step in steps)]

    left, axes = panel("What is left of each layer")
    for values, look in zip(densities.values(), cycle(LAYER_LOOKS), strict=False):
        axes.plot(iterations, values, markersize=4.5, **look)
    axes.plot(iterations, everything, color=INK, linestyle=(0, (4, 2)), linewidth=1)
    axes.set_ylim(0, 1.05)
    ticks = (0, 0.2, 0.4, 0.6, 0.8, 1)
    axes.set_yticks(ticks, [percent(tick, 0) for tick in ticks])
    _iteration_axis(axes, iterations)

    right, axes = panel("Accuracy on test images")
    trained = [complete, *(step.trained for step in steps)]
    for i, step in enumerate(steps, start=1):
        axes.plot([i - 1, i], [trained[i - 1], step.pruned], color=GOES, linewidth=1)
        axes.plot([i, i], [step.pruned, step.trained], color=STAYS, linewidth=1)
    pruned = [step.pruned for step in steps]
    axes.plot(iterations[1:], pruned, color=GOES, marker="s", markersize=5, linestyle="")
    axes.plot(iterations, trained, color=STAYS, marker="o", markersize=5, linestyle="")
    lowest = math.floor(10 * min(pruned + trained)) / 10
    ticks = [tick / 10 for tick in range(round(10 * lowest), 11, 1 if lowest > 0.5 else 2)]
    axes.set_ylim(lowest - 0.02, 1.02)
    axes.set_yticks(ticks, [percent(tick, 0) for tick in ticks])
    _iteration_axis(axes, iterations)

    colours = page_colours()
    legend = "".join(
        legend_entry(name, line_swatch(colours[look["color"]]))
        for name, look in zip(densities, cycle(LAYER_LOOKS), strict=False)
    )
    legend += legend_entry("all layers", line_swatch("currentColor", dashes="4 2"))
    legend += legend_entry("accuracy, just pruned", box_swatch([colours[GOES]]))
    legend += legend_entry("accuracy, trained again", box_swatch([colours[STAYS]]))
    last = ", ".join(f"{name} {percent(values[-1], 0)}" for name, values in densities.items())
    return Panels(
        "progress",
        {"What is left of each layer": left, "Accuracy on test images": right},
        {
            "What is left of each layer": (
                f"Share of the weights left in each layer after 0 to {len(steps)} iterations. "
                f"In the end: {last}, all layers {percent(everything[-1], 0)}."
            ),
            "Accuracy on test images": (
                f"The complete network has {percent(complete, 0)}. Just pruned: "
                f"{', '.join(percent(value, 0) for value in pruned)}. Trained again: "
                f"{', '.join(percent(value, 0) for value in trained[1:])}."
            ),
        },
        legend,
        colours,
    )


def _iteration_axis(axes: Axes, iterations: range) -> None:
    axes.set_xticks(iterations)
    axes.set_xlim(-0.2, iterations[-1] + 0.2)
    axes.set_xlabel("iteration")


def progress_table(complete: float, steps: Sequence[PruningStep]) -> Table:
    """Weights left and both accuracies of each iteration; arguments as of `progress`."""
    size = steps[0].mask.size
    rows = [("0", f"{size:,}", "100 %", "-", percent(complete, 0))]
    rows += [
        (
            str(i),
            f"{step.mask.survivors:,}",
            percent(step.mask.remaining, 0),
            percent(step.pruned, 0),
            percent(step.trained, 0),
        )
        for i, step in enumerate(steps, start=1)
    ]
    header = ("Iteration", "Weights left", "Share", "Just pruned", "Trained")
    return Table(header, rows, numeric=header[1:])


@dataclass(frozen=True)
class Nested:
    """The weights of one convolution, each in the colour of the iteration in which it goes.

    Attributes:
        name: of the parameter, (c_out, c_in, h, w).
        masks: of the iterations, each nested in the one before.
    """

    name: str
    masks: Sequence[Mask]

    def __post_init__(self):
        if self.masks[0].kept[self.name].ndim != 4:
            raise ValueError(f"{self.name} is no convolution")
        for before, after in pairwise(self.masks):
            if not after.is_nested_in(before):
                raise ValueError("the masks are not nested in each other")

    def lifetimes(self) -> torch.Tensor:
        """(c_out, c_in, h, w): in how many of the masks a weight survives."""
        return torch.stack([mask.kept[self.name] for mask in self.masks]).sum(0)

    @property
    def label(self) -> str:
        """What the picture shows, for those who do not see it."""
        numbers = torch.bincount(self.lifetimes().flatten(), minlength=len(self.masks) + 1)
        *gone, left = (int(number) for number in numbers)
        said = [f"{number:,} in iteration {i}" for i, number in enumerate(gone, start=1)]
        weights = count(int(numbers.sum()), "weight")
        return f"Of the {weights} of {layer(self.name)} go {enumerate_words(said)}; {left:,} stay."

    def _repr_html_(self) -> str:
        iterations = len(self.masks) + 1
        colours = page_colours(iterations)
        shades = [colours[shade] for shade in iteration_colours(iterations)]
        lifetimes = self.lifetimes()
        outs, ins, height, width = lifetimes.shape
        squares = [[] for _ in shades]
        for (o, i, y, x), life in np.ndenumerate(lifetimes.numpy()):
            left, top = o * (width + 0.6) + x, i * (height + 0.6) + y
            squares[life].append(f"M{left:.4g} {top:.4g}h.9v.9h-.9z")
        paths = "".join(
            f'<path d="{"".join(path)}" style="fill:{shade}"/>'
            for path, shade in zip(squares, shades, strict=True)
        )
        texts = [f"goes in iteration {i}" for i in range(1, iterations)] + ["stays"]
        legend = "".join(
            legend_entry(text, box_swatch([shade]))
            for text, shade in zip(texts, shades, strict=True)
        )
        box = f"0 0 {outs * (width + 0.6) - 0.6:.4g} {ins * (height + 0.6) - 0.6:.4g}"
        return (
            f'<div class="panels"><div class="panel-legend" style="margin-bottom:.6rem">{legend}'
            f'</div><svg viewBox="{box}" role="img" aria-label="{html.escape(self.label)}" '
            f'style="width:100%;max-width:36rem;height:auto">{paths}</svg></div>'
        )

    def __repr__(self) -> str:
        return self.label


Stage = tuple[Recipe, tuple[int, int]]
"""A recipe, and where in it a training begins: (epoch, step)."""


def schedules(complete: Recipe, ways: Mapping[str, tuple[Retraining, Sequence[Stage]]]) -> Panels:
    """A panel for each way to train again: the learning rate, and where the values come from.

    Args:
        complete: how the complete network is trained.
        ways: name -> what happens to the survivors, and their trainings one after the other.
    """
    longest = max(
        complete.epochs + sum(recipe.epochs - start[0] for recipe, start in trainings)
        for _, trainings in ways.values()
    )
    figures, labels = {}, {}
    for name, (way, trainings) in ways.items():
        figures[name] = _schedule(name, complete, way, trainings, longest)
        start = values_of(way)
        recipe, (epoch, _) = trainings[0]
        first, last = f"{recipe.schedule(epoch):g}", f"{_last(recipe):g}"
        rates = f"from {first} to {last}" if first != last else f"at {first}"
        labels[name] = (
            f"{name}: learning rate against epochs. The complete training goes from "
            f"{complete.schedule(0):g} to {_last(complete):g}. Then {len(trainings)} trainings "
            f"{rates}. They start from {start}."
        )
    colours = page_colours()
    legend = (
        legend_entry("learning rate", line_swatch("currentColor"))
        + legend_entry("pruning", line_swatch(colours[GOES], dashes="2 2"))
        + legend_entry(
            "the survivors' values: from where, to where",
            '<svg viewBox="0 0 26 12" width="26" height="12" aria-hidden="true">'
            f'<path d="M6 6H18" style="stroke:{colours[STAYS]};stroke-width:1.4"/>'
            f'<path d="M24 6 17 3v6Z" style="fill:{colours[STAYS]}"/>'
            f'<circle cx="4" cy="6" r="3" style="fill:none;stroke:{colours[STAYS]}"/></svg>',
        )
    )
    return Panels("schedules", figures, labels, legend, colours)


def _schedule(
    name: str,
    complete: Recipe,
    way: Retraining,
    trainings: Sequence[Stage],
    longest: int,
) -> Figure:
    figure, axes = panel(name, left=0.15)
    axes.plot(*_curve(complete, 0, 0), color=INK)
    now, rate = complete.epochs, _last(complete)
    for recipe, (epoch, _) in trainings:
        axes.axvline(now, color=GOES, linewidth=1, linestyle=(0, (2, 2)))
        axes.plot(*_curve(recipe, epoch, now), color=INK)
        source = (now, rate)
        if isinstance(way, WeightRewind):
            source = (way.epoch, complete.schedule(way.epoch))
        _arrow(axes, source, (now, recipe.schedule(epoch)))
        now, rate = now + recipe.epochs - epoch, _last(recipe)
    axes.set_xlim(-1, longest + 1)
    axes.set_yscale("log")
    axes.minorticks_off()
    top = complete.schedule(0)
    axes.set_ylim(_last(complete) / 2, 10 * top)
    ticks = [top / 10**power for power in range(3) if top / 10**power >= _last(complete) / 2]
    axes.set_yticks(ticks, [f"{tick:g}" for tick in ticks])
    axes.set_xlabel("epochs trained in all")
    return figure


def _curve(recipe: Recipe, epoch: int, now: int) -> tuple[np.ndarray, list[float]]:
    """Epochs on the axis and the learning rates there, a training from its epoch on."""
    # just before a milestone and at it, so that a step is upright
    fine = np.arange(100 * epoch, 100 * recipe.epochs) / 100
    return fine - epoch + now, [recipe.schedule(time) for time in fine]


def _last(recipe: Recipe) -> float:
    """The learning rate at the end of the last epoch."""
    return recipe.schedule(recipe.epochs - 0.01)


def _arrow(axes: Axes, source: tuple[float, float], target: tuple[float, float]) -> None:
    axes.plot(*source, color=STAYS, marker="o", markersize=5, markerfacecolor="none", linestyle="")
    if np.allclose(source, target):
        return
    bend = 0 if source[0] == target[0] else -0.3
    axes.add_patch(
        FancyArrowPatch(
            source,
            target,
            connectionstyle=f"arc3,rad={bend}",
            arrowstyle="-|>",
            mutation_scale=9,
            shrinkA=3,
            shrinkB=0,
            linewidth=1,
            color=STAYS,
        )
    )


def values_of(way: Retraining) -> str:
    """Where the survivors' values come from."""
    if isinstance(way, WeightRewind):
        if way.point == (0, 0):
            return "their initial values"
        step = f" and {count(way.step, 'step')}" if way.step else ""
        return f"their values after {count(way.epoch, 'epoch')}{step}"
    if isinstance(way, LearningRateRewind | FineTune):
        return "the values they have"
    return "new random values"


def ways_table(complete: Recipe, ways: Mapping[str, tuple[Retraining, Sequence[Stage]]]) -> Table:
    """Values and learning rate that each way to train again begins with; as in `schedules`."""
    rows = []
    for name, (way, trainings) in ways.items():
        recipe, (epoch, _) = trainings[0]
        rows.append(
            (
                name,
                values_of(way),
                f"{recipe.schedule(epoch):g}",
                count(recipe.epochs - epoch, "epoch"),
                "yes" if recipe.schedule == complete.schedule else "no",
            )
        )
    header = ("Way", "Survivors start from", "First rate", "Length", "Same schedule")
    return Table(header, rows, cards=True)


def overlap_table(masks: Mapping[str, Mask]) -> Table:
    """The Jaccard index of each pair of masks, survivors in common over survivors in either."""
    names = [SCORE_NAMES.get(name, name) for name in masks]
    rows = [
        (name, *(f"{mine.jaccard(other):.2f}" for other in masks.values()))
        for name, mine in zip(names, masks.values(), strict=True)
    ]
    return Table(("", *names), rows, numeric=names)


def density_table(masks: Mapping[str, Mask]) -> Table:
    """What is left of each layer, in percent; a column for each mask."""
    first = next(iter(masks.values()))
    rows = [
        (layer(name), *(percent(mask.densities[name], 0) for mask in masks.values()))
        for name in first.kept
    ]
    rows.append(("all", *(percent(mask.remaining, 0) for mask in masks.values())))
    names = [SCORE_NAMES.get(name, name) for name in masks]
    return Table(("Layer", *names), rows, numeric=names)


def survivor_table(masks: Mapping[str, Mask]) -> Table:
    """How many weights of each layer survive; a column for each mask."""
    first = next(iter(masks.values()))
    rows = [
        (
            layer(name),
            f"{kept.numel():,}",
            *(f"{int(mask.kept[name].sum()):,}" for mask in masks.values()),
        )
        for name, kept in first.kept.items()
    ]
    rows.append(("all", f"{first.size:,}", *(f"{mask.survivors:,}" for mask in masks.values())))
    header = ("Layer", "Weights", *masks)
    return Table(header, rows, numeric=header[1:])

# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Pruning, step by step
#
# **Which weights go, and what becomes of the others?**
#
# The smallest weights go, over all layers together, and the others are trained again ({doc}`methods`).
# Here this is done on a network so small that it trains while the page is made, and set beside other ways
# to choose weights and to train on.
#
# :::{note}
# All numbers on this page come from *toys*: a network of three small convolutions and a chain of
# narrow layers. The line at the head of the page is about the measured numbers in the other chapters.
# :::

# %% tags=["parameters"]
# Every section is given the results folder. This one needs no measured number and leaves it unread.
results = "results"


# %% [markdown]
# ## A small network
#
# The network has three convolutions, and a linear layer that gives the ten outputs. The images are the
# small handwritten digits ({doc}`data`), 400 to train on and 500 to test on.

# %%
import copy
from collections import OrderedDict
from dataclasses import replace
from itertools import pairwise

import torch
from torch import nn

from lib.data import load_dataset, normalise
from lib.models import initialise
from lib.pruning import Evidence, FineTune, LearningRateRewind, Mask, Pruning, WeightRewind, prune
from lib.training import Momentum, Recipe, Steps, Training, evaluate

torch.set_num_threads(1)  # sums in the same order each time


def block(number, channels_in, channels_out):
    return {
        f"conv{number}": nn.Conv2d(channels_in, channels_out, 3, padding=1, bias=False),
        f"norm{number}": nn.BatchNorm2d(channels_out),
        f"relu{number}": nn.ReLU(),
    }


def network(seed):
    layers = {"shrink": nn.AvgPool2d(4), **block(1, 3, 8), **block(2, 8, 16)}
    layers |= {"pool": nn.AvgPool2d(2), **block(3, 16, 32)}
    layers |= {"gap": nn.AdaptiveAvgPool2d(1), "flat": nn.Flatten(), "out": nn.Linear(32, 10)}
    model = nn.Sequential(OrderedDict(layers)).double()
    initialise(model, torch.Generator().manual_seed(seed))
    return model


digits = load_dataset("digits", "datasets")
digits = replace(digits, train=digits.train.take(slice(400)))
recipe = Recipe(epochs=12, batch_size=50, optimiser=Momentum(), schedule=Steps(0.1, (6, 10)))


def train(model, seed, mask):
    training = Training(model, digits, recipe, seed, after_step=mask.keeper(model))
    while not training.finished:
        training.run_epoch()
    return evaluate(model, digits.test, digits)[0]


model = network(seed=0)
whole = Mask.complete(model)
complete_accuracy = train(model, 0, whole)
print(f"prunable weights: {whole.size:,}")

# %% tags=["remove-cell"]
from lib.book.report.format import percent
from lib.book.report.page import glue

glue(complete=percent(complete_accuracy, 0))

# %% [markdown]
# Guessing would be right one time in ten; the complete network is right in {glue:text}`complete:s` of the
# cases. Only the weights of the convolutions are prunable: the output layer, the biases and the batch
# normalisation stay whole.
#
# ## Prune, train, repeat
#
# Iterative magnitude pruning {cite}`han2015learning`, as in the paper, removes the 20 % of the surviving
# weights that are smallest, trains the others again with the whole schedule, and repeats. Three
# iterations will do.

# %%
complete = copy.deepcopy(model)
imp = Pruning(iterations=3, fraction=0.2)
masks, just_pruned, trained = [whole], [], [complete_accuracy]
for iteration in range(1, imp.iterations + 1):
    mask = prune(model, masks[-1], imp, iteration)
    masks.append(mask)
    just_pruned.append(evaluate(model, digits.test, digits)[0])
    trained.append(train(model, iteration, mask))
    print(f"iteration {iteration}: {mask.survivors:,} of {mask.size:,} weights left")

# %% [markdown]
# ### One threshold for all layers
#
# All layers are pooled, and one threshold separates the weights that go from those that stay: this is
# *global* pruning. The figure shows the first iteration.

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-threshold", "caption": "The weights of the complete toy network, layer by layer. What lies between the two dashed lines goes in the first iteration."}}
import math

import numpy as np

from lib.book.report.figure import PanelFigure
from lib.book.report.panels import line_swatch
from lib.book.report.style import INK, KIND_COLOURS

STAYS, GOES = KIND_COLOURS["conv_res"], KIND_COLOURS["pool"]


def layer(name):
    return name.removesuffix(".weight")


weights = {name: p.detach() for name, p in complete.named_parameters() if name in whole.kept}
kept = masks[1].kept
largest_gone = max(weights[name][~kept[name]].abs().max().item() for name in kept)
smallest_left = min(weights[name][kept[name]].abs().min().item() for name in kept)
assert largest_gone < smallest_left  # one threshold parts them, in all layers
threshold = (largest_gone + smallest_left) / 2

# Bins are as wide as the threshold is high. So it is an edge, and no bin holds both colours.
bins = math.ceil(max(values.abs().max().item() for values in weights.values()) / threshold)
edges = np.arange(-bins, bins + 1) * threshold
figure = PanelFigure("threshold")
for name, values in weights.items():
    gone = np.histogram(values[~kept[name]], edges)[0]
    left = np.histogram(values[kept[name]], edges)[0]
    axes = figure.panel(layer(name))
    axes.stairs(gone, edges, fill=True, color=GOES, linewidth=0, label="goes")
    axes.stairs(left, edges, fill=True, color=STAYS, linewidth=0, label="stays")
    for place in (-threshold, threshold):
        axes.axvline(place, color=INK, linewidth=0.9, linestyle=(0, (4, 2)))
    axes.set_xlim(edges[0], edges[-1])
    axes.set_ylim(0, 1.25 * max(gone.max(), left.max()))
    axes.yaxis.get_major_locator().set_params(integer=True)
    axes.set_xlabel("value of the weight")
    said = f"{percent(1 - masks[1].densities[name], 0)} of {values.numel():,} go"
    axes.text(0.02, 0.97, said, transform=axes.transAxes, va="top", color=INK)
    axes.set_label(f"Values of the weights: {said}, those nearest to 0.")
limits = f"threshold ±{threshold:.3f}, the same in all layers"
figure.key(limits, line_swatch("currentColor", dashes="4 2"))
figure

# %% [markdown]
# The same threshold costs each layer a different share. Layers with many inputs have small weights,
# and lose more of them.
#
# *Local* pruning takes the same share of each layer instead, and *mixed* pruning forms several pools of
# layers. All three are one argument, `scope`. One step of 20 % leaves this much of each layer:

# %% tags=["hide-input"]
import pandas as pd

from lib.book.report.tables import Table

pools = {
    "global": "global",
    "local": "local",
    "conv1 apart": ("conv1*", "*"),
}


def density_table(masks):
    """The share of the weights left in each layer; a column for each mask."""
    shares = pd.DataFrame({n: {**m.densities, "all": m.remaining} for n, m in masks.items()})
    rows = [(layer(name), *(percent(x, 0) for x in row)) for name, *row in shares.itertuples()]
    return Table(["Layer", *masks], rows, numeric=list(masks))


density_table(
    {
        name: prune(copy.deepcopy(complete), whole, Pruning(scope=scope))
        for name, scope in pools.items()
    }
)

# %% [markdown]
# Global pruning was found to keep the highest accuracy {cite}`morcos2019one`, so the paper uses it.
#
# ### What survives
#
# A pruned weight never comes back: its value and its momentum are set to zero after each step of the
# optimiser. So the masks are nested, each in the one before.

# %%
print([after.is_nested_in(before) for before, after in pairwise(masks)])

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-nested", "caption": "Each square is a weight of conv2, each block of nine a kernel: a column for each output channel, a row for each input channel. The colour says when the weight goes."}}
from IPython.display import HTML
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path

from lib.book.report.panels import box_swatch, inline_svg, legend_entry
from lib.book.report.style import iteration_colours, page_colours

# In how many of the masks does each weight survive? (channels out, channels in, height, width)
lifetimes = sum(mask.kept["conv2.weight"].long() for mask in masks[1:])
outs, ins, height, width = lifetimes.shape
shades, gap = iteration_colours(len(masks)), 0.6
figure = Figure(figsize=(6, 3))
axes = figure.add_axes((0, 0, 1, 1), frame_on=False, xticks=[], yticks=[])
axes.set_xlim(0, outs * (width + gap) - gap)
axes.set_ylim(ins * (height + gap) - gap, 0)
square = Path.unit_rectangle().vertices * 0.9
for life, shade in enumerate(shades):
    squares = [
        Path(np.add(square, [o * (width + gap) + x, i * (height + gap) + y]), closed=True)
        for o, i, y, x in (lifetimes == life).nonzero().tolist()
    ]
    axes.add_patch(PathPatch(Path.make_compound_path(*squares), facecolor=shade, linewidth=0))

colours = page_colours(len(masks))  # in the figure -> on the page, light or dark
said = [*(f"goes in iteration {i}" for i in range(1, len(masks))), "stays"]
legend = "".join(
    legend_entry(text, box_swatch([colours[shade]]))
    for text, shade in zip(said, shades, strict=True)
)
numbers = ", ".join(map(str, lifetimes.flatten().bincount().tolist()))
label = f"Weights of conv2 that go in iterations 1 to 3, and that stay: {numbers}"
svg = inline_svg(figure, "nested", label, colours)
HTML(
    f'<div class="panels"><div class="panel-legend" style="margin-bottom:.6rem">{legend}</div>{svg}</div>'
)

# %% [markdown]
# The pruned weights form no pattern: they go one by one, wherever they are small. That is what
# *unstructured* means. Whole filters can be pruned instead {cite}`li2017pruning`:
# `granularity="filter_l1"`. {doc}`prunings` compares the two, and eight other ways to prune.
#
# ### What it costs

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-progress", "caption": "Three iterations on the toy network: the share of weights left in each layer, and accuracy just after pruning (squares) and after training again (circles)."}}
from matplotlib.ticker import PercentFormatter

iterations = range(len(masks))
densities = pd.DataFrame([mask.densities for mask in masks]).rename(columns=layer)
figure = PanelFigure("progress")

left = figure.panel("What is left of each layer")
looks = [(KIND_COLOURS["add"], "D"), (KIND_COLOURS["fc"], "v"), (KIND_COLOURS["out"], "^")]
for (colour, marker), name in zip(looks, densities, strict=True):
    left.plot(densities[name], color=colour, marker=marker, markersize=4.5, label=name)
everything = [mask.remaining for mask in masks]
left.plot(everything, color=INK, linestyle="--", linewidth=1, label="all layers")
left.set_ylim(0, 1.05)
left.set_yticks(np.arange(0, 1.1, 0.2))

right = figure.panel("Accuracy on test images")
for i in iterations[1:]:
    right.plot([i - 1, i], [trained[i - 1], just_pruned[i - 1]], color=GOES, linewidth=1)
    right.plot([i, i], [just_pruned[i - 1], trained[i]], color=STAYS, linewidth=1)
look = {"markersize": 5, "linestyle": ""}
right.plot(iterations[1:], just_pruned, "s", color=GOES, label="accuracy, just pruned", **look)
right.plot(iterations, trained, "o", color=STAYS, label="accuracy, trained again", **look)
lowest = math.floor(10 * min(just_pruned + trained)) / 10
right.set_ylim(lowest - 0.02, 1.02)
right.set_yticks(np.arange(lowest, 1.01, 0.1))

for axes in (left, right):
    axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0, symbol=" %"))
    axes.set_xticks(iterations)
    axes.set_xlim(-0.2, iterations[-1] + 0.2)
    axes.set_xlabel("iteration")
figure

# %% tags=["hide-input"]
Table(
    ["Iteration", "Weights left", "Share", "Just pruned", "Trained"],
    [
        (
            str(i),
            f"{masks[i].survivors:,}",
            percent(masks[i].remaining, 0),
            percent(just_pruned[i - 1], 0) if i else "-",
            percent(trained[i], 0),
        )
        for i in iterations
    ],
    numeric=["Weights left", "Share", "Just pruned", "Trained"],
)

# %% [markdown]
# The first step costs nothing here. Later ones do, and training repairs the damage.
#
# Whether a pruned network even gets better than the complete one cannot be read off one run on 500
# images. Besides, it has been trained for longer, which is why a control trains on without pruning
# ({doc}`controls`). {doc}`accuracy` shows more iterations and more runs.
#
# ## Ways to train again
#
# The ways to train again differ in the values that the survivors start from, and in the learning rate.
# Four are in use.

# %% tags=["hide-input"]
from lib.study.paper import PAPER
from lib.study.retraining import retraining_recipe

svhn = PAPER["vgg_svhn"].recipe
rate_at_the_end = svhn.schedule(svhn.epochs - 1)
retrainings = {
    "Learning-rate rewinding": LearningRateRewind(),
    "Fine-tuning": FineTune(epochs=5, rate=rate_at_the_end),
    "Weight rewinding": WeightRewind(),
    "Late resetting": WeightRewind(epoch=2),
}

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-schedules", "caption": "The schedule of the paper's VGG_SVHN, 15 epochs, then two iterations of pruning and training again. Arrows say where the survivors' values come from and where they are trained again."}}
trainings = {
    name: [retraining_recipe(Pruning(retraining=way), svhn, iteration) for iteration in (1, 2)]
    for name, way in retrainings.items()
}


def draw_schedule(axes, recipe, start, now):
    """The learning rate of a training from the epoch `start` on, beginning at `now` on the axis."""
    epochs = np.arange(100 * start, 100 * recipe.epochs) / 100  # so fine that a step is upright
    axes.plot(epochs - start + now, [recipe.schedule(epoch) for epoch in epochs], color=INK)
    return now + recipe.epochs - start, recipe.schedule(epochs[-1])


figure = PanelFigure("schedules")
for name, way in retrainings.items():
    axes = figure.panel(name, left=0.15)
    axes.set_label("The learning rate over the epochs, and where it is rewound to.")
    end = draw_schedule(axes, svhn, 0, 0)
    for recipe, (epoch, _) in trainings[name]:
        axes.axvline(end[0], color=GOES, linewidth=1, linestyle=(0, (2, 2)))
        source, target = end, (end[0], recipe.schedule(epoch))
        if isinstance(way, WeightRewind):
            source = (way.epoch, svhn.schedule(way.epoch))
        axes.plot(*source, color=STAYS, marker="o", markersize=5, markerfacecolor="none")
        if not np.allclose(source, target):
            bend = 0 if source[0] == target[0] else -0.3
            arrow = {"arrowstyle": "-|>", "connectionstyle": f"arc3,rad={bend}", "color": STAYS}
            arrow |= {"mutation_scale": 9, "shrinkA": 3, "shrinkB": 0, "linewidth": 1}
            axes.annotate("", target, source, arrowprops=arrow)
        end = draw_schedule(axes, recipe, epoch, end[0])
    axes.set_xlim(-1, 3 * svhn.epochs + 1)
    axes.set_yscale("log")
    axes.minorticks_off()
    axes.set_ylim(0.0005, 1)
    axes.set_yticks([0.1, 0.01, 0.001], ["0.1", "0.01", "0.001"])
    axes.set_xlabel("epochs trained in all")

arrow = f'<path d="M26 6 19 3v6Z" style="fill:{colours[STAYS]}"/>'
circle = f'<circle cx="4" cy="6" r="3" style="fill:none;stroke:{colours[STAYS]}"/>'
figure.key("learning rate", line_swatch("currentColor"))
figure.key("pruning", line_swatch(colours[GOES], dashes="2 2"))
figure.key(
    "the survivors' values: from where, to where",
    line_swatch(colours[STAYS], marker=circle + arrow),
)
figure

# %% tags=["hide-input"]
starts = ["the values they have"] * 2 + ["their initial values", "their values after 2 epochs"]
rows = []
for (name, ((recipe, (epoch, _)), _)), start in zip(trainings.items(), starts, strict=True):
    same = "yes" if recipe.schedule == svhn.schedule else "no"
    length = f"{recipe.epochs - epoch} epochs"
    rows.append((name, start, f"{recipe.schedule(epoch):g}", length, same))
Table(["Way", "Survivors start from", "First rate", "Length", "Same schedule"], rows, cards=True)

# %% [markdown]
# - *Fine-tuning* {cite}`han2015learning` keeps the values and goes on at the last, small rate.
# - *Weight rewinding* {cite}`frankle2019lottery` sends the survivors back to their initial values.
# - *Late resetting* {cite}`frankle2019stabilizing` sends them back to a point soon after the start.
#   Large networks need that.
# - *Learning-rate rewinding* {cite}`renda2020comparing` keeps the values and goes back with the rate. It
#   was found to be more accurate than fine-tuning and weight rewinding, so the paper uses it.
#
# A fifth is a shortcut: *accelerated* pruning {cite}`zullich2021speeding` shortens all re-trainings but
# the last. As a control, one can also keep the mask alone and draw new random values. {doc}`methods`
# lists the variants that can be run on the paper's networks.
#
# ## Which weights go?
#
# A small weight need not be an unimportant one. Pruning removes the weights of the lowest score, and
# there are several scores.
#
# - *Magnitude*: $|w|$.
# - *Random*: a random number.
# - *Gradient × weight*: $|w \, \partial L / \partial w|$, how much the loss $L$ changes for a small
#   relative change of the weight {cite}`lee2019snip`.
# - *SynFlow*: $|w \, \partial R / \partial w|$ with $R$ the sum of the outputs of a network that has
#   $|w|$ in the place of each weight, for an image of ones {cite}`tanaka2020pruning`. It needs no
#   training data.
#
# Each of the four leaves 20 % of the weights of the complete toy network, in one shot.

# %% tags=["hide-input"]
seen = digits.train.take(slice(100))
images = normalise(seen.pixels, digits.mean, digits.std, torch.float64)
chosen = {}
scores = {
    "magnitude": "magnitude",
    "random": "random",
    "gradient × weight": "gradient_weight",
    "SynFlow": "synflow",
}
for name, score in scores.items():
    evidence = Evidence(images, seen.labels, torch.Generator().manual_seed(0))
    chosen[name] = prune(
        copy.deepcopy(complete), whole, Pruning(levels=(0.2,), score=score), evidence=evidence
    )

# %% [markdown]
# How far they choose the same weights is measured by the Jaccard index of two masks: the number of
# weights that survive in both over the number that survive in either {cite}`paganini2020iterative`.

# %% tags=["hide-input"]
Table(
    ["", *chosen],
    [
        (name, *(f"{mask.jaccard(other):.2f}" for other in chosen.values()))
        for name, mask in chosen.items()
    ],
    numeric=list(chosen),
)

# %% tags=["remove-cell"]
density = chosen["random"].remaining
glue(by_chance=f"{density / (2 - density):.2f}")

# %% [markdown]
# Two independent masks of density $d$ would have an index of $d/(2-d)$ by chance, here
# {glue:text}`by_chance:s`. Read the table against that number, not against 0.
#
# They also leave different shares of each layer:

# %% tags=["hide-input"]
density_table(chosen)

# %% [markdown]
# Random pruning leaves the same share of every layer, up to chance. The others do not, and part of what
# two scores have in common is only how they divide the weights among the layers. So one of the book's
# controls draws random masks with the same density in each layer ({doc}`controls`).
#
# ## When a layer dies
#
# Global pruning can remove a whole layer. Then nothing of the image passes, and no training helps. This
# is called *layer collapse* {cite}`tanaka2020pruning`. It shows in a deep chain of narrow layers with two
# wide ones, fresh from initialisation, when 1 % of the weights are left.

# %% tags=["hide-input"]
widths = [8, 8, 64, 64, 8, 8, 8, 3]


def chain(seed):
    layers = [nn.Flatten()]
    for fan_in, fan_out in pairwise(widths):
        layers += [nn.Linear(fan_in, fan_out, bias=False), nn.ReLU()]
    names = ["flat", *(f"{kind}{i}" for i in range(1, len(widths)) for kind in ("layer", "relu"))]
    model = nn.Sequential(OrderedDict(zip(names[:-1], layers[:-1], strict=True))).double()
    initialise(model, torch.Generator().manual_seed(seed))
    return model


no_data = Evidence(torch.zeros(1, 1, 2, 4), torch.zeros(1, dtype=torch.int64), torch.Generator())
collapse = {}
for name, how in {
    "Magnitude": Pruning(levels=(0.01,)),
    "SynFlow, one round": Pruning(levels=(0.01,), score="synflow"),
    "SynFlow, 100 rounds": Pruning(levels=(0.01,), score="synflow", rounds=100),
}.items():
    fresh = chain(seed=0)
    collapse[name] = prune(fresh, Mask.complete(fresh), how, evidence=no_data)
    dead = ", ".join(map(layer, collapse[name].collapsed)) or "none"
    print(f"{name}: layers without any weight: {dead}")

# %% tags=["hide-input"]
counts = pd.DataFrame(
    {"Weights": {n: kept.numel() for n, kept in collapse["Magnitude"].kept.items()}}
    | {m: {n: int(kept.sum()) for n, kept in mask.kept.items()} for m, mask in collapse.items()}
)
counts.loc["all"] = counts.sum()
rows = [(layer(name), *(f"{number:,}" for number in row)) for name, *row in counts.itertuples()]
Table(["Layer", *counts], rows, numeric=list(counts))

# %% [markdown]
# Initial weights are smaller where a layer has more inputs, so magnitude takes the wide layers first.
# SynFlow in one round does no better: it scores the flow through a weight, and in a wide layer each
# weight carries little. But when most weights of a layer are gone, those that are left carry all of the
# flow, and their score rises. To see that, one has to score again. In 100 rounds, of a few percent each,
# no layer dies.
#
# The paper's method is less at risk: it uses the magnitude of *trained* weights, and takes 20 % at a
# time. Here it was the magnitude of initial weights, all in one step. `Mask.collapsed` names the layers
# that died.

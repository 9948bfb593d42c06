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
# {doc}`methods` says it in a sentence: the smallest go, over all layers together, and the rest is
# trained again. This chapter does it, on a network so small that it trains while the page is made.
# Then it looks at other ways to choose and other ways to go on.
#
# :::{note}
# All numbers on this page come from *toys*: a network of three small convolutions and a chain of
# narrow layers. The line at the head of the page is about the measured numbers in the other chapters.
# :::

# %% tags=["parameters"]
results = "results"

# %% tags=["remove-cell"]
# Every section is given the results folder. This one needs no measured number and leaves it unread.
from myst_nb import glue

from lib.report import pruning_figures as figures
from lib.report.names import percent


def tell(name, text):
    """Keep a text for the prose."""
    glue(name, text, display=False)


# %% [markdown]
# ## A small network
#
# What is there to prune? Three convolutions, and a linear layer that gives the ten outputs. The
# images are the small handwritten digits ({doc}`data`), 400 to train on and 500 to test on.

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
tell("complete", percent(complete_accuracy, 0))

# %% [markdown]
# Guessing would be right once in ten times. The complete network is right in
# {glue:text}`complete:s` of the cases. The output layer, the biases and the batch normalisation are not prunable:
# without an output there is no answer.
#
# ## Prune, train, repeat
#
# Now iterative magnitude pruning {cite}`han2015learning`, as in the paper: take away the 20 % of the
# surviving weights that are smallest, train the others again with the whole schedule, repeat. Three
# iterations will do.

# %%
complete = copy.deepcopy(model)
imp = Pruning(iterations=3, fraction=0.2)
mask, steps = whole, []
for iteration in range(1, imp.iterations + 1):
    mask = prune(model, mask, imp, iteration)
    pruned = evaluate(model, digits.test, digits)[0]
    trained = train(model, iteration, mask)
    steps.append(figures.PruningStep(mask, pruned, trained))
    print(f"iteration {iteration}: {mask.survivors:,} of {mask.size:,} weights left")

# %% [markdown]
# ### One threshold for all layers
#
# Which are the smallest? All layers are pooled, and one threshold parts them. This is *global*
# pruning. The figure shows the first iteration.

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-threshold", "caption": "The weights of the complete toy network, layer by layer. What lies between the two dashed lines goes in the first iteration."}}
weights = {name: p.detach() for name, p in complete.named_parameters()}
figures.histograms(weights, whole, steps[0].mask)

# %% [markdown]
# The same threshold costs each layer a different share. Layers with many inputs have small weights,
# and lose more of them.
#
# *Local* pruning asks each layer for the same share instead. *Mixed* pruning makes pools of layers.
# All three are one argument, `scope`. Here is what one step of 20 % leaves of each layer:

# %% tags=["hide-input"]
pools = {
    "global": "global",
    "local": "local",
    "conv1 apart": ("conv1*", "*"),
}
figures.density_table(
    {
        name: prune(copy.deepcopy(complete), whole, Pruning(scope=scope))
        for name, scope in pools.items()
    }
)

# %% [markdown]
# Global pruning was found to keep the highest accuracy {cite}`morcos2019one`, so the paper takes it.
#
# ### What survives
#
# A weight that went stays away: its value and its momentum are set to zero after each step of the
# optimiser. So the masks are nested, each in the one before.

# %%
masks = [step.mask for step in steps]
print([after.is_nested_in(before) for before, after in pairwise([whole, *masks])])

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-nested", "caption": "Each square is a weight of conv2, each block of nine a kernel: a column for each output channel, a row for each input channel. The colour says when the weight goes."}}
figures.Nested("conv2.weight", masks)

# %% [markdown]
# There is no pattern: weights go one by one, wherever they are small. That is what *unstructured*
# means. Whole filters can be pruned instead {cite}`li2017pruning`:
# `granularity="filter_l1"`.
#
# ### What it costs

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-progress", "caption": "Three iterations on the toy network. Left: the share of weights left in each layer. Right: accuracy just after pruning (squares) and after training again (circles)."}}
figures.progress(complete_accuracy, steps)

# %% tags=["hide-input"]
figures.progress_table(complete_accuracy, steps)

# %% [markdown]
# The first step costs nothing here. Later ones do, and training heals. Does a pruned network even get better than the complete one? Don't
# read that off one run on 500 images. Besides, it has been trained for longer: one more reason for
# the control that trains on without pruning ({doc}`methods`). What happens in more iterations and
# more runs is told in {doc}`accuracy`.
#
# ## Ways to train again
#
# After pruning, which values do the survivors start from, and at which learning rate? Four answers
# are in use.

# %%
from lib.study.paper import PAPER
from lib.study.retraining import plan

svhn = PAPER["vgg_svhn"].recipe
rate_at_the_end = svhn.schedule(svhn.epochs - 1)
retrainings = {
    "Learning-rate rewinding": LearningRateRewind(),
    "Fine-tuning": FineTune(epochs=5, rate=rate_at_the_end),
    "Weight rewinding": WeightRewind(),
    "Late resetting": WeightRewind(epoch=2),
}

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-schedules", "caption": "The schedule of the paper's VGG_SVHN, 15 epochs, then two iterations of pruning and training again. Arrows say where the survivors' values come from and where they are trained again."}}
ways = {
    name: (way, [plan(Pruning(retraining=way), svhn, iteration) for iteration in (1, 2)])
    for name, way in retrainings.items()
}
figures.schedules(svhn, ways)

# %% tags=["hide-input"]
figures.ways_table(svhn, ways)

# %% [markdown]
# - *Fine-tuning* {cite}`han2015learning` keeps the values and goes on at the last, small rate.
# - *Weight rewinding* {cite}`frankle2019lottery` sends the survivors back to their initial values.
# - *Late resetting* {cite}`frankle2019stabilizing` sends them back to a point soon after the start.
#   Large networks need that.
# - *Learning-rate rewinding* {cite}`renda2020comparing` keeps the values and goes back with the rate.
#   It was found to be more accurate than fine-tuning and weight rewinding, so the paper takes it.
#
# A fifth is a shortcut: *accelerated* pruning {cite}`zullich2021speeding` makes all re-trainings but
# the last short. And the mask alone can be kept, with new random values: a control. {doc}`methods`
# lists the variants that can be run on the paper's networks.
#
# ## Which weights go?
#
# Is a small weight an unimportant one? There are other scores. The lowest go.
#
# - *Magnitude*: $|w|$.
# - *Random*: a number that has nothing to do with the weight.
# - *Gradient × weight*: $|w \, \partial L / \partial w|$, how much the loss $L$ changes for a small
#   relative change of the weight {cite}`lee2019snip`.
# - *SynFlow*: $|w \, \partial R / \partial w|$ with $R$ the sum of the outputs of a network that has
#   $|w|$ in the place of each weight, for an image of ones {cite}`tanaka2020pruning`. It looks at no
#   data.
#
# All four take the complete toy network and leave 20 % of its weights, at once.

# %%
seen = digits.train.take(slice(100))
images = normalise(seen.pixels, digits.mean, digits.std, torch.float64)
chosen = {}
for score in ("magnitude", "random", "gradient_weight", "synflow"):
    evidence = Evidence(images, seen.labels, torch.Generator().manual_seed(0))
    chosen[score] = prune(
        copy.deepcopy(complete), whole, Pruning(levels=(0.2,), score=score), evidence=evidence
    )

# %% [markdown]
# Do they choose the same ones? The Jaccard index of two masks is the number of weights that survive
# in both over the number that survive in either {cite}`paganini2020iterative`.

# %% tags=["hide-input"]
figures.overlap_table(chosen)

# %% tags=["remove-cell"]
density = chosen["random"].remaining
tell("by_chance", f"{density / (2 - density):.2f}")

# %% [markdown]
# What would chance give? Two independent masks of density $d$ share $d/(2-d)$, here
# {glue:text}`by_chance:s`. Read the table against that number, not against 0.
#
# And what do they leave of each layer?

# %% tags=["hide-input"]
figures.density_table(chosen)

# %% [markdown]
# Random pruning leaves the same of every layer, up to chance. The others do not. Part of what two
# scores have in common is only this: how they share out the weights among the layers. So one of the
# book's controls draws random masks with the same densities ({doc}`methods`).
#
# ## When a layer dies
#
# Could global pruning take a whole layer? Then nothing of the image would pass, and no training would
# help. It is called *layer collapse* {cite}`tanaka2020pruning`. To see it, take a deep chain of narrow
# layers with two wide ones, fresh from initialisation, and leave 1 % of the weights.

# %%
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
    dead = ", ".join(map(figures.layer, collapse[name].collapsed)) or "none"
    print(f"{name}: layers without any weight: {dead}")

# %% tags=["hide-input"]
figures.survivor_table(collapse)

# %% [markdown]
# Initial weights are smaller where a layer has more inputs. So magnitude takes the wide layers first.
# SynFlow at once does no better: it counts what flows through a weight, and in a wide layer each
# weight carries little. But when most weights of a layer are gone, those that are left carry all of
# the flow, and their score rises. One has to score again to see it. In 100 rounds, a few percent in
# each, no layer dies.
#
# Is that a danger for the paper's method? Magnitude of *trained* weights, 20 % at a time, is not
# magnitude at the start and all at once. `Mask.collapsed` tells.

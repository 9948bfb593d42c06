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
# The smallest weights go, over all layers together, and the others are trained again ({doc}`methods`). All numbers on
# this page come from *toys*: a network of three small convolutions and a chain of narrow layers.

# %% tags=["parameters"]
# Every section is given the results folder. This one needs no measured number and leaves it unread.
results = "results"

# %% tags=["remove-cell"]
import copy
from collections import OrderedDict
from dataclasses import replace
from itertools import pairwise

import torch
from torch import nn

from lib.analyses.pruning_methods import analysis, figures
from lib.book.report.figure import PanelFigure
from lib.book.report.format import percent
from lib.book.report.page import glue
from lib.book.report.swatches import line_swatch
from lib.data import load_dataset, normalise
from lib.models import initialise
from lib.pruning import Evidence, FineTune, LearningRateRewind, Mask, Pruning, WeightRewind, prune
from lib.study.paper import PAPER
from lib.training import Momentum, Recipe, Steps, evaluate

# %% [markdown]
# ## A small network
#
# The network has three convolutions, and a linear layer that gives the ten outputs. The images are the
# small handwritten digits ({ref}`more <images>`), 400 to train on and 500 to test on.

# %%
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
model = nn.Sequential(layers).double()
initialise(model, torch.Generator().manual_seed(0))

# %%
torch.set_num_threads(1)  # sums in the same order each time
digits = load_dataset("digits", "datasets")
digits = replace(digits, train=digits.train.take(slice(400)))
recipe = Recipe(epochs=12, batch_size=50, optimiser=Momentum(), schedule=Steps(0.1, (6, 10)))

whole = Mask.complete(model)
complete_accuracy = analysis.train_toy(model, digits, recipe, 0, whole)
glue(complete=percent(complete_accuracy, 0))
print(f"prunable weights: {whole.size:,}")

# %% [markdown]
# Where a guess is right one time in ten, the complete network is right in {glue:text}`complete:s` of the cases. Only
# the weights of the convolutions are prunable: the output layer, the biases and the batch normalisation stay whole.
#
# ## Prune, train, repeat
#
# Iterative magnitude pruning {cite}`han2015learning`, as in the paper, removes the smallest 20 % of the surviving
# weights, trains the others again with the whole schedule, and repeats. Here are three iterations.

# %%
complete = copy.deepcopy(model)
imp = Pruning(iterations=3, fraction=0.2)
masks, just_pruned, trained = [whole], [], [complete_accuracy]
for iteration in range(1, imp.iterations + 1):
    mask = prune(model, masks[-1], imp, iteration)
    masks.append(mask)
    just_pruned.append(evaluate(model, digits.test, digits)[0])
    trained.append(analysis.train_toy(model, digits, recipe, iteration, mask))
    print(f"iteration {iteration}: {mask.survivors:,} of {mask.size:,} weights left")

# %% [markdown]
# ### One threshold for all layers
#
# In *global* pruning, one threshold for all layers separates the weights that go from those that stay. The figure
# shows the first iteration.

# %%
pruned = masks[1]
weights = {n: p.detach() for n, p in complete.named_parameters() if n in pruned.kept}
threshold = analysis.threshold_of(weights, pruned)

# %% [markdown]
# :::{figure-title} fig-threshold
# Under one threshold, late layers lose most
# :::

# %% mystnb={"figure": {"name": "fig-threshold", "caption": "The weights of the complete toy network, layer by layer. What lies between the two dashed lines goes in the first iteration."}}
figure = PanelFigure("threshold")
edges = figures.bin_edges(weights, threshold)
for name, values in weights.items():
    axes = figure.panel(analysis.layer_name(name))
    figures.draw_threshold(axes, values, pruned.kept[name], edges, threshold)
limits = f"threshold ±{threshold:.3f}, the same in all layers"
figure.key(limits, line_swatch("currentColor", dashes="4 2"))
figure

# %% [markdown]
# Layers with many inputs have small weights, and lose more of them.
#
# *Local* pruning takes the same share of each layer instead, and *mixed* pruning forms several pools of
# layers. All three are one argument, `scope`. One step of 20 % leaves this much of each layer:

# %%
scopes = {"global": "global", "local": "local", "conv1 apart": ("conv1*", "*")}
one_step = {}
for name, scope in scopes.items():
    one_step[name] = prune(copy.deepcopy(complete), whole, Pruning(scope=scope))
analysis.density_table(one_step)

# %% [markdown]
# Global pruning was found to keep the highest accuracy {cite}`morcos2019one`, so the paper uses it.
#
# ### What survives
#
# A pruned weight never comes back: its value and its momentum are set to zero after each step of the
# optimiser. So the masks are nested, each in the one before.

# %%
print([after.is_nested_in(before) for before, after in pairwise(masks)])

# %% [markdown]
# :::{figure-title} fig-nested
# A weight that has gone does not come back
# :::

# %% mystnb={"figure": {"name": "fig-nested", "caption": "Each square is a weight of conv2, each block of nine a kernel: a column for each output channel, a row for each input channel. The colour says when the weight goes."}}
lives = figures.lifetimes(masks, "conv2.weight")
figures.draw_kernels(lives, imp.iterations, "conv2")

# %% [markdown]
# The pruned weights form no pattern: the pruning is *unstructured*. Whole filters can be pruned instead
# {cite}`li2017pruning`: `granularity="filter_l1"`. {doc}`prunings` compares the two, and eight other ways to prune.
#
# ### What it costs
#
# :::{figure-title} fig-progress
# Later prunings cost accuracy, and training repairs it
# :::

# %% mystnb={"figure": {"name": "fig-progress", "caption": "Three iterations on the toy network: the share of weights left in each layer, and accuracy just after pruning (squares) and after training again (circles)."}}
figure = PanelFigure("progress")
figures.draw_densities(figure.panel("What is left of each layer"), masks)
figures.draw_accuracies(figure.panel("Accuracy on test images"), just_pruned, trained)
figure

# %% tags=["hide-output"]
analysis.progress_table(masks, just_pruned, trained)

# %% [markdown]
# The first step costs nothing here. Later ones do, and training repairs the damage. ({doc}`accuracy` shows more
# iterations and runs.)
#
# ## Ways to train again
#
# Four ways are in use. They differ in the values that the survivors start from, and in the learning rate.

# %%
svhn = PAPER["vgg_svhn"].recipe
last_rate = svhn.schedule(svhn.epochs - 1)
ways = {
    "Learning-rate rewinding": Pruning(retraining=LearningRateRewind()),
    "Fine-tuning": Pruning(retraining=FineTune(epochs=5, rate=last_rate)),
    "Weight rewinding": Pruning(retraining=WeightRewind()),
    "Late resetting": Pruning(retraining=WeightRewind(epoch=2)),
}

# %% [markdown]
# :::{figure-title} fig-schedules
# Weights, rate or nothing goes back
# :::

# %% mystnb={"figure": {"name": "fig-schedules", "caption": "The schedule of the paper's VGG_SVHN, 15 epochs, then two iterations of pruning and training again. Arrows say where the survivors' values come from and where they are trained again."}}
figure = PanelFigure("schedules")
for name, way in ways.items():
    figures.draw_retrainings(figure.panel(name, left=0.15), way, svhn)
figures.explain_retrainings(figure)
figure

# %% tags=["hide-output"]
analysis.retraining_table(ways, svhn)

# %% [markdown]
# - *Fine-tuning* {cite}`han2015learning` keeps the values and goes on at the last, small rate.
# - *Weight rewinding* {cite}`frankle2019lottery` sends the survivors back to their initial values.
# - *Late resetting* {cite}`frankle2019stabilizing` sends them back to a point soon after the start.
#   Large networks need that.
# - *Learning-rate rewinding* {cite}`renda2020comparing` keeps the values and goes back with the rate. It
#   was found to be more accurate than fine-tuning and weight rewinding, so the paper uses it.
#
# A fifth is a shortcut: *accelerated* pruning {cite}`zullich2021speeding` shortens all re-trainings but the last. As
# a control, one can also keep the mask alone and draw new random values.
#
# ## Which weights go?
#
# A small weight need not be an unimportant one. Pruning removes the weights of the lowest score:
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

# %%
scores = {
    "magnitude": "magnitude",
    "random": "random",
    "gradient × weight": "gradient_weight",
    "SynFlow": "synflow",
}
seen = digits.train.take(slice(100))
images = normalise(seen.pixels, digits.mean, digits.std, torch.float64)
by_score = {}
for name, score in scores.items():
    evidence = Evidence(images, seen.labels, torch.Generator().manual_seed(0))
    how = Pruning(levels=(0.2,), score=score)
    by_score[name] = prune(copy.deepcopy(complete), whole, how, evidence=evidence)

# %% [markdown]
# The Jaccard index says how far two masks agree: the number of weights that survive in both over the number that
# survive in either {cite}`paganini2020iterative`.

# %%
density = by_score["random"].remaining
glue(by_chance=f"{density / (2 - density):.2f}")
analysis.overlap_table(by_score)

# %% [markdown]
# Two independent masks of density $d$ have an index of $d/(2-d)$ by chance, here {glue:text}`by_chance:s`.
#
# The scores also leave different shares of each layer:

# %%
analysis.density_table(by_score)

# %% [markdown]
# Part of what two scores have in common is only how they divide the weights among the layers ({doc}`controls` has
# random masks with the same density in each layer).
#
# ## When a layer dies
#
# Global pruning can remove a whole layer. Then nothing of the image passes, and no training helps: *layer collapse*
# {cite}`tanaka2020pruning`. Here is a deep chain of narrow layers with two wide ones, fresh from initialisation, with
# 1 % of the weights left.

# %%
layers = OrderedDict(flat=nn.Flatten())
for number, (fan_in, fan_out) in enumerate(pairwise([8, 8, 64, 64, 8, 8, 8, 3]), start=1):
    layers[f"layer{number}"] = nn.Linear(fan_in, fan_out, bias=False)
    layers[f"relu{number}"] = nn.ReLU()
layers.popitem()
chain = nn.Sequential(layers).double()
initialise(chain, torch.Generator().manual_seed(0))

# %%
no_data = Evidence(torch.zeros(1, 1, 2, 4), torch.zeros(1, dtype=torch.int64), torch.Generator())
ways = {
    "Magnitude": Pruning(levels=(0.01,)),
    "SynFlow, one round": Pruning(levels=(0.01,), score="synflow"),
    "SynFlow, 100 rounds": Pruning(levels=(0.01,), score="synflow", rounds=100),
}
collapse = {}
for name, how in ways.items():
    fresh = copy.deepcopy(chain)
    collapse[name] = prune(fresh, Mask.complete(fresh), how, evidence=no_data)
    dead = map(analysis.layer_name, collapse[name].collapsed)
    print(f"{name}: layers without any weight: {', '.join(dead) or 'none'}")

# %%
analysis.survivors_table(collapse)

# %% [markdown]
# Initial weights are smaller where a layer has more inputs, so magnitude takes the wide layers first. SynFlow in
# one round does no better, since each weight of a wide layer carries little of the flow. When most of them are
# gone, those that are left carry all of it: one has to score again, and in 100 rounds no layer dies.
#
# The paper's method is less at risk: it uses the magnitude of *trained* weights, and takes 20 % at a time.
#
# ## Exercises
#
# **1.** Two layers have 1,000 weights each, and those of the second are ten times as large. Half of all weights go by
# global magnitude. What is left of each layer?
#
# :::{dropdown} Answer
# About a tenth of the first and nine tenths of the second, if both are normally distributed. Scores that are compared
# over all layers also compare the scales of the layers.
# :::
#
# **2.** Filters of a convolution are pruned, and the mask says that half of the weights are left. Why is less than
# half of the work left?
#
# :::{dropdown} Answer
# The next layer reads the removed channels as constants, so the weights that multiply them do nothing either,
# although they count as left.
# :::

# %% [markdown]
# # Pruning by hand
#
# **Which weights does pruning remove, and what happens to the others?**
#
# It removes the weights of smallest magnitude. One threshold applies to all layers; those with many inputs lose the largest
# share. The surviving weights keep their values and are trained again from the initial learning rate.

# %% tags=["remove-cell"]
from lib.report import number, use_style

use_style()

# %% mystnb={"figure": {"name": "fig-threshold", "caption": "The weights of a small trained network, layer by layer. The first pruning removes the smallest fifth of all (orange), under one threshold."}, "image": {"alt": "Three histograms around 0, from which a band of the same width is removed. The weights of conv1 and conv2 spread far beyond it, those of conv3 less, so that more of them lie within."}}
import matplotlib.pyplot as plt
import torch

from notebooks.pruning_methods.analysis import complete_toy

complete, digits, accuracy = complete_toy()
weights = {name: p.detach() for name, p in complete.named_parameters() if "conv" in name}
threshold = torch.cat([w.abs().flatten() for w in weights.values()]).quantile(0.2)
for axes, (name, w) in zip(plt.subplots(1, 3, figsize=(9, 2.5))[1], weights.items(), strict=True):
    parts = [w[w.abs() < threshold], w[w.abs() >= threshold]]
    axes.hist(parts, threshold * torch.arange(-12, 13), stacked=True, color=["C2", "C0"])
    axes.set_title(
        f"{name[:5]}: {number(100 * len(parts[0]) / w.numel(), 0)} % of {w.numel():,} go"
    )

# %% [markdown]
# ## How to read it
#
# The network has three convolutions and a linear layer that gives the ten outputs; a batch normalisation and a ReLU follow each
# convolution. Trained on 400 small handwritten digits ({ref}`more <images>`), it classifies about {glue:text}`complete:s` of 500
# others correctly; guessing is right one time in ten. Only the weights of the convolutions are prunable: pruning spares the
# output layer, biases and batch norm.
#
# Layers with many inputs start with small weights and therefore lose more of them.
#
# ## Prune, train, repeat
#
# Iterative magnitude pruning {cite}`han2015learning` removes the smallest 20 % of the remaining weights, trains the surviving
# ones again with the whole schedule, and repeats. The function `prune` repeats the lines above; `train` resets removed weights
# and their momentum to zero after each optimiser step. A pruned weight therefore never comes back.

# %%
import copy

from lib.pruning import Evidence, FineTune, LearningRateRewind, Mask, Pruning, WeightRewind, prune
from lib.training import evaluate
from notebooks.pruning_methods.analysis import chain, draw_schedule, train

imp = Pruning(iterations=3, fraction=0.2)
network, masks = copy.deepcopy(complete), [Mask.complete(complete)]
course = [(0, accuracy)]  # iteration, accuracy
for iteration in range(1, imp.iterations + 1):
    masks.append(prune(network, masks[-1], imp, iteration))
    course.append((iteration, evaluate(network, digits.test, digits)[0]))
    course.append((iteration, train(network, digits, masks[-1], seed=iteration)))

# %% tags=["hide-input"] mystnb={"code_prompt_show": "Show how it is drawn", "code_prompt_hide": "Hide how it is drawn", "figure": {"name": "fig-progress", "caption": "Three iterations: the share of weights left in each layer and overall; accuracy on test images, which falls with each pruning and rises with training."}, "image": {"alt": "Each pruning leaves least of conv3 and most of conv1, and half of all weights after the third. Accuracy falls by some points at the second and third pruning, and training brings it back to above 90 %."}}
import pandas as pd


def shares(masks):
    """The share of the weights that each mask leaves in each layer, and in all, in per cent."""
    left = {name: {**mask.densities, "all": mask.remaining} for name, mask in masks.items()}
    return 100 * pd.DataFrame(left).rename(lambda name: name.removesuffix(".weight"))


figure, (left, right) = plt.subplots(1, 2, figsize=(9, 2.8))
shares(dict(enumerate(masks))).T.plot(ax=left, style=["D-", "v-", "^-", "k--"])
left.set(title="Weights left, %", ylim=(0, 105))
right.plot(*zip(*[(i, 100 * value) for i, value in course], strict=True), "o-")
right.set(title="Accuracy, %", ylim=(86, 95))
for axes in (left, right):
    axes.set(xticks=range(4), xlabel="iteration")

# %% [markdown]
# The first pruning costs nothing here. Later ones do, and training repairs the damage. ({doc}`accuracy` covers the study's
# networks.)

# %% tags=["hide-input"] mystnb={"code_prompt_show": "Show how it is drawn", "code_prompt_hide": "Hide how it is drawn", "figure": {"name": "fig-nested", "caption": "When are the weights of conv2 removed? Each square is a weight, each block of nine a kernel: a column for each output channel, a row for each input channel."}, "image": {"alt": "Eight rows of sixteen kernels. In most of them each of the three iterations removes some of the nine weights, in no order."}}
lives = sum(mask.kept["conv2.weight"].double() for mask in masks[1:])
lives = torch.nn.functional.pad(lives, (0, 1, 0, 1), value=torch.nan)  # gaps between kernels
squares = lives.permute(1, 2, 0, 3).flatten(2).flatten(0, 1)
figure, axes = plt.subplots(figsize=(7.5, 4.1))
for life, shade in enumerate(plt.get_cmap("Blues")([0.25, 0.5, 0.75, 1.0])):
    rows, columns = (squares == life).nonzero().T
    label = f"goes in iteration {life + 1}" if life < imp.iterations else "stays"
    axes.plot(columns, -rows, "s", color=shade, ms=6.5, mew=0, label=label)
axes.set(aspect="equal")
axes.set_axis_off()
legend = figure.legend(loc="outside upper left", ncols=4, markerscale=1.2)

# %% [markdown]
# The removed weights form no pattern: the pruning is *unstructured*. Whole filters can be pruned instead
# {cite}`li2017pruning` (`granularity="filter_l1"`); {doc}`prunings` compares the two, and eight other methods.
#
# *Local* pruning removes the same share from each layer; *mixed* pruning forms several pools of layers; `scope` selects one. The
# table gives the % of each layer left after a step of 20 %.

# %%
one_step = {}
for name, scope in {"global": "global", "local": "local", "conv1 apart": ("conv1*", "*")}.items():
    one_step[name] = prune(copy.deepcopy(complete), masks[0], Pruning(scope=scope))
shares(one_step).map(number, digits=0)

# %% [markdown]
# Global pruning keeps the highest accuracy {cite}`morcos2019one`, so the paper uses it.
#
# ## Ways to train again
#
# The ways differ in the surviving weights' starting values and in the learning rate:
#
# - *Fine-tuning* {cite}`han2015learning` keeps the values and continues at the last, small rate.
# - *Weight rewinding* {cite}`frankle2019lottery` resets the surviving weights to their initial values.
# - *Late resetting* {cite}`frankle2019stabilizing` resets them to a point soon after the start. Large networks need that.
# - *Learning-rate rewinding* {cite}`renda2020comparing` keeps the values and resets the rate. It proved more accurate than
#   fine-tuning and weight rewinding, so the paper uses it.

# %% tags=["hide-input"] mystnb={"code_prompt_show": "Show how it is drawn", "code_prompt_hide": "Hide how it is drawn", "figure": {"name": "fig-schedules", "caption": "The learning rate of the paper's VGG_SVHN, 15 epochs, then two prunings (dotted) and trainings. Arrows lead from where the surviving weights take their values (circle) to where their training restarts."}, "image": {"alt": "By learning-rate rewinding the stairs from 0.1 down to 0.001 repeat three times, and arrows lead straight up. Fine-tuning continues at 0.001 for five epochs each. In the other two, arrows lead from the start of the first training to that of each later one."}}
from notebooks.experiments.paper import PAPER

recipe = PAPER["vgg_svhn"].recipe
last_rate = recipe.schedule(recipe.epochs - 1)
ways = {
    "Learning-rate rewinding": LearningRateRewind(),
    "Fine-tuning": FineTune(epochs=5, rate=last_rate),
    "Weight rewinding": WeightRewind(),
    "Late resetting": WeightRewind(epoch=2),
}
figure, panels = plt.subplots(2, 2, figsize=(9, 4.5), sharex=True, sharey=True)
for axes, (name, way) in zip(panels.flat, ways.items(), strict=True):
    draw_schedule(axes, Pruning(retraining=way), recipe)
    axes.set(title=name, xlabel="epochs trained in all")
    axes.label_outer()

# %% [markdown]
# *Accelerated* pruning {cite}`zullich2021speeding` shortens all retraining but the last ({doc}`prunings`). As a
# control, one can also keep only the mask and draw new random values.
#
# ## Which weights should be removed?
#
# A small weight can be important. Pruning removes the weights of the lowest score:
#
# - *Magnitude*: $|w|$.
# - *Random*: a random number.
# - *Gradient × weight*: $|w \, \partial L / \partial w|$, how much the loss $L$ changes for a small relative change of the
#   weight {cite}`lee2019snip`.
# - *SynFlow*: $|w \, \partial R / \partial w|$ where $R$ is the network's summed output for an image of ones, with $|w|$ in place
#   of each weight {cite}`tanaka2020pruning`. It needs no data.
#
# In one shot, each score leaves 20 % of the trained network's weights.

# %%
from lib.data import normalise

seen = digits.train.take(slice(100))
images = normalise(seen.pixels, digits.mean, digits.std, torch.float64)
by_score = {}
for score in ("magnitude", "random", "gradient_weight", "synflow"):
    evidence = Evidence(images, seen.labels, torch.Generator().manual_seed(0))
    how = Pruning(levels=(0.2,), score=score)
    by_score[score] = prune(copy.deepcopy(complete), masks[0], how, evidence=evidence)
names = {"gradient_weight": "gradient × weight", "synflow": "SynFlow"}
shares(by_score).map(number, digits=0).rename(columns=names)

# %% [markdown]
# How far do two masks agree? The Jaccard index is the number of weights that survive in both, divided by the number that survive
# in either {cite}`paganini2020iterative`. Independent masks of density $d$ reach $d/(2-d)$, here {glue:text}`by_chance:s`.

# %%
agreement = {a: {b: one.jaccard(by_score[b]) for b in by_score} for a, one in by_score.items()}
pd.DataFrame(agreement).rename(names, axis=0).rename(names, axis=1).map(number)

# %% [markdown]
# Part of this agreement only reflects how scores divide weights among layers ({doc}`is_it_pruning` has random masks with
# pruning's density in each layer).
#
# ## When a layer dies
#
# Global pruning can remove a whole layer. This is *layer collapse*: no signal passes, and no training helps
# {cite}`tanaka2020pruning`. Here is a newly initialised chain of narrow layers with two wide ones. How many weights does each
# layer have, before and after pruning to 1 %?

# %%
no_data = Evidence(torch.zeros(1, 1, 2, 4), torch.zeros(1, dtype=torch.int64), torch.Generator())
ways = {
    "Magnitude": Pruning(levels=(0.01,)),
    "SynFlow, one round": Pruning(levels=(0.01,), score="synflow"),
    "SynFlow, 100 rounds": Pruning(levels=(0.01,), score="synflow", rounds=100),
}
whole = Mask.complete(chain())
left = {name: prune(chain(), whole, how, evidence=no_data) for name, how in ways.items()}
sizes = {
    name: {layer.removesuffix(".weight"): int(kept.sum()) for layer, kept in mask.kept.items()}
    for name, mask in {"Weights": whole, **left}.items()
}
pd.DataFrame(sizes)

# %% [markdown]
# Initial weights are smaller where a layer has more inputs, so magnitude removes the wide layers first. SynFlow in one round does
# no better, since each weight of a wide layer carries little signal. When most are gone, the remaining weights carry all the
# signal, so one must rescore: in 100 rounds no layer dies.
#
# The paper's method is less at risk: it ranks *trained* weights and removes 20 % at a time.

# %% tags=["remove-cell"]
from lib.report import glue

by_hand = {name: w.abs() >= threshold for name, w in weights.items()}
assert all(kept.equal(by_hand[name]) for name, kept in masks[1].kept.items())
density = by_score["random"].remaining
glue(complete=f"{number(100 * accuracy, 0)} %", by_chance=number(density / (2 - density)))

# %% [markdown]
# ## Exercises
#
# **1.** Two layers have 1,000 weights each, and those of the second are ten times as large. Global magnitude pruning removes half
# of all weights. What is left of each layer?
#
# :::{dropdown} Answer
# About a tenth of the first and nine tenths of the second, if both are normally distributed. Scores that are compared
# over all layers also compare the scales of the layers.
# :::
#
# **2.** Filters of a convolution are pruned, and the mask says that half of the weights are left. Why is less than half of
# the work left?
#
# :::{dropdown} Answer
# The next layer reads the removed channels as constants, so the weights that multiply them do nothing either, although the mask
# counts them.
# :::

# %% [markdown]
# # Pruning by hand
#
# **The paper's pruning removes the weights of smallest magnitude, with one threshold for all layers** (*global* pruning). So a layer with
# many inputs, whose weights are smaller from initialisation on, loses a larger share. *Local* pruning, with a threshold for each layer,
# kept less accuracy in a study by {cite:t}`morcos2019one`.

# %% tags=["remove-cell"]
from lib import report as r

r.use_style()

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-threshold", "caption": "The weights of three convolutions in a small network, trained on 400 small handwritten digits. The first pruning removes the smallest fifth of them all (red)."}, "image": {"alt": "Three histograms around 0, from which a band of the same width is removed. The weights of conv1 and conv2 spread far beyond the band, those of conv3 less, so more of them lie within it."}}
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
        f"{name[:5]}: {r.number(100 * len(parts[0]) / w.numel(), 0)} % of {w.numel():,} removed"
    )

# %% [markdown]
# ## Prune, train, repeat
#
# *Iterative magnitude pruning* {cite}`han2015learning` removes small weights (in the paper, a fifth of those left), trains the others again,
# and repeats. A *mask* marks the weights left; after each step of the optimiser, `train` sets all others to zero.

# %%
import copy

from lib.pruning import Mask, Pruning, prune
from lib.training import evaluate
from notebooks.pruning_methods.analysis import train

imp = Pruning(iterations=3, fraction=0.2)
network, masks = copy.deepcopy(complete), [Mask.complete(complete)]
course = [(0, accuracy)]  # iteration, accuracy
for iteration in range(1, imp.iterations + 1):
    masks.append(prune(network, masks[-1], imp, iteration))
    course.append((iteration, evaluate(network, digits.test, digits)[0]))
    course.append((iteration, train(network, digits, masks[-1], seed=iteration)))

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-progress", "caption": "Right: test accuracy after each pruning and each training. The final accuracy is above that of the original, which was trained less."}, "image": {"alt": "Each pruning leaves least of conv3 and most of conv1. The third leaves half of all weights. Accuracy falls by some points at the second and third pruning, and training brings it back to above 90 %."}}
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
# This pruning is *unstructured*: it removes single weights. *Structured* pruning removes larger parts, such as whole filters
# {cite}`li2017pruning`.
#
# ## Ways to train again
#
# - *Fine-tuning* {cite}`han2015learning` keeps the values and continues at the last, small learning rate.
# - *Weight rewinding* resets values and rate: to the start of training {cite}`frankle2019lottery`, or to an early epoch (*late resetting*,
#   {cite:t}`frankle2019stabilizing`).
# - *Learning-rate rewinding* {cite}`renda2020comparing` keeps the values and resets the rate. The paper uses it; Renda et al. found it
#   more accurate than fine-tuning.
# - *Accelerated pruning* {cite}`zullich2021speeding` shortens every training after a pruning except the last.

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-schedules", "caption": "Learning rate of the paper's VGG_SVHN over 15 epochs, then after each of two prunings (dotted lines). Circle: the epoch whose weights the pruned network takes. Arrow: where training restarts."}, "image": {"alt": "With learning-rate rewinding the stairs from 0.1 down to 0.001 appear three times, and arrows lead straight up. Fine-tuning continues at 0.001 for five epochs each. In the other two, arrows lead from the start of the first training, or soon after it, to the start of each later one."}}
from lib.pruning import FineTune, LearningRateRewind, WeightRewind
from notebooks.pruning_methods.analysis import draw_schedule
from notebooks.shared.paper import PAPER

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
# ## Scores of weights
#
# Pruning removes the weights of lowest *score*. Four scores:
#
# - *Magnitude*: |*w*|.
# - *Random*: a random number.
# - *Gradient × weight*: |*w* ∂*L*/∂*w*|, how fast the loss *L* changes with a relative change of the weight {cite}`lee2019snip`.
# - *SynFlow*: |*w* ∂*R*/∂*w*|, where *R* is the sum of the outputs for an image of ones if each weight is replaced by its absolute value
#   {cite}`tanaka2020pruning`. It needs no data. With new scores in each of many rounds, it avoids emptying a layer ({doc}`prunings`).
#
# Weights left in each layer of the small network, in %, if one round prunes it to 20 %:

# %% tags=["hide-input"]
from lib.data import normalise
from lib.pruning import Evidence

seen = digits.train.take(slice(100))
images = normalise(seen.pixels, digits.mean, digits.std, torch.float64)
by_score = {}
for score in ("magnitude", "random", "gradient_weight", "synflow"):
    evidence = Evidence(images, seen.labels, torch.Generator().manual_seed(0))
    how = Pruning(levels=(0.2,), score=score)
    by_score[score] = prune(copy.deepcopy(complete), masks[0], how, evidence=evidence)
names = {"gradient_weight": "gradient × weight", "synflow": "SynFlow"}
shares(by_score).map(r.number, digits=0).rename(columns=names)

# %% tags=["remove-cell"]
by_hand = {name: w.abs() >= threshold for name, w in weights.items()}
assert all(kept.equal(by_hand[name]) for name, kept in masks[1].kept.items())

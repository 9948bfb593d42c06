# %% [markdown]
# # Which metric should I use?
#
# **You have two networks and a question. Which similarity metric answers it?**
#
# To match a layer with another network's, take CKA or NBS: SVCCA and PWCCA never demonstrably outperform guessing. To find out
# which original a pruned network comes from, take PWCCA: it identifies the origin of every layer on 10,000 images, and of nearly
# every one with the paper's recipe; CKA misses more ({doc}`is_it_pruning`).
#
# ```{glue} rests-answer
# ```
#
# | You want to know whether … | Take | Matrix |
# | --- | --- | --- |
# | a layer is the same as in another network | CKA or NBS ({ref}`below <same-layer>`) | flat |
# | a pruned network comes from this one | PWCCA, compared with strangers ({doc}`is_it_pruning`) | channels |
# | much of the original is left | SVCCA or PWCCA, as relative similarity: CKA and NBS leave too little room ({doc}`contrast`) | channels |
# | a linear probe finds the same | mean CCA, silent channels ({ref}`why <dead-channels>`) | channels |
# | a channel is still the same | correlation with its origin ({ref}`below <own-channels>`) | channels |
# | the answers are the same | share of equal answers ({doc}`accuracy`) | – |

# %% tags=["parameters"]
results = "results/chapters/converged"

# %% tags=["remove-cell"]
from lib import ROOT
from lib.report import use_style

use_style()
results = ROOT / results

# %% mystnb={"figure": {"name": "fig-same-layer", "caption": "Similarity of each hidden layer of one complete VGG_SVHN (rows) with each of another one (columns, in the same order), mean over the pairs of networks, from pale (0) to dark (1). A dot marks the most similar layer of each row: a metric that finds the same layer has all dots on the diagonal. Empty: not defined, since the maps differ in size; so the last layer has no rival in the first panel."}, "image": {"alt": "By SVCCA the squares of a block are about equally dark, and most dots lie off the diagonal. By CKA the diagonal is darkest, and all dots lie on it."}}
import matplotlib.pyplot as plt
import pandas as pd

rows = pd.read_parquet(f"{results}/vgg_svhn_few_images_independent/identification.parquet")
figure, panels = plt.subplots(1, 2, figsize=(9, 4))
for axes, choice in zip(panels, ["SVCCA, channels", "CKA, flat"], strict=True):
    pairs = rows[rows.metric.str.upper() + ", " + rows.reshape == choice]
    mean = pairs.pivot_table("value", "layer_x", "layer_y", sort=False).iloc[-2::-1, :-1]
    axes.pcolormesh(mean.columns, mean.index, mean, cmap="Blues", vmin=0, vmax=1)
    best = mean.round(10).idxmax(axis=1)
    axes.plot(best, mean.index, "o", color="#d55e00")
    axes.set(title=f"{choice}: {sum(best == mean.index)} of {len(mean)}", xticks=[])

# %% [markdown]
# ## How to choose
#
# Choose by what should count as *the same*. Metrics of the CCA family ignore any invertible linear map of the channels. They
# measure what a linear probe could find, in strong and faint directions alike. CKA and NBS ignore only rotations and rescalings,
# and give more weight to strong directions. Where the right answer is known, a metric can be tested: layers at the same depth of
# two networks do the same job, a pruned network comes from one original, and each of its channels is one of the original's.
#
# `compare_networks(a, b, images, metrics=["cka"])` computes each metric on the paper's matrix; `reshapes=` chooses another
# ({doc}`your_own`; {doc}`similarity_metrics` explains both).
#
# VGG16_BN ¼ and ResNet_fast ¼ have a quarter of the paper's channels; VGG_SVHN has all. They were trained on 10,000 images
# until further training hardly helped, and pruned four times, to {glue:text}`left:s` of the weights.

# %% tags=["hide-input"] mystnb={"code_prompt_show": "Show imports and names", "code_prompt_hide": "Hide imports and names"}
from lib.report import (
    MARGIN,
    MATRIX,
    TITLES,
    Claims,
    by_network,
    draw_levels,
    glue,
    intervals,
    mean_over,
    number,
    read,
    shown,
    titled,
    weights_left,
)
from notebooks.which_metric.analysis import looked_for

NETWORKS = ["vgg16_bn_quarter", "vgg_svhn", "resnet_fast_quarter"]
NAMES = TITLES | {
    "mean_cca": "mean CCA",
    "cka_debiased": "CKA, debiased",
    "procrustes": "Procrustes",
}
NAMES |= {"linear_regression": "regression", "rsa": "RSA", "knn_overlap": "kNN overlap"}
NAMES |= {"guess": "a guess", "representation": "representation alone", "kernel": "Kernel"}
NAMES |= {"with gradients": "gradients", "with unit gradients": "gradients of unit length"}
LAST = 4
claims = Claims("which_metric", results, names=NAMES)
table = read("performance", results, regime="few_images").query("network in @NETWORKS")
glue(left=weights_left(table.drop(columns="network"))[LAST])

# %% [markdown]
# (same-layer)=
# ## The same layer in another network
#
# **CKA and NBS find the same layer again,** at least a tenth more often than guessing does. SVCCA and PWCCA both fail in
# VGG_SVHN, SVCCA also fails in VGG16_BN ¼, and the other cases are inconclusive.
#
# ```{glue} rests-same-layer
# ```
#
# For each layer of a complete network we look for the most similar layer of another one, trained from another seed, and the other
# way round. The layer is found if the one at the same depth is the most similar ({cite:t}`kornblith2019similarity`, section 6.1).
# On the channels matrix only layers with maps of the same size can be compared. On every matrix a metric therefore chooses among
# two to five such layers, which are hard to tell apart.
#
# The table gives the share of layers that are found, each metric on the paper's matrix.

# %%
cases = looked_for(read("identification", results, regime="few_images"))
cases = cases.query("network in @NETWORKS")  # a row a layer: is it found, would a guess find it
paper = cases[cases.reshape == cases.metric.map(MATRIX)].drop(columns=["layer", "way"])
found, guess = by_network(paper, "found"), by_network(paper, "guess")
shares = shown(intervals(found, 0, 1)).unstack("metric")
titled(shares.assign(guess=guess.groupby("network").mean().map(number)), NAMES)

# %% [markdown]
# The next table gives all metrics on each matrix, as means over the three networks. Guessing finds {glue:text}`guess:s`; a dash
# marks a metric undefined in some network.

# %% tags=["hide-output"] mystnb={"code_prompt_show": "Show all metrics on each matrix", "code_prompt_hide": "Hide all metrics on each matrix"}
by_matrix = cases.groupby(["metric", "reshape", "network"]).found.mean().unstack("network")
means = by_matrix.mean(axis=1, skipna=False).unstack("reshape")
titled(means.map(number), NAMES)

# %% tags=["hide-input"] mystnb={"code_prompt_show": "Show what is claimed", "code_prompt_hide": "Hide what is claimed"}
finds = (
    "{metric} finds the same layer in another {network} a tenth more often than a guess, or more."
)
claims.each("{network}-finds-{metric}", finds, intervals(found - guess), above=MARGIN, margins=True)
glue(guess=number(guess.groupby("network").mean().mean()))

# %% [markdown]
# The metric decides, and the matrix hardly does. {cite:t}`kornblith2019similarity` found 99 % of the layers of ten small networks
# by CKA, and 11 and 10 % by PWCCA and SVCCA, with images as rows. Where layers are redundant, a miss may be no fault. Nor does a
# hit make 0.95 a high value: the test asks only for an order ({cite:t}`ding2021grounding`).
#
# (own-channels)=
# ## A pruned network's own channels
#
# **In a network with 1.2 % of its weights, most active channels still correlate best with their own counterpart in the
# original:** {glue:text}`least_own:s` to {glue:text}`most_own:s` of them in an average layer.
#
# ```{glue} rests-own
# ```
#
# **Further training without pruning leaves {glue:text}`least_trained:s` to {glue:text}`most_trained:s` of the channels in place.**
#
# ```{glue} rests-moved
# ```
#
# With which channel of the pruned network does each channel of the original correlate most, over all positions of all images
# ({cite:t}`khosla2023soft`)? The right answer: its own. All metrics of the paper ignore the order of the channels, so none can
# answer this. The table gives the share of the channels active in both networks, averaged over the layers, after the last
# pruning.

# %%
matching = read("matching", results, regime="few_images").query("network in @NETWORKS")
own = by_network(matching, "own")  # index: network, role, iteration, train_seed, layer
at_the_end = mean_over(own, "layer").rename({0: LAST}, level="iteration")
at_the_end = at_the_end.xs(LAST, level="iteration")
chance = (1 / matching.channels).groupby(matching.network).mean()
shares = shown(intervals(at_the_end, 0, 1)).unstack("role")
titled(shares.assign(guess=chance.map(number)), NAMES)

# %% [markdown]
# *Complete* compares two unpruned networks, which have no common order of channels. In which layers do channels move?

# %% tags=["hide-input"] mystnb={"code_prompt_show": "Show how it is drawn", "code_prompt_hide": "Hide how it is drawn", "figure": {"name": "fig-own-channels", "caption": "Share of each layer's channels that correlate best with themselves in the original, after each pruning (pale to strong), and between two complete networks (dots); means over three networks."}, "image": {"alt": "In VGG16_BN nearly all channels of the first half of the layers do, and few of the last layers; in VGG_SVHN and ResNet_fast fewer with each pruning, fewest in the last layers. Dots lie near 0."}}
figure, panels = plt.subplots(1, 3, figsize=(9, 2.9), sharey=True)
lines = own.groupby(["network", "role", "iteration", "layer"], sort=False).mean()
for axes, network in zip(panels, [name for name in NETWORKS if name in lines], strict=False):
    draw_levels(axes, lines[network, "pruned"].unstack("layer", sort=False))
    axes.plot(lines[network, "complete", 0].to_numpy(), "k:", label="complete networks")
    axes.set(title=NAMES[network], ylim=(0, 1.05))
legend = panels[1].legend(loc="center left")

# %% tags=["hide-input"] mystnb={"code_prompt_show": "Show what is claimed", "code_prompt_hide": "Hide what is claimed"}
roles = at_the_end.unstack("role").reindex(columns=["pruned", "trained_as_long"])
most = "Most channels of {network} that are alive find themselves after the last pruning."
claims.each("{network}-own", most, intervals(roles.pruned), above=0.5)
moved = "Fewer channels of {network} find themselves after pruning than after training as long."
claims.each("{network}-moved", moved, intervals(roles.pruned - roles.trained_as_long), below=0)
for name, role in {"own": "pruned", "trained": "trained_as_long"}.items():
    of_networks = 100 * roles[role].groupby("network").mean()
    glue(**{f"least_{name}": f"{number(of_networks.min(), 0)} %"})
    glue(**{f"most_{name}": f"{number(of_networks.max(), 0)} %"})

# %% [markdown]
# (gradients)=
# ## Gradients of the loss
#
# The paper's future work proposes to compare representations together with their gradients. {cite:t}`tang2020similarity`
# call two images alike in a layer if their representations are alike *and* the gradients of the loss are.
#
# **In VGG_SVHN and ResNet_fast ¼ gradients do not help** to identify a pruned network's origin: to within a tenth, kernels with
# gradients identify it in no more layers than kernels without. In VGG16_BN ¼ the result is inconclusive.
#
# ```{glue} rests-gradients
# ```
#
# The origin counts as identified in a layer if CKA of the pruned network and its original exceeds CKA of any two complete
# networks. (We did not record gradients for strangers of the same pruned network.) The table gives how many more layers gradients
# identify, averaged over the four prunings.

# %%
kernels = read("gradients", results, regime="few_images").query("network in @NETWORKS")
kernels = kernels.query("metric == 'cka' and kind != 'out'")
layer = ["network", "kernel", "layer"]
highest = kernels.query("role == 'complete'").groupby(layer).value.max().rename("highest")
pruned = kernels.query("role == 'pruned'").join(highest, on=layer)
pruned["apart"] = (pruned.value > pruned.highest).astype(float)
apart = pruned.groupby(["network", "kernel", "iteration", "train_seed"]).apart.mean()
gained = mean_over(apart, "iteration").unstack("kernel")
gained = gained.drop(columns="representation").sub(gained.representation, axis=0)
gained = intervals(gained.rename_axis(columns="kernel").stack())
titled(shown(gained, sign=True).unstack("kernel"), NAMES)

# %% tags=["hide-input"] mystnb={"code_prompt_show": "Show what is claimed", "code_prompt_hide": "Hide what is claimed"}
helps = "With {kernel}, CKA tells pruned {network} apart in a tenth more of the layers, or more."
claims.each("{network}-{kernel}", helps, gained, above=MARGIN, margins=True)

# %% [markdown]
# `with_gradients` multiplies kernels of representation and gradient; the gradient is that of an image's cross-entropy.
#
# ## How far to trust this
#
# There are three complete networks per setting, and three pairs of them. Three rules predate these analyses: that a metric beats
# guessing, that most channels still correlate best with themselves, and that training moves fewer. **Two choices came later:**
# the margin of a tenth (by the older rule, PWCCA in VGG_SVHN was inconclusive) and the mean over the prunings. The old rule on
# gradients concerned the first pruning, where representations alone identify all layers and nothing is left to gain. We did not
# measure how metrics notice damage, nor how they fare in the tests of {cite:t}`klabunde2025resi`.
#
# The folds below list all claims, and verdicts that change with half or twice the margin.

# %% tags=["remove-cell"]
same_layer = {"*-finds-[cn]*": "holds", "*-finds-[sp]*": "inconclusive"}
same_layer |= {"vgg_svhn-finds-[sp]*": "does not hold", "vgg16*-finds-svcca": "does not hold"}
claims.expect(
    {
        "answer": same_layer,
        "same-layer": same_layer,
        "own": {"*-own": "holds"},
        "moved": {"*-moved": "holds"},
        "gradients": {"*gradients": "does not hold", "vgg16*-with gradients": "inconclusive"},
    }
)

# %% tags=["hide-output"] mystnb={"code_prompt_show": "Show all claims", "code_prompt_hide": "Hide the claims"}
claims.table()

# %%
claims.by_margin()

# %% [markdown]
# **What to take away.** Take CKA or NBS to find a layer again, PWCCA with strangers to trace a network, and the correlation of
# channels to see whether they stay.
#
# ## Exercises
#
# **1.** CKA finds the same layer in another network nearly always. Does it follow that a layer with a CKA of 0.95 is 95 %
# the same?
#
# :::{dropdown} Answer
# No. A metric can put all layers in the right order and still call all of them very similar, as the second panel of the
# first figure shows.
# :::
#
# **2.** CKA of a layer is 0.9, and a quarter of its channels correlate best with themselves. How can both be true?
#
# :::{dropdown} Answer
# CKA ignores rotations of the channels: the same information may lie in other channels than before.
# :::

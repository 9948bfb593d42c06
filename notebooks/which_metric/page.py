# %% [markdown]
# # Which metric should I use?
#
# **Metric and {ref}`matrix <matrices>` depend on the question.** A layer's outputs form a matrix
# with one row for each position of an image (*channels*) or one for each image (*flat*).
#
# | Question | Metric | Matrix |
# | --- | --- | --- |
# | Do two layers of different networks correspond? | {ref}`CKA or NBS <same-layer>` | flat |
# | Does a pruned network come from a given original? | {ref}`PWCCA <origin>`, compared with strangers | channels |
# | Does a pruned layer still work in the original? | {ref}`relative similarity <function>`, by any metric (tested in one network) | channels (SVCCA, PWCCA), flat (CKA, NBS) |
# | Does a linear probe find the same in two layers? | mean CCA and the number of {ref}`dead channels <dead-channels>` | channels |
# | Is a channel still the same? | {ref}`correlation with its counterpart <own-channels>` | channels |
# | Are the answers the same? | {ref}`share of same answers <answers>` | – |
#
# ```{glue} rests-answer
# ```

# %% tags=["parameters"]
results = "results/chapters/converged"
unseen = "results/chapters/out_of_sample"

# %% tags=["remove-cell"]
from lib import report as r
from lib.repository import ROOT

r.use_style()
results, unseen = ROOT / results, ROOT / unseen

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-same-layer", "caption": "Similarity of each hidden layer of one VGG_SVHN to each of another (mean over pairs). Dots: the most similar layer of each row. White: undefined, since the maps differ in size."}, "image": {"alt": "By SVCCA the squares of a block are about equally dark, and most dots lie off the diagonal. By CKA the diagonal is darkest, and all dots lie on it."}}
import matplotlib.pyplot as plt
import pandas as pd

rows = r.read("identification", results / "vgg_svhn_few_images_independent")
figure, panels = plt.subplots(1, 2, figsize=(7.8, 3.6), sharey=True)
for axes, choice in zip(panels, ["SVCCA, channels", "CKA, flat"], strict=True):
    pairs = rows[rows.metric.str.upper() + ", " + rows.reshape == choice]
    mean = pairs.pivot_table("value", "layer_x", "layer_y", sort=False).iloc[-2::-1, :-1]
    squares = axes.pcolormesh(mean.columns, mean.index, mean, cmap="Blues", vmin=0, vmax=1)
    best = mean.round(10).idxmax(axis=1)
    axes.plot(best, mean.index, "o", color="#d55e00")
    found = (best == mean.index)[mean.notna().sum(axis=1) > 1]
    title = f"{choice}: {found.sum()} of {len(found)} found"
    axes.set(title=title, xticks=[], xlabel="the same layers of a stranger")
    axes.grid(visible=False)
panels[0].set_ylabel("layer of one network")
bar = figure.colorbar(squares, ax=panels, label="similarity")

# %% [markdown]
# ## How to choose
#
# Choose by what should count as *the same*. Mean CCA (the mean canonical correlation) ignores any invertible linear map of the channels, as
# a linear probe does, and counts all directions alike. CKA and NBS ignore only rotations and rescalings; strong directions dominate both
# ({doc}`similarity_metrics`).
#
# Except for stitching and gradients, we test VGG_SVHN and quarter-width (¼) VGG16_BN and ResNet_fast, trained on
# 10,000 images and pruned to {glue:text}`left:s` of the weights.

# %% tags=["hide-input"]
from lib import report as r
from notebooks.which_metric.analysis import looked_for
from notebooks.which_metric.stitching_job import MAPS

NETWORKS = ["vgg16_bn_quarter", "vgg_svhn", "resnet_fast_quarter"]
NAMES = r.TITLES | {
    "mean_cca": "mean CCA",
    "cka_debiased": "CKA, debiased",
    "procrustes": "Procrustes",
    "linear_regression": "regression",
    "rsa": "RSA",
    "knn_overlap": "kNN overlap",
    "guess": "guessing",
    "representation": "representation alone",
    "kernel": "Kernel",
    "complete": "two originals",
    "map": "Map",
    "with gradients": "gradients",
    "with unit gradients": "gradients of unit length",
}
LAST = 4
claims = r.Claims("which_metric", results, unseen, names=NAMES)
table = r.read("performance", results, regime="few_images").query("network in @NETWORKS")
weights = r.weights_left(table.drop(columns="network"))
r.glue(left=weights[LAST])

# %% [markdown]
# (same-layer)=
# ## CKA and NBS find the same layer again
#
# A metric *finds* a layer if the most similar layer of another original, among the two to five with
# maps of the same size, lies at the same depth ({cite:t}`kornblith2019similarity`, section 6.1).
#
# **CKA and NBS find the layer at least 10 percentage points more often than guessing does** (on channels, too, where they find
# {glue:text}`on_channels:s` of the layers). SVCCA (VGG_SVHN, VGG16_BN ¼) and PWCCA (VGG_SVHN) do not; elsewhere both are inconclusive.
#
# ```{glue} rests-same-layer
# ```
#
# Share of layers found, by SVCCA and PWCCA on channels, by CKA and NBS on the flat matrix (*3 of 3*: the same in all three networks):

# %% tags=["hide-input"]
cases = looked_for(r.read("identification", results, regime="few_images"))
cases = cases.query("network in @NETWORKS")  # a row a layer: is it found, would a guess find it
paper = cases[cases.reshape == cases.metric.map(r.MATRIX)].drop(columns=["layer", "way"])
found, guess = r.by_network(paper, "found"), r.by_network(paper, "guess")
by_metric = r.as_text(r.intervals(found, 0, 1)).unstack("metric")
r.titled(by_metric.assign(guess=guess.groupby("network").mean().map(r.number)), NAMES)

# %% tags=["remove-input", "hide-output"] mystnb={"code_prompt_show": "Show the shares of all metrics on each matrix", "code_prompt_hide": "Hide all metrics on each matrix"}
by_matrix = cases.groupby(["metric", "reshape", "network"]).found.mean().unstack("network")
shares_found = by_matrix.mean(axis=1, skipna=False).unstack("reshape")
r.glue(on_channels=r.span(by_matrix.loc[[("cka", "channels"), ("nbs", "channels")]].stack()))
r.titled(shares_found.map(r.number), NAMES)

# %% tags=["hide-input"]
finds = "{metric} finds the same layer in another {network} at least 10 percentage points more often than guessing does."
claims.each(
    "{network}-finds-{metric}", finds, r.intervals(found - guess), above=r.MARGIN, margins=True
)

# %% [markdown]
# (function)=
# ## Layers of higher relative similarity work better in the original
#
# *Stitching* ({cite:t}`csiszarik2021similarity`) replaces a layer of the original, or of a
# stranger, by the pruned network's layer followed by a linear map, and counts how often the answer
# stays the same. *Functional relative similarity* is 0 if this works no better in the original than
# in strangers, and 1 if no answer changes.
#
# **By each metric, relative similarity ranks layers much as functional relative similarity does (mean rank correlation
# {glue:text}`follows:s`),** over the convolutions of half-width VGG_SVHN, pruned in four ways to three shares of their weights. Part of
# this comes from depth and sparsity. With *any linear map* of the channels, all intervals lie above 0.7; with a *rotation* and one scale,
# those by SVCCA and PWCCA do (CKA and NBS: inconclusive). Whether mean relative similarity lies within 0.1 of its functional counterpart is
# inconclusive. (With a {ref}`first set <unseen>` of these networks, more of this held.)
#
# ```{glue} rests-function
# ```

# %% tags=["hide-input"]
stitched = r.read("stitching", unseen).rename(columns={"map": "metric", "agreement": "value"})
layers = r.hidden_layers(r.read("descent", unseen)).query(
    "kind == 'conv' and role in @stitched.role"
)
sides = [r.original_and_strangers(rows) for rows in (layers, stitched)]
# index: network, regime, role, iteration, train_seed, layer; columns: metrics, and maps
of_layers = pd.concat([r.relative_similarity(*x).unstack("metric") for x in sides], axis=1)
CASES = [(kind, metric) for kind in MAPS for metric in r.COLOURS]
ranks = {
    (kind, metric): of_layers[[metric, kind]]
    .dropna()
    .groupby(level=r.NETWORK)
    .apply(lambda x: r.spearman(*x.T.to_numpy()))
    for kind, metric in CASES
}
ranks = pd.concat(ranks, names=["map", "metric"])

# %% tags=["hide-cell"] mystnb={"code_prompt_show": "Show relative similarity minus functional relative similarity", "code_prompt_hide": "Hide relative similarity minus functional relative similarity"}
means = [[r.mean_over(x, "layer") for x in side] for side in sides]
of_networks = pd.concat([r.relative_similarity(*x).unstack("metric") for x in means], axis=1)
apart = {
    (kind, metric): (of_networks[metric] - of_networks[kind]).groupby(level=r.NETWORK).mean()
    for kind, metric in CASES
}
apart = pd.concat(apart, names=["map", "metric"])
r.titled(r.as_text(r.intervals(apart), sign=True).unstack("metric"), NAMES)

# %% tags=["hide-input"]
by_map = "In layers of VGG_SVHN stitched by a {map} map, "
follows = "relative similarity by {metric} and functional relative similarity have a rank correlation of at least 0.7."
followed = r.intervals(ranks, -1, 1)
claims.each("follows-{map}-{metric}", by_map + follows, followed, above=0.7)
lead = ranks.xs("pwcca", level="metric") - ranks.xs("cka", level="metric")
better = "relative similarity by PWCCA has a higher rank correlation with functional relative similarity than that by CKA."
claims.each("better-{map}", by_map + better, r.intervals(lead), above=0)
near = "mean relative similarity by {metric} lies within 0.1 of functional relative similarity."
bounds = {"above": -r.MARGIN, "below": r.MARGIN, "margins": True}
claims.each("worth-{map}-{metric}", by_map + near, r.intervals(apart), **bounds)
r.glue(follows=r.span(followed["mean"]))

# %% [markdown]
# (own-channels)=
# ## Most channels keep their place
#
# A channel of the original *keeps its place* if the pruned network's channel with which it correlates most has the same index
# ({cite:t}`khosla2023soft`). Dead channels do not count.
#
# **With 1.2 % of the weights left, {glue:text}`least_own:s` to {glue:text}`most_own:s` of a layer's
# channels keep their place** (mean over layers), but few in the last layers. In training-only
# controls, {glue:text}`least_trained:s` to {glue:text}`most_trained:s` do.
#
# ```{glue} rests-own
# ```

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-own-channels", "caption": "Share of each layer's channels that keep their place, after each pruning. Means over three networks."}, "image": {"alt": "In VGG16_BN nearly all channels of the first half of the layers keep their place, and few of the last layers do. In VGG_SVHN and ResNet_fast each pruning leaves fewer channels in place, fewest in the last layers. The dotted lines lie near 0."}}
matching = r.read("matching", results, regime="few_images").query("network in @NETWORKS")
own = r.by_network(matching, "own")  # index: network, role, iteration, train_seed, layer
last_own = r.mean_over(own, "layer").rename({0: LAST}, level="iteration")
last_own = last_own.xs(LAST, level="iteration")
figure, panels = plt.subplots(1, 3, figsize=(8.4, 3.4), sharey=True)
lines = own.groupby(["network", "role", "iteration", "layer"], sort=False).mean()
for axes, network in zip(panels, [name for name in NETWORKS if name in lines], strict=False):
    r.draw_levels(axes, lines[network, "pruned"].unstack("layer", sort=False))
    axes.plot(lines[network, "complete", 0].to_numpy(), "k:", label="two originals")
    axes.set(title=NAMES[network], ylim=(0, 1.05))
    for line, share in zip(axes.lines, weights, strict=False):
        line.set_label(f"{share} left")
panels[0].set_ylabel("share of channels")
legend = figure.legend(*panels[0].get_legend_handles_labels(), loc="outside lower left", ncols=5)

# %% tags=["hide-input"]
roles = last_own.unstack("role").reindex(columns=["pruned", "trained_as_long"])
most = f"With {weights[LAST]} of the weights left, most active channels of "
most += "{network} correlate best with their own counterpart in the original."
claims.each("{network}-own", most, r.intervals(roles.pruned), above=0.5)
moved = "Pruning leaves fewer channels of {network} in place than further training alone does."
claims.each("{network}-moved", moved, r.intervals(roles.pruned - roles.trained_as_long), below=0)
kept = roles.groupby("network").mean()
r.glue(
    least_own=r.percent(kept.pruned.min()),
    most_own=r.percent(kept.pruned.max()),
    least_trained=r.percent(kept.trained_as_long.min()),
    most_trained=r.percent(kept.trained_as_long.max()),
)

# %% [markdown]
# (gradients)=
# ## Gradients hardly help to identify originals
#
# {cite:t}`tang2020similarity` multiply the similarity of two images' representations by that of their gradients of the loss. An original is
# *identified* in a layer if its CKA with the pruned network exceeds that of any two originals. We average the share of such layers over all
# prunings.
#
# **In VGG_SVHN and ResNet_fast ¼, gradients raise the share of layers with an identified original
# by less than 10 percentage points, if at all.** In VGG16_BN ¼ this is inconclusive, but holds if
# gradients are scaled to the same length.
#
# ```{glue} rests-gradients
# ```

# %% tags=["hide-input"]
kernels = r.read("gradients", results, regime="few_images").query("network in @NETWORKS")
kernels = kernels.query("metric == 'cka' and kind != 'out'")
layer = ["network", "kernel", "layer"]
highest = kernels.query("role == 'complete'").groupby(layer).value.max().rename("highest")
pruned = kernels.query("role == 'pruned'").join(highest, on=layer)
pruned["identified"] = (pruned.value > pruned.highest).astype(float)
identified = pruned.groupby(["network", "kernel", "iteration", "train_seed"]).identified.mean()
gained = r.mean_over(identified, "iteration").unstack("kernel")
gained = gained.drop(columns="representation").sub(gained.representation, axis=0)
gained = r.intervals(gained.rename_axis(columns="kernel").stack())
helps = "With {kernel}, CKA identifies the original of a pruned {network} in at least 10 percentage points more of the layers."
claims.each("{network}-{kernel}", helps, gained, above=r.MARGIN, margins=True)

# %% [markdown]
# ## How far to trust this
#
# **Two choices came after the results:** the margin of 10 percentage points (without it, PWCCA in
# VGG_SVHN would be inconclusive), and the mean over all prunings in the rule on gradients.

# %% tags=["remove-cell"]
same_layer = {
    "inconclusive": ["*-finds-svcca", "*-finds-pwcca"],
    "does not hold": ["vgg_svhn-finds-*", "vgg16_bn_quarter-finds-svcca"],
    "holds": ["*-finds-cka", "*-finds-nbs"],
}
claims.expect(
    {
        "answer": same_layer,
        "same-layer": same_layer,
        "function": {
            "holds": ["follows-*"],
            "inconclusive": ["follows-rotation-cka", "follows-rotation-nbs", "better-*", "worth-*"],
        },
        "own": {"holds": ["*-own", "*-moved"]},
        "gradients": {"does not hold": ["*gradients"], "inconclusive": ["vgg16*-with gradients"]},
    }
)

# %% tags=["remove-input", "hide-output"] mystnb={"code_prompt_show": "Show all claims", "code_prompt_hide": "Hide the claims"}
claims.table()

# %% tags=["remove-input", "hide-output"] mystnb={"code_prompt_show": "Show verdicts that change with half or twice the margin of 0.1", "code_prompt_hide": "Hide verdicts that another margin would change"}
claims.by_margin()

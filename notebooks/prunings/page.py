# %% [markdown]
# # Other ways to prune
#
# **Networks can be pruned and trained again in many ways. Which of them preserve the representations, and do methods that
# preserve accuracy also preserve representations?**
#
# Not clearly. With an eighth of the weights left, accuracy and representations are not clearly preserved together. With half of
# the weights left, where all of the accuracy remains, fine-tuning leaves a network closer to its original than learning-rate
# rewinding does; weight rewinding and random pruning move it further away.
#
# ```{glue} rests-answer
# ```

# %% tags=["parameters"]
results = "results/chapters/prunings"
at_init = "results/chapters/at_init"

# %% tags=["remove-cell"]
from lib import ROOT
from lib.report import use_style

use_style()
results, at_init = ROOT / results, ROOT / at_init

# %% mystnb={"figure": {"name": "fig-prunings", "caption": "Ten methods of pruning, with an eighth of the weights left: raw SVCCA of pruned networks and their originals, averaged over the hidden layers, and test accuracy; means over three networks. *Pruned* is the paper's method, a fifth at a time; *rewound* is the same by halves."}, "image": {"alt": "Two columns of ten bars. Those of accuracy are about equally long. Those of SVCCA grow from 0.5 for random pruning over 0.65 for weight rewinding to 0.78 for filter pruning."}}
import matplotlib.pyplot as plt
import pandas as pd

layers = pd.concat(map(pd.read_parquet, results.glob("*/similarity.parquet")))
layers = layers.query("metric == 'svcca' and reshape == 'channels' and kind != 'out'")
tests = pd.concat(map(pd.read_parquet, results.glob("*/performance.parquet")))
parts = [layers.assign(SVCCA=layers.value), tests]
midway = pd.concat(parts).query("0.12 < remaining < 0.14 and role != 'accelerated_late'")
ways = midway.role.str.replace("_", " ").rename("")
means = midway.groupby(ways)[["SVCCA", "accuracy"]].mean().sort_values("SVCCA")
panels = means.plot.barh(subplots=True, layout=(1, 2), figsize=(9, 3), sharey=True, legend=False)

# %% [markdown]
# ## How to read it
#
# All methods start from the same three originals: VGG_SVHN at half the width, with {glue:text}`weights:s` prunable weights,
# trained for 4 epochs on 24,000 images of SVHN; they are right on {glue:text}`complete:s` of 6,001 other images. We compare them
# *early* in pruning, with half of the weights left; *midway*, with an eighth; and *late*, with a sixty-fourth. Similarities, on
# 1,000 test images, are raw values. For reference, the figure shows:

# %% tags=["hide-input"] mystnb={"code_prompt_show": "Show imports and names", "code_prompt_hide": "Hide imports and names"}
from lib.report import (
    COLOURS,
    NETWORK,
    TITLES,
    Claims,
    by_network,
    draw_intervals,
    glue,
    hidden,
    intervals,
    mean_over,
    number,
    read,
    shown,
    titled,
)
from notebooks.prunings.analysis import at_levels, same_order, training_alone

WAYS = {
    "rewound": "learning-rate rewinding",
    "fine_tune": "fine-tuning",
    "weight_rewind": "weight rewinding",
    "late_reset": "late resetting",
    "one_shot": "one-shot pruning",
    "accelerated": "accelerated pruning",
    "gradual": "pruning a fifth at a time",
    "local": "pruning each layer alike",
    "filters": "filter pruning",
    "random": "random pruning",
}
PACES = ["rewound", "one_shot", "accelerated", "gradual"]
SCORES = {"synflow": "SynFlow", "magnitude": "magnitude", "random": "random choice"}
SCORES = {f"{score}_to_collapse": words for score, words in SCORES.items()}
NAMES = TITLES | WAYS | SCORES | {"role": "Way", "iteration": "Level"}  # as `at_levels` has them
NAMES |= {level: level for level in ("early", "midway", "late")} | {"pair": "Ranked by"}
NAMES |= {"svcca-cka": "SVCCA and CKA", "accuracy-svcca": "accuracy and SVCCA"}
NAMES |= {"accuracy-cka": "accuracy and CKA", "jaccard": "in common", "by_chance": "by chance"}
METRICS = ["svcca", "cka"]
claims = Claims("prunings", results, at_init, names=NAMES)

# %%
tests = read("performance", results, regime="main")
layers = hidden(read("similarity", results, regime="main")).query("metric in @METRICS")
beside = {
    "complete networks, compared with each other": mean_over(by_network(layers), "layer"),
    "the same, images shuffled": mean_over(by_network(layers, "null_mean"), "layer"),
}
beside = {what: intervals(x).xs("complete", level="role") for what, x in beside.items()}
table = pd.DataFrame({what: shown(x) for what, x in beside.items()})
titled(table.droplevel(["network", "iteration"]).T, NAMES)

# %% [markdown]
# ::::{dropdown} The ten methods
# - **Learning-rate rewinding** is the paper's method, here by halves; **a fifth at a time** also has its pace.
# - **Fine-tuning** trains as long, at a rate of 0.001; **weight rewinding** sets the surviving weights back to their initial
#   values, **late resetting** to those after the first epoch.
# - **One-shot pruning** takes a single step. **Accelerated pruning** trains a quarter as long before the last halving. With half
#   of the weights left, both equal learning-rate rewinding.
# - **Local pruning** removes the same share from each layer, **filter pruning** each layer's filters of smallest weights, and
#   **random pruning** random weights.
# ::::
#
# ## Where accuracy is preserved
#
# **Fine-tuning keeps a network closer to its original than learning-rate rewinding; weight rewinding, random pruning and pruning
# a fifth at a time move it further away,** by SVCCA and CKA. For the other five methods the result is inconclusive.
#
# ```{glue} rests-kept
# ```
#
# This holds with half of the weights left, the last level at which learning-rate rewinding (like these four) demonstrably loses
# less than half a point. The table gives similarity minus that after learning-rate rewinding.

# %%
complete = tests[tests.iteration == 0].groupby(NETWORK).accuracy.mean()
accuracy = by_network(at_levels(tests, WAYS), "accuracy").xs("vgg_svhn")
gained = 100 * accuracy.sub(complete, level=NETWORK)
by_layer = by_network(at_levels(layers, WAYS)).xs("vgg_svhn")
similar = by_layer.unstack("layer").mean(axis=1, skipna=False)  # index: way, metric, level, network
kept = intervals(gained.xs("early", level="iteration")).low > -0.5
kept = kept.index[kept & kept["rewound"]].drop("rewound", errors="ignore")
apart = similar.unstack("role")
apart = apart.sub(apart["rewound"], axis=0).stack().xs("early", level="iteration")
apart = intervals(apart[apart.index.isin(kept, level="role")])
titled(shown(apart, sign=True).unstack("metric"), NAMES)

# %% [markdown]
# ## Where accuracy is lost
#
# **With an eighth of the weights left, methods that preserve more accuracy do not preserve more of the representations, by
# either metric.** With a sixty-fourth left they do by CKA, but not by SVCCA.
#
# ```{glue} rests-accuracy
# ```
#
# **SVCCA and CKA order the methods alike,** at every level.
#
# ```{glue} rests-alike
# ```

# %% tags=["hide-input"] mystnb={"code_prompt_show": "Show how it is drawn", "code_prompt_hide": "Hide how it is drawn", "figure": {"name": "fig-ways", "caption": "Accuracy minus that of the original, in points, and mean similarity of the hidden layers; means over three networks, 95 % intervals. Dotted: two complete networks, compared with each other. Filter pruning ends at −74 points, beyond the edge."}, "image": {"alt": "With half of the weights left, all methods preserve accuracy, and SVCCA lies between 0.67 for random pruning and 0.96 for fine-tuning. With a sixty-fourth left, accuracy falls by 2 to 18 points, and SVCCA lies between 0.47 and 0.58 for all."}}
levels = {"by": "iteration", "names": NAMES}
levels["colours"] = {"early": "#009e73", "midway": "#6b3fa0", "late": "#b87d00"}
figure, panels = plt.subplots(1, 3, figsize=(9, 4.2), sharey=True)
draw_intervals(panels[0], intervals(gained), **levels)
panels[0].set(title="accuracy, points", xlim=(-23, 2))
others = beside["complete networks, compared with each other"]["mean"]
for axes, metric in zip(panels[1:], METRICS, strict=True):
    draw_intervals(axes, intervals(similar.xs(metric, level="metric")), **levels)
    axes.axvline(others.xs(metric, level="metric").item(), ls=":", color="k")
    axes.set_title(NAMES[metric])
labelled = panels[0].get_legend_handles_labels()
legend = figure.legend(*labelled, loc="outside upper left", ncols=3)

# %% [markdown]
# Ranks of methods leave out filter pruning: where few filters are left, its SVCCA rises, as a mean over fewer directions.

# %%
compared = similar.drop("filters").unstack("metric").assign(accuracy=gained)
orders = {
    f"{first}-{second}": same_order(compared[first], compared[second])
    for first, second in (("svcca", "cka"), ("accuracy", "svcca"), ("accuracy", "cka"))
}
orders = intervals(pd.concat(orders, names=["pair"]), -1, 1)
titled(shown(orders).unstack("pair"), NAMES)

# %% [markdown]
# ## A faster pace means less training
#
# **Beyond what training does, one-shot and accelerated pruning move a network further than learning-rate rewinding,** but with an
# eighth of the weights, in raw values, less far. With half of the weights left, pruning a fifth at a time moves it no further
# than pruning by halves. This rule came after the data.
#
# ```{glue} rests-pace
# ```
#
# The table gives SVCCA, minus that of training-only controls with as many epochs.

# %%
epochs = tests[tests.iteration > 0].sort_values("iteration")
epochs = epochs.assign(behind=epochs.groupby(["role", NETWORK]).epochs.cumsum())
alone = mean_over(by_network(layers), "layer").xs("vgg_svhn")["half_trained_as_long", "svcca"]
as_long = epochs[epochs.role == "half_trained_as_long"].groupby("iteration").behind.mean()
behind = by_network(at_levels(epochs, WAYS), "behind").xs("vgg_svhn").loc[PACES]
beyond = similar.xs("svcca", level="metric").loc[PACES] - training_alone(alone, behind, as_long)
titled(shown(intervals(beyond), sign=True).unstack("iteration").fillna("\u2013"), NAMES)

# %% [markdown]
# ## Which weights are kept?
#
# The table gives, for the networks with an eighth of their weights, the share of kept weights that learning-rate rewinding and
# another method have in common, and the same share for random masks that are as dense in each layer.

# %%
masks = read("overlap", results, regime="main").query("level == 'midway'")
turned = masks.rename(columns={"way": "other_way", "other_way": "way"})
masks = pd.concat([masks, turned]).query("way == 'rewound'").groupby("other_way")
titled(masks[["jaccard", "by_chance"]].mean().map(number).rename_axis("role"), NAMES)

# %% tags=["hide-input"] mystnb={"code_prompt_show": "Show what is claimed", "code_prompt_hide": "Hide what is claimed"}
for way in kept:
    how, bound = ("nearer to", "above") if way == "fine_tune" else ("further from", "below")
    sentence = f"By {{metric}}, {{role}} leaves a network {how} its complete one "
    sentence += "than learning-rate rewinding does, where both keep the accuracy."
    claims.each("{role}-{metric}", sentence, apart.query("role == @way"), **{bound: 0})
alike = "SVCCA and CKA order these ways alike, {iteration} in pruning."
claims.each("{pair}-{iteration}", alike, orders.query("pair == 'svcca-cka'"), above=0.5)
keep = (
    "Ways that keep more accuracy keep more of the representation, {iteration} in pruning: {pair}."
)
later = orders.query("pair != 'svcca-cka' and iteration != 'early'")
claims.each("{pair}-{iteration}", keep, later, above=0.5)
further = beyond.unstack("role").drop("early").drop(columns="gradual")
further = further.sub(further.pop("rewound"), axis=0).stack()
pace = "Training taken off, {role} changes SVCCA more than rewinding does, {iteration} in pruning."
claims.each("pace-{role}-{iteration}", pace, intervals(further), below=0)
raw = similar.xs(("svcca", "midway"), level=("metric", "iteration")).unstack("role")[PACES[:3]]
raw = raw.sub(raw.pop("rewound"), axis=0).stack()
nearer = "In raw SVCCA, {role} leaves a network nearer than rewinding does, midway in pruning."
claims.each("pace-{role}-raw", nearer, intervals(raw), above=0)
size = read("density", results).query("role == 'rewound' and iteration == 1")
weights = size.groupby(NETWORK).weights.sum().iloc[0]
glue(weights=f"{weights:,}", complete=f"{number(100 * complete.mean(), 1)} %")

# %% [markdown]
# ## Pruning before training
#
# Pruning before training risks *layer collapse*: once all weights of a layer are gone, no signal passes. *SynFlow*
# ({cite:t}`tanaka2020pruning`; {doc}`pruning_methods`) avoids it by pruning in 100 small rounds. We compare it with two
# one-step choices: the smallest initial weights, and random ones. Each pruned three initial networks, which were then trained as
# above.
#
# **With SynFlow, networks still learn with one weight in a thousand.** No layer is empty, and paths lead from the input to the
# output. Magnitude-pruned networks then learn nothing. (It empties a layer in each network, but at too different shares for a
# verdict.)
#
# ```{glue} rests-synflow
# ```
#
# **Accuracy is lost long before that.** With one weight in a hundred, SynFlow reaches {glue:text}`synflow:s`, random choice
# {glue:text}`random:s` and magnitude {glue:text}`magnitude:s`.
#
# ```{glue} rests-hundredth
# ```
#
# **As SynFlow leaves fewer weights, SVCCA rises and CKA falls.** Fewer channels are active. We claim this after the fact.
#
# ```{glue} rests-course
# ```

# %%
start = read("performance", at_init, regime="main").query("iteration > 0")
key = ["role", "iteration", NETWORK]
fate = read("collapse", at_init, regime="main").set_index(key)[["paths", "constant", "majority"]]
start = start.join(fate, on=key)
start["cut"], start["empty"] = start.paths == 0, start.collapsed != ""
start["constant"] |= start["cut"] | start["empty"]  # one answer for all images
left = start.groupby("iteration").remaining.mean()
hundredth = (left - 0.01).abs().round(10).idxmin()
reached = 100 * by_network(start, "accuracy").xs("vgg_svhn")  # index: role, iteration, network
rows = hidden(read("similarity", at_init, regime="main")).query("metric in @METRICS")
course = mean_over(by_network(rows), "layer").xs(("vgg_svhn", "synflow_to_collapse"))

# %% tags=["hide-input"] mystnb={"code_prompt_show": "Show how it is drawn", "code_prompt_hide": "Hide how it is drawn", "figure": {"name": "fig-at-init", "caption": "Pruned before training: test accuracy over the share of weights left (ring: one answer for all images), the share left in each layer with one weight in a hundred, and SynFlow's similarity to the original. Means over three networks."}, "image": {"alt": "SynFlow's accuracy falls from 92 % to 53 % at one weight in a thousand; the two others fall to 20 %, ringed, at three in a thousand. At a hundredth, SynFlow and magnitude leave over 40 % of the first layer. Of the last two magnitude leaves less than a thousandth, SynFlow about four. SVCCA rises from 0.6 to 0.75, CKA falls from 0.93 to 0.64."}}
colours = COLOURS | dict(zip(SCORES, ("#009e73", "#6b3fa0", "#808080"), strict=True))
figure, panels = plt.subplots(1, 3, figsize=(9, 3.2))
shares = read("density", at_init, regime="main").query("iteration == @hundredth")
shares = shares.groupby(["role", "parameter"], sort=False)[["survivors", "weights"]].sum()
shares = (100 * shares.survivors / shares.weights).rename(lambda x: x.removesuffix(".conv.weight"))
for role, score in SCORES.items():
    line = reached[role].groupby("iteration").mean()
    look = {"color": colours[role], "marker": "o"}
    panels[0].plot(100 * left, line, label=score, **look)
    dead = start[start.constant & (start.role == role)].iteration.unique()
    panels[0].plot(100 * left[dead], line[dead], ls="none", ms=9, mfc="none", **look)
    panels[1].plot(shares[role], **look)
for metric in METRICS:
    line = course[metric].groupby("iteration").mean()
    panels[2].plot(100 * left, line, "o-", color=colours[metric], label=NAMES[metric])
for axes, title in zip(panels[[0, 2]], ("accuracy, %", "SynFlow, similarity"), strict=True):
    axes.set(title=title, xscale="log", xlabel="weights left, %")
    axes.xaxis.set_major_formatter("{x:g}")
    axes.legend()
panels[1].set(title="left of each layer, %", yscale="log")
panels[1].yaxis.set_major_formatter("{x:g}")
panels[1].tick_params("x", rotation=90)

# %% tags=["hide-input"] mystnb={"code_prompt_show": "Show what is claimed", "code_prompt_hide": "Hide what is claimed"}
SYNFLOW, MAGNITUDE, RANDOM = ([role] for role in SCORES)
lost = {  # the largest share of the weights left at which it is lost; 0 if it never is
    what: start.remaining.where(start[what], 0.0).groupby([start.role, start[NETWORK]]).max()
    for what in ("empty", "cut")
}
empty, cut = (intervals(numbers) for numbers in lost.values())
none = "SynFlow empties no layer, down to one weight in a thousand."
claims.each("synflow-avoids", none, empty.loc[SYNFLOW], below=0.0005)
paths = "SynFlow leaves paths from the input to the output, down to one weight in a thousand."
claims.each("synflow-flow", paths, cut.loc[SYNFLOW], below=0.0005)
empties = "Pruning by magnitude in one step, before training, empties a layer."
claims.each("magnitude-collapses", empties, empty.loc[MAGNITUDE], above=0.0005)
start["learned"] = 100 * (start.accuracy - start.majority)  # beyond the most frequent class
learned = by_network(start, "learned").xs(left.index[-1], level="iteration")
learned = intervals(learned.xs("vgg_svhn"))
trained = "What SynFlow leaves can still be trained."
claims.each("synflow-learns", trained, learned.loc[SYNFLOW], above=2, unit="points")
dead = "What magnitude leaves can no longer be trained."
claims.each("magnitude-does-not", dead, learned.loc[MAGNITUDE], below=2, unit="points")
there = reached.xs(hundredth, level="iteration").unstack("role")
better = there[SYNFLOW].to_numpy() - there[MAGNITUDE + RANDOM]
sentence = "With one weight in a hundred left, SynFlow is better than {role}."
claims.each("synflow-{role}", sentence, intervals(better.stack()), above=0, unit="points")
change = course.unstack("iteration")
change = intervals(change[left.index[-1]] - change[left.index[0]])
rises = "{metric} rises as SynFlow leaves fewer weights."
claims.each("course-{metric}", rises, change, above=0)
for role, accuracy in there.mean().items():
    glue(**{role.removesuffix("_to_collapse"): f"{number(accuracy, 1)} %"})

# %% [markdown]
# Four more papers bear on this; we measured none of them. In the limit of infinite width a randomly pruned network has the
# tangent kernel of the complete one, once rescaled {cite}`yang2023ntk`. Gem-Miner learns a mask before training
# {cite}`sreenivasan2022gems`. Pruning affects the number of linear regions much as it affects accuracy {cite}`cai2023getting`.
# TPrune prunes transformers in blocks {cite}`mao2021tprune`.
#
# ## How far to trust this
#
# We trained three originals briefly; fully trained networks may behave differently. When we wrote the rules on methods, we could
# guess from this network what fine-tuning and weight rewinding do.
#
# We used the abstract of {cite:t}`tanaka2020pruning`, which covers only SynFlow; claims on magnitude and random choice are ours.
# A network counts as having learned if it is two points above the share of the most frequent digit. We changed this rule, and
# added that on paths, after we knew the first verdict.

# %% tags=["remove-cell"]
claims.expect(
    {
        "answer": {
            "accuracy-*-midway": "does not hold",
            "fine_tune-*": "holds",
            "weight_rewind-*": "holds",
            "random-*": "holds",
        },
        "kept": {
            "fine_tune-*": "holds",
            "gradual-*": "holds",
            "weight_rewind-*": "holds",
            "random-*": "holds",
        },
        "accuracy": {"accuracy-*": "does not hold", "accuracy-cka-late": "holds"},
        "alike": {"svcca-cka-*": "holds"},
        "pace": {"pace-*": "holds"},
        "synflow": {
            "synflow-avoids": "holds",
            "synflow-flow": "holds",
            "synflow-learns": "holds",
            "magnitude-does-not": "holds",
            "magnitude-collapses": "inconclusive",
        },
        "hundredth": {"synflow-*_to_collapse": "holds"},
        "course": {"course-svcca": "holds", "course-cka": "does not hold"},
    }
)

# %% tags=["hide-output"] mystnb={"code_prompt_show": "Show all claims", "code_prompt_hide": "Hide the claims"}
claims.table()

# %% [markdown]
# **What to take away.** To keep accuracy and to keep representations are two goals; choose a method for one of them. When you
# compare paces, count the training.
#
# ## Exercises
#
# **1.** One-shot pruning leaves a network closer to its original than iterative pruning does. Name a reason other than the
# choice of weights.
#
# :::{dropdown} Answer
# It retrains once, iterative pruning after each step. Training alone moves a network.
# :::
#
# **2.** A network gives every image the same answer. With ten classes, how can its test accuracy be 20 %?
#
# :::{dropdown} Answer
# Its answer is the most frequent digit, which a fifth of the images show.
# :::

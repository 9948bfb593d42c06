# %% [markdown]
# # Other ways to prune
#
# **A method that keeps more accuracy need not keep a network more similar to its original.**
#
# ```{glue} rests-answer
# ```

# %% tags=["parameters"]
results = "results/chapters/prunings"
at_init = "results/chapters/at_init"

# %% tags=["remove-cell"]
from lib import report as r
from lib.repository import ROOT

r.use_style()
results, at_init = ROOT / results, ROOT / at_init

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-prunings", "caption": "Nine methods (no filter pruning, no SynFlow) with one eighth of the weights left. SVCCA: mean over the hidden layers; dotted: accuracy of the originals. Means over three networks."}, "image": {"alt": "Two columns of dots. SVCCA rises from 0.50 for random pruning through 0.65 for weight rewinding to 0.77 for fine-tuning. Accuracy has another order: weight rewinding is the most accurate method, and fine-tuning the least."}}
import matplotlib.pyplot as plt
import pandas as pd

from notebooks.prunings.analysis import WAYS, at_levels

METRICS = ["svcca", "cka"]
layers = r.hidden_layers(r.read("similarity", results, regime="main")).query("metric in @METRICS")
tests = r.read("performance", results, regime="main")
svcca = at_levels(layers.query("metric == 'svcca'")).query("iteration == 'midway'")
svcca = svcca.groupby("role").value.mean().drop("filters").sort_values()
midway = at_levels(tests).query("iteration == 'midway'").groupby("role")
drawn = {"SVCCA with the original": svcca}
drawn["Test accuracy, %"] = 100 * midway.accuracy.mean()[svcca.index]
figure, panels = plt.subplots(1, 2, figsize=(7.8, 3), sharey=True)
panels[1].axvline(100 * tests.accuracy[tests.iteration == 0].mean(), color="k", ls=":")
for axes, title in zip(panels, drawn, strict=True):
    axes.plot(drawn[title], svcca.index.map(WAYS), "o")
    axes.set_title(title)

# %% [markdown]
# ## How to read it
#
# All methods but SynFlow start from the same three originals: VGG_SVHN with half as many channels, trained for 4 epochs on SVHN to an
# accuracy of {glue:text}`complete:s`. Similarities are raw. Methods differ in how long, and at which learning rate, they train.
# *Learning-rate rewinding* ({doc}`pruning_methods`), the paper's method, here removes half of the weights left each time; *pruning a fifth
# at a time* is the same at the paper's pace.
#
# ::::{dropdown} Settings of the methods
# {doc}`pruning_methods` explains them. Here:
#
# - **Fine-tuning** trains as long as learning-rate rewinding, at a learning rate of 0.001; **late resetting** goes
#   back to the first epoch.
# - **One-shot pruning** takes a single step. **Accelerated pruning** shortens all trainings but the
#   last to a quarter. With one half of the weights left, there has been only one halving, so both
#   methods equal learning-rate rewinding.
# - **Pruning each layer alike**, or *local* pruning, removes the same share of weights from each
#   layer, **filter pruning** the filters with the smallest weights.
# ::::

# %% tags=["hide-input"]
from lib import report as r
from notebooks.prunings.analysis import same_order, training_alone

PACES = ["rewound", "one_shot", "accelerated", "gradual"]
SCORES = {"synflow": "SynFlow", "magnitude": "magnitude", "random": "random choice"}
SCORES = {f"{score}_to_collapse": words for score, words in SCORES.items()}
LEFT = {"early": "one half", "midway": "one eighth", "late": "one sixty-fourth"}
NAMES = r.TITLES | WAYS | SCORES | LEFT | {"role": "Method", "iteration": "Weights left"}
NAMES |= {"svcca-cka": "SVCCA and CKA", "accuracy-svcca": "accuracy and SVCCA"}
NAMES |= {"accuracy-cka": "accuracy and CKA"}
claims = r.Claims("prunings", results, at_init, names=NAMES)

# %% [markdown]
# ## With half of the weights left, fine-tuned networks stay closer to their originals
#
# The table shows similarity minus that of learning-rate rewinding, for the methods that, like it, lose less than half a point of accuracy.
# (For late resetting, pruning each layer alike and filter pruning, that loss is inconclusive.)
#
# ```{glue} rests-kept
# ```

# %% tags=["hide-input"]
pairs = r.mean_over(r.by_network(layers), "layer").xs("complete", level="role")
pairs = r.intervals(pairs)["mean"].groupby("metric").mean()
complete = tests[tests.iteration == 0].groupby(r.NETWORK).accuracy.mean()
accuracy = r.by_network(at_levels(tests), "accuracy").xs("vgg_svhn")
gained = 100 * accuracy.sub(complete, level=r.NETWORK)
by_layer = r.by_network(at_levels(layers)).xs("vgg_svhn")
similar = by_layer.unstack("layer").mean(axis=1, skipna=False)  # index: way, metric, level, network
keeps = r.intervals(gained.xs("early", level="iteration")).low > -0.5
kept = keeps.index[keeps & keeps["rewound"]].drop("rewound", errors="ignore")
by_way = similar.unstack("role")
apart = by_way.sub(by_way["rewound"], axis=0).stack().xs("early", level="iteration")
apart = r.intervals(apart[apart.index.isin(kept, level="role")])
r.titled(r.as_text(apart, sign=True).unstack("metric"), NAMES)

# %% [markdown]
# ## Methods that keep accuracy need not keep representations
#
# **With one eighth of the weights left, accuracy is a poor guide to which methods keep representations similar** (rank correlation below
# 0.5), by SVCCA and by CKA. With one sixty-fourth left, more accuracy goes with a higher CKA, but not a higher SVCCA. Filter pruning is
# left out: it leaves few directions, which raises SVCCA.
#
# ```{glue} rests-accuracy
# ```
#
# **Still, SVCCA and CKA rank the methods similarly** (rank correlation above 0.5) at each share.
#
# ```{glue} rests-alike
# ```

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-ways", "caption": "Test accuracy minus the original's, and similarity to it (mean over the hidden layers), with 95 % intervals over three networks. Dotted: between originals. No marks: one-shot and accelerated pruning with one half left; filter pruning with one sixty-fourth left (−74 points)."}, "image": {"alt": "With one half of the weights left, accuracy hardly changes, and SVCCA lies between 0.67 for random pruning and 0.96 for fine-tuning. With one sixty-fourth left, accuracy falls by 2 to 18 points, and SVCCA lies between 0.47 and 0.58 for all."}}
levels = {"by": "iteration", "names": NAMES}
levels["colours"] = {"early": "#009e73", "midway": "#6b3fa0", "late": "#b87d00"}
figure, panels = plt.subplots(1, 3, figsize=(8.4, 4.4), sharey=True)
r.draw_intervals(panels[0], r.intervals(gained), **levels)
panels[0].set(title="Accuracy, points", xlim=(-23, 2))
for axes, metric in zip(panels[1:], METRICS, strict=True):
    r.draw_intervals(axes, r.intervals(similar.xs(metric, level="metric")), **levels)
    axes.axvline(pairs[metric], ls=":", color="k")
    axes.set_title(NAMES[metric])
labelled = panels[0].get_legend_handles_labels()
legend = figure.legend(*labelled, loc="outside lower left", ncols=3, title="weights left")

# %% tags=["hide-input"]
compared = similar.drop("filters").unstack("metric").assign(accuracy=gained)
orders = {
    f"{first}-{second}": same_order(compared[first], compared[second])
    for first, second in (("svcca", "cka"), ("accuracy", "svcca"), ("accuracy", "cka"))
}
orders = r.intervals(pd.concat(orders, names=["pair"]), -1, 1)

# %% [markdown]
# ## With less training in between, pruning itself lowers SVCCA more
#
# **Measured against training-only controls, one-shot and accelerated pruning, which train less in between, lower SVCCA more than
# learning-rate rewinding does,** with one eighth and one sixty-fourth of the weights left. With one eighth left, their raw SVCCA is higher,
# probably because they were trained less. See also {ref}`relative similarity at three paces <pace>`.
#
# ```{glue} rests-pace
# ```

# %% tags=["hide-input"]
epochs = tests[tests.iteration > 0].sort_values("iteration")
epochs = epochs.assign(behind=epochs.groupby(["role", r.NETWORK]).epochs.cumsum())
alone = r.mean_over(r.by_network(layers), "layer").xs("vgg_svhn")["half_trained_as_long", "svcca"]
as_long = epochs[epochs.role == "half_trained_as_long"].groupby("iteration").behind.mean()
behind = r.by_network(at_levels(epochs), "behind").xs("vgg_svhn").loc[PACES]
beyond = similar.xs("svcca", level="metric").loc[PACES] - training_alone(alone, behind, as_long)

# %% [markdown]
# With one eighth left, the masks of seven methods overlap strongly with those of learning-rate rewinding (weights in both over weights in
# either: {glue:text}`common:s`). Those of filter and random pruning share no more ({glue:text}`hardly:s`) than random masks as dense in
# each layer would ({glue:text}`chance:s`).

# %% tags=["hide-input"]
masks = r.read("overlap", results, regime="main").query("level == 'midway'")
turned = masks.rename(columns={"way": "other_way", "other_way": "way"})
masks = pd.concat([masks, turned]).query("way == 'rewound'").groupby("other_way")
masks = masks[["jaccard", "by_chance"]].mean().rename_axis("role")
unlike = masks.index.isin(["filters", "random"])
r.glue(common=r.span(masks.jaccard[~unlike]), hardly=r.span(masks.jaccard[unlike]))
r.glue(chance=r.span(masks.by_chance))

# %% tags=["hide-input"]
for way in kept:
    how, bound = ("closer to", "above") if way == "fine_tune" else ("further from", "below")
    sentence = f"With one half of the weights left, {{role}} leaves a network {how} its original "
    sentence += "than learning-rate rewinding does, by {metric}."
    claims.each("{role}-{metric}", sentence, apart.query("role == @way"), **{bound: 0})
alike = "With {iteration} of the weights left, SVCCA and CKA rank the methods alike."
claims.each("{pair}-{iteration}", alike, orders.query("pair == 'svcca-cka'"), above=0.5)
keep = "With {iteration} of the weights left, methods that keep more accuracy "
keep += "keep more of the representations ({pair})."
later = orders.query("pair != 'svcca-cka' and iteration != 'early'")
claims.each("{pair}-{iteration}", keep, later, above=0.5)
further = beyond.unstack("role").drop("early").drop(columns="gradual")
further = further.sub(further.pop("rewound"), axis=0).stack()
pace = "With {iteration} of the weights left, {role} takes a network further from its original "
pace += "than learning-rate rewinding does, compared with training-only controls, by SVCCA."
claims.each("pace-{role}-{iteration}", pace, r.intervals(further), below=0)
raw = similar.xs(("svcca", "midway"), level=("metric", "iteration")).unstack("role")[PACES[:3]]
raw = raw.sub(raw.pop("rewound"), axis=0).stack()
nearer = "With one eighth of the weights left, {role} leaves a network closer to its original "
nearer += "than learning-rate rewinding does, by raw SVCCA."
claims.each("pace-{role}-raw", nearer, r.intervals(raw), above=0)
r.glue(complete=r.percent(complete.mean(), 1))

# %% [markdown]
# ## SynFlow prevents layer collapse, but not all loss of accuracy
#
# Pruning before training risks *layer collapse*: once all weights of a layer are gone, no signal
# passes. *SynFlow* ({cite:t}`tanaka2020pruning`) is meant to avoid it; we use 100 rounds. We
# compare it with removing the smallest initial weights, or random ones, in one step. The *original*
# is the same initial network, trained without pruning. A network *learns* if its accuracy exceeds
# the share of the most frequent digit by more than two points.
#
# **With one weight in a thousand left by SynFlow, networks still learn, and no layer is empty;**
# with as many left by magnitude or at random, they learn nothing.
#
# ```{glue} rests-synflow
# ```
#
# **Accuracy falls long before that:** with one weight in a hundred left, to {glue:text}`synflow:s`
# by SynFlow, {glue:text}`random:s` by random choice and {glue:text}`magnitude:s` by magnitude.
#
# ```{glue} rests-hundredth
# ```
#
# **As SynFlow leaves fewer weights, SVCCA rises and CKA falls;** we have not tested why.
#
# ```{glue} rests-course
# ```

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-at-init", "caption": "Networks pruned before training. Rings: all images get the same answer. Middle: one weight in a hundred left overall. Means over three networks."}, "image": {"alt": "SynFlow's accuracy falls from 92 % to 53 % at one weight in a thousand; the two others fall to 20 %, ringed, at three in a thousand. At a hundredth, SynFlow and magnitude leave over 40 % of the first layer. Of the last two layers magnitude leaves less than one weight in a thousand, SynFlow about four. SVCCA rises from 0.6 to 0.75, CKA falls from 0.93 to 0.64."}}
start = r.read("performance", at_init, regime="main").query("iteration > 0")
key = ["role", "iteration", r.NETWORK]
fate = r.read("collapse", at_init, regime="main").set_index(key)[["paths", "constant", "majority"]]
start = start.join(fate, on=key)
start["cut"], start["empty"] = start.paths == 0, start.collapsed != ""
start["constant"] |= start["cut"] | start["empty"]  # one answer for all images
left = start.groupby("iteration").remaining.mean()
hundredth = (left - 0.01).abs().round(10).idxmin()
reached = 100 * r.by_network(start, "accuracy").xs("vgg_svhn")  # index: role, iteration, network
rows = r.hidden_layers(r.read("similarity", at_init, regime="main")).query("metric in @METRICS")
course = r.mean_over(r.by_network(rows), "layer").xs(("vgg_svhn", "synflow_to_collapse"))
colours = r.COLOURS | dict(zip(SCORES, ("#009e73", "#6b3fa0", "#808080"), strict=True))
figure, panels = plt.subplots(1, 3, figsize=(8.4, 3.2))
shares = r.read("density", at_init, regime="main").query("iteration == @hundredth")
shares = shares.groupby(["role", "parameter"], sort=False)[["survivors", "weights"]].sum()
shares = (100 * shares.survivors / shares.weights).rename(lambda x: x.removesuffix(".conv.weight"))
for role, score in SCORES.items():
    line = reached[role].groupby("iteration").mean()
    look = {"color": colours[role], "marker": "o"}
    panels[0].plot(100 * left, line, label=score, **look)
    constant = start[start.constant & (start.role == role)].iteration.unique()
    panels[0].plot(100 * left[constant], line[constant], ls="none", ms=9, mfc="none", **look)
    panels[1].plot(shares[role], **look)
for metric in METRICS:
    line = course[metric].groupby("iteration").mean()
    panels[2].plot(100 * left, line, "o-", color=colours[metric], label=NAMES[metric])
for axes, title in zip(panels[[0, 2]], ("Test accuracy, %", "SynFlow, similarity"), strict=True):
    axes.set(title=title, xscale="log", xlabel="% of weights left")
    axes.xaxis.set_major_formatter("{x:g}")
    axes.legend()
panels[1].set(title="Weights left, %", yscale="log")
panels[1].yaxis.set_major_formatter("{x:g}")
panels[1].tick_params("x", rotation=90)

# %% tags=["hide-input"]
SYNFLOW, MAGNITUDE, RANDOM = ([role] for role in SCORES)
lost = {  # the largest share of the weights left at which it is lost; 0 if it never is
    what: start.remaining.where(start[what], 0.0).groupby([start.role, start[r.NETWORK]]).max()
    for what in ("empty", "cut")
}
empty, cut = (r.intervals(numbers) for numbers in lost.values())
none = "SynFlow empties no layer, down to one weight in a thousand."
claims.each("synflow-avoids", none, empty.loc[SYNFLOW], below=0.0005)
paths = "SynFlow leaves paths from the input to the output, down to one weight in a thousand."
claims.each("synflow-flow", paths, cut.loc[SYNFLOW], below=0.0005)
empties = "Pruning by magnitude in one step, before training, empties a layer."
claims.each("magnitude-collapses", empties, empty.loc[MAGNITUDE], above=0.0005)
start["learned"] = 100 * (start.accuracy - start.majority)  # beyond the most frequent class
learned = r.by_network(start, "learned").xs(left.index[-1], level="iteration")
learned = r.intervals(learned.xs("vgg_svhn"))
trained = "With one weight in a thousand left by SynFlow, a network still learns."
claims.each("synflow-learns", trained, learned.loc[SYNFLOW], above=2, unit="points")
nothing = "With one weight in a thousand left by {role}, a network learns nothing."
others = learned.loc[MAGNITUDE + RANDOM]
claims.each("nothing-{role}", nothing, others, below=2, unit="points")
there = reached.xs(hundredth, level="iteration").unstack("role")
better = there[SYNFLOW].to_numpy() - there[MAGNITUDE + RANDOM]
more_accurate = "With one weight in a hundred left, networks pruned by SynFlow are more accurate than by {role}."
claims.each("synflow-{role}", more_accurate, r.intervals(better.stack()), above=0, unit="points")
change = course.unstack("iteration")
change = r.intervals(change[left.index[-1]] - change[left.index[0]])
rises = "{metric} rises as SynFlow leaves fewer weights."
claims.each("course-{metric}", rises, change, above=0)
mean = there.mean()
r.glue(
    synflow=f"{r.number(mean.synflow_to_collapse, 1)} %",
    random=f"{r.number(mean.random_to_collapse, 1)} %",
    magnitude=f"{r.number(mean.magnitude_to_collapse, 1)} %",
)

# %% [markdown]
# ## How far to trust this
#
# The originals were trained briefly; fully trained ones may behave differently. The rules on one-shot and accelerated pruning and on
# SynFlow's similarity came after the data. Knowing SynFlow's first verdict, we changed the rule on when a network learns, and added those
# on random pruning and on empty layers.

# %% tags=["remove-cell"]
claims.expect(
    {
        "answer": {
            "does not hold": ["accuracy-*-midway"],
            "holds": ["fine_tune-*", "weight_rewind-*", "random-*", "gradual-*"],
        },
        "kept": {"holds": ["fine_tune-*", "gradual-*", "weight_rewind-*", "random-*"]},
        "accuracy": {"does not hold": ["accuracy-*"], "holds": ["accuracy-cka-late"]},
        "alike": {"holds": ["svcca-cka-*"]},
        "pace": {"holds": ["pace-*"]},
        "synflow": {
            "holds": ["synflow-avoids", "synflow-flow", "synflow-learns", "nothing-*"],
            "inconclusive": ["magnitude-collapses"],
        },
        "hundredth": {"holds": ["synflow-*_to_collapse"]},
        "course": {"holds": ["course-svcca"], "does not hold": ["course-cka"]},
    }
)

# %% tags=["remove-input", "hide-output"] mystnb={"code_prompt_show": "Show all claims", "code_prompt_hide": "Hide the claims"}
claims.table()

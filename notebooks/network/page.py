# %% [markdown]
# # {glue:text}`title:s`
#
# **Which layers does pruning change most, and do the metrics agree on them?**
#
# {glue:text}`answer:s`
#
# ```{glue} rests-answer
# ```

# %% tags=["parameters"]
network = "vgg16_bn"
results = "results/chapters/converged"
recipe = "results/chapters/by_recipe"

# %% tags=["remove-cell"]
from lib import ROOT
from lib.report import use_style

use_style()
runs = [f"{ROOT / recipe}/{network}_recipe", f"{ROOT / results}/{network}_few_images"]
run = next((run for run in runs if (ROOT / run / "similarity.parquet").exists()), runs[-1])

# %% mystnb={"figure": {"name": "fig-{{network}}", "caption": "Raw similarity of each layer of pruned networks to the same layer of their originals, from the first pruning (cyan) to the last (magenta); means over three networks. These are the paper's Figs. 5 (VGG16_BN), 6 (VGG_SVHN) and 7 (ResNet_fast)."}, "image": {"alt": "Four panels with a line over the layers for each pruning. The lines of SVCCA and PWCCA fall far in the middle of the network and are high again at the output; those of CKA and NBS stay above 0.7 and are lowest in the last hidden layers."}}
import matplotlib.pyplot as plt
import pandas as pd

rows = pd.read_parquet(f"{run}/similarity.parquet").sort_values("depth", kind="stable")
matrix = {"svcca": "channels", "pwcca": "channels", "cka": "flat", "nbs": "flat"}
figure, panels = plt.subplots(1, 4, figsize=(9, 2.9), sharey=True)
for axes, (metric, columns) in zip(panels, matrix.items(), strict=True):
    chosen = rows[(rows.metric == metric) & (rows.reshape == columns)]
    lines = chosen.pivot_table("value", "layer", "iteration", sort=False)
    lines.plot(ax=axes, cmap="cool", legend=False, xticks=range(len(lines)), rot=90, fontsize=6)
    axes.set(title=metric.upper(), ylim=(0, 1.02), xlabel="")

# %% [markdown]
# ## How to read it
#
# {glue:text}`about:s` {glue:text}`regime:s`
#
# All panels show the same networks on the same images. Where two panels differ in shape, the reason is the metric or the matrix
# that it is computed on ({doc}`contrast`). A raw value says little by itself; the next figure shows it next to shuffled images
# and to strangers. *Relative similarity* is how far the original lies above the strangers on the way to an identical network
# ({doc}`is_it_pruning`).

# %% tags=["hide-input"] mystnb={"code_prompt_show": "Show imports and names", "code_prompt_hide": "Hide imports and names"}
from lib.report import (
    MATRIX,
    NETWORK,
    TITLES,
    Claims,
    by_network,
    count,
    draw_levels,
    glue,
    hidden,
    intervals,
    mean_over,
    minus,
    name_layers,
    number,
    of_layers,
    own_and_others,
    place,
    read,
    shown,
    titled,
    weights_left,
)
from notebooks.network.analysis import counting_lost

NAMES = TITLES | {"recipe": "by the recipe", "few_images": "on few images", "regime": "Trained"}
NAMES |= {"remaining": "Weights left", "kind": "", "": ""}
of_it = {
    table: read(table, recipe, results).query("network == @network")
    for table in ("similarity", "descent", "performance")
}
regimes = [r for r in ("recipe", "few_images") if r in set(of_it["similarity"].regime)]
percents = weights_left(of_it["similarity"].drop(columns="network"))
last = percents.reset_index().groupby("regime").iteration.max()
claims = Claims(network, results, recipe, names=NAMES)

# %% [markdown]
# ## Compared with strangers, layer by layer

# %%
similar = by_network(hidden(of_it["similarity"]))  # also regime, role, metric, iteration, layer
null = by_network(hidden(of_it["similarity"]), "null_mean")
own, others = own_and_others(hidden(of_it["descent"]))
places = mean_over(place(own, others), NETWORK)

# %% tags=["hide-input"] mystnb={"code_prompt_show": "Show how it is drawn", "code_prompt_hide": "Hide how it is drawn", "figure": {"name": "fig-places-{{network}}", "caption": "Raw similarity, and below it relative similarity, by layer; the paper's training first where there is one. Solid: pruned networks, from the first pruning (pale) to the last (strong). For comparison, after the last pruning: the training-only control (dashed), strangers (dots) and shuffled images (thin). Means over three networks."}, "image": {"alt": "In the upper panels the last solid line lies close above the dots in most layers, and shuffled images lie far below. In the lower panels the lines of four metrics fall from pruning to pruning, and end just above 0 in the last layers."}}
figure, panels = plt.subplots(2 * len(regimes), 4, figsize=(9, 5 * len(regimes)), sharey="row")
for regime, raw, scale in zip(regimes, panels[::2], panels[1::2], strict=True):
    end = last[regime]
    for metric, above, below in zip(MATRIX, raw, scale, strict=True):
        lines = mean_over(similar, NETWORK).loc[network, regime, "pruned", metric]
        levels = own.loc[network, regime, "pruned", metric].index.unique("iteration")
        draw_levels(above, lines.unstack("layer", sort=False).loc[levels], "pruned")
        beside = mean_over(others, NETWORK).loc[network, regime, "pruned", metric, end]
        above.plot(beside.to_numpy(), "k:", lw=1, label="beside other seeds")
        alone = mean_over(similar, NETWORK).loc[network, regime, "trained_as_long", metric, end]
        above.plot(alone.to_numpy(), "g--", lw=1, label="trained as long")
        shuffled = mean_over(null, NETWORK).loc[network, regime, "pruned", metric, end]
        above.plot(shuffled.to_numpy(), "k-", lw=0.6, label="images shuffled")
        above.set(title=f"{NAMES[metric]}, {NAMES[regime]}", ylim=(0, 1.02))
        lines = places.loc[network, regime, "pruned", metric].unstack("layer", sort=False)
        draw_levels(below, lines)
        alone = places.loc[network, regime, "trained_as_long", metric, end]
        below.plot(alone.to_numpy(), "g--", lw=1)
        above.tick_params(labelbottom=False)  # the layers are those of the panel below
        below.tick_params(axis="x", labelsize=7)
        below.set(title=f"Place by {NAMES[metric]}", ylim=(-0.3, 1.02))
legend = figure.legend(*panels[0, 0].get_legend_handles_labels(), loc="outside upper left", ncols=4)

# %% [markdown]
# In how many hidden layers are pruned networks closer to their original than to strangers? The intervals hold for all layers
# together.

# %%
nearer = of_layers(own - others).xs("pruned", level="role")
counts = (nearer.low > 0).groupby(["regime", "metric", "iteration"], sort=False)
counts = counts.agg(count).unstack("metric").loc[regimes]
titled(
    counts.set_index(percents.rename("remaining").loc[counts.index], append=True).droplevel(1),
    NAMES,
)

# %% [markdown]
# In how many layers are they further from their original than the training-only control, or closer? The table uses raw values.

# %%
apart = of_layers(minus(similar, "pruned", "trained_as_long"))
sides = (apart.high < 0).map({True: "further", False: ""}) + (apart.low > 0).map(
    {True: "nearer", False: ""}
)
sides = sides.groupby(["regime", "metric", "iteration"], sort=False).agg(
    lambda x: f"{(x == 'further').sum()} further, {(x == 'nearer').sum()} nearer"
)
sides = sides.unstack("metric").reindex(counts.index)
titled(
    sides.set_index(percents.rename("remaining").loc[sides.index], append=True).droplevel(1), NAMES
)

# %% [markdown]
# The table shows where each metric is lowest after the last pruning, in raw values, and what the same layer gives for strangers
# and shuffled images.

# %%
values = mean_over(similar, NETWORK).xs(("pruned", network), level=("role", "network"))
nulls = mean_over(null, NETWORK).xs(("pruned", network), level=("role", "network"))
strangers = mean_over(others, NETWORK).xs(("pruned", network), level=("role", "network"))
complete = mean_over(similar, NETWORK).xs(("complete", network), level=("role", "network"))
lowest = {}
for regime in regimes:
    for metric in MATRIX:
        line = values[regime, metric, last[regime]]
        where = line.round(10).idxmin()
        at = (regime, metric, last[regime], where)
        row = {"First": line.iloc[0], "Last": line.iloc[-1], "Lowest": line.min()}
        row |= {"Beside others": strangers[at], "Two complete": complete[regime, metric, 0, where]}
        row |= {"Shuffled": nulls[at]}
        lowest[regime, metric] = {"Where": where} | {k: number(value) for k, value in row.items()}
titled(pd.DataFrame.from_dict(lowest, orient="index").rename_axis(["regime", "metric"]), NAMES)

# %% [markdown]
# ## What does the paper say, and what do we find?
#
# {glue:text}`note:s`
#
# ```{glue} rests-note
# ```
#
# The fold lists the paper's sentences on this network. Their rules, and how they are decided, are on {doc}`claims`.

# %% tags=["hide-input"] mystnb={"code_prompt_show": "Show which sentences these are", "code_prompt_hide": "Hide which sentences these are"}
SENTENCES = {
    "vgg16_bn": ["claims/vgg16_bn-*", "claims/v-*", "claims/*u-vgg16_bn-*"],
    "vgg_svhn": ["claims/svhn-*", "claims/s-*", "claims/*u-vgg_svhn-*", "claims/cka-*-vgg_svhn-*"],
    "resnet_fast": ["claims/resnet_fast-*", "claims/r-*", "claims/*u-resnet_fast-*"],
}
sentences = claims.elsewhere(*SENTENCES[network]).set_index("sentence").rename_axis(None)
sentences[["measured", "verdict"]]

# %% [markdown]
# The table gives test accuracy in %.

# %%
rows = of_it["performance"].query("role in ['pruned', 'trained_as_long']")
accuracy = 100 * rows.groupby(["regime", "role", "iteration", NETWORK]).accuracy.mean()
accuracy = shown(intervals(accuracy), 1).unstack("role")
chosen = [(regime, i) for regime in regimes for i in (0, *counts.loc[regime].index)]
accuracy = accuracy.loc[chosen]
weights = ["100 %" if not i else percents[regime, i] for regime, i in chosen]
accuracy = accuracy.set_index(pd.Index(weights, name="remaining"), append=True)
titled(accuracy.droplevel("iteration"), NAMES)

# %% [markdown]
# ## Which weights and directions are lost?
#
# Magnitude pruning decides over all layers at once: it empties some and spares others. A channel whose output is the same
# for all images has no direction that could be compared, so the CCA family takes the mean over the directions that are
# *left*. **Pruning silences more channels than further training does,** but mean CCA does not fall as a result.
#
# ```{glue} rests-lost
# ```

# %%
mean_cca = of_it["similarity"].query(
    "metric == 'mean_cca' and reshape == 'channels' and kind != 'out'"
)
mean_cca = mean_cca[mean_cca.role != "complete"].astype({"rank_x": float, "rank_y": float})
mean_cca = mean_cca.astype({"dead_x": float, "dead_y": float})
cca, with_lost = by_network(mean_cca), counting_lost(mean_cca)
silent = by_network(mean_cca[mean_cca.kind.str.startswith("conv")], "dead_y")

# %% tags=["hide-input"] mystnb={"code_prompt_show": "Show how it is drawn", "code_prompt_hide": "Hide how it is drawn", "figure": {"name": "fig-lost-{{network}}", "caption": "Left: the share of weights left in each layer after each pruning, from pale to strong, on a logarithmic scale. Right: mean CCA after the last pruning, over the remaining directions, and with a correlation of 0 for each lost direction; the training-only control with lost directions as 0. Means over three networks."}, "image": {"alt": "On the left, lines fall from layer to layer: the last convolutions lose most weights. On the right, the line that counts lost directions lies at or below the other."}}
weights = read("density", recipe, results).query("network == @network and role == 'pruned'")
weights = weights.assign(
    layer=weights.parameter.str.removesuffix(".weight").str.removesuffix(".conv")
)
weights = weights.assign(left=100 * weights.survivors / weights.weights)
figure, panels = plt.subplots(len(regimes), 2, figsize=(9, 3 * len(regimes)), squeeze=False)
for regime, (first, second) in zip(regimes, panels, strict=True):
    shares = weights.query("regime == @regime and iteration > 0")
    shares = shares.pivot_table("left", "iteration", "layer", sort=False).loc[
        counts.loc[regime].index
    ]
    order = [layer for layer in values[regime, "cka", 1].index if layer in shares]
    draw_levels(first, shares[order])
    first.set(yscale="log", title=f"Weights left in %, {NAMES[regime]}")
    first.yaxis.set_major_formatter("{x:g}")
    at = (network, regime, "pruned", "mean_cca", last[regime])
    line = mean_over(cca, NETWORK).loc[at]
    second.plot(line.to_numpy(), label="directions that are left")
    second.plot(mean_over(with_lost, NETWORK).loc[at].to_numpy(), ls="-.", label="lost ones as 0")
    alone = mean_over(with_lost, NETWORK).loc[
        network, regime, "trained_as_long", "mean_cca", last[regime]
    ]
    second.plot(alone.to_numpy(), "g--", label="trained as long, lost ones as 0")
    name_layers(second, line.index)
    second.set(title="Mean CCA at the end", ylim=(0, 1.02))
legend = panels[0, 1].legend()

# %% tags=["hide-input"] mystnb={"code_prompt_show": "Show the table of silent channels", "code_prompt_hide": "Hide the table of silent channels"}
before = mean_over(by_network(mean_cca, "dead_x"), NETWORK)
columns = {
    "Channels": mean_over(by_network(mean_cca, "rank_x"), NETWORK) + before,
    "Silent, pruned": mean_over(silent, NETWORK),
    "Mean CCA": mean_over(cca, NETWORK),
    "Lost ones as 0": mean_over(with_lost, NETWORK),
}
table = pd.DataFrame({what: x.xs("pruned", level="role") for what, x in columns.items()})
alone = mean_over(silent, NETWORK).xs("trained_as_long", level="role")
table.insert(2, "Silent, trained as long", alone.reindex(table.index))
table = table.droplevel(["network", "metric"]).dropna()
table = pd.concat(
    [table.xs((r, last[r]), level=("regime", "iteration"), drop_level=False) for r in regimes]
)
table = table[table["Silent, pruned"] > 0].droplevel("iteration")
table = table.loc[
    [(r, x) for r in regimes for x in values[r, "cka", 1].index if (r, x) in table.index]
]
digits = {"Channels": 0, "Silent, pruned": 1, "Silent, trained as long": 1}
titled(table.apply(lambda x: x.map(lambda value: number(value, digits.get(x.name, 2)))), NAMES)

# %% tags=["remove-cell"]
more = minus(silent, "pruned", "trained_as_long").groupby(["regime", "iteration", NETWORK]).sum()
more = intervals(more[[(i == last[regime]) for regime, i, _ in more.index]]).droplevel("iteration")
claims.each(
    "silent-{regime}", "Pruning silences more channels ({regime}).", more, above=0, unit="channels"
)
if network == "resnet_fast":
    ends = {r: similar[network, r, "pruned"].loc[["svcca", "cka"], last[r]] for r in regimes}
    end = pd.concat(ends, names=["regime"])
    for number_of, (total, before) in {1: ("add1", "res1_2"), 2: ("add3", "res3_2")}.items():
        above = end.xs(total, level="layer") - end.xs(before, level="layer")
        stays = f"By {{metric}}, {total} stays more similar than {before}. ({{regime}})"
        key = f"shortcut-{number_of}-{{regime}}-{{metric}}"
        claims.each(key, stays, intervals(above), above=0)
TITLE = {"vgg16_bn": "VGG16_BN", "vgg_svhn": "VGG_SVHN", "resnet_fast": "ResNet_fast"}
ANSWER = {
    "vgg16_bn": "According to SVCCA and PWCCA, the middle layers: similarity traces the paper’s “U”. "
    "According to CKA, it falls steadily towards the output. NBS is lowest near the output, much later "
    "than in the paper.",
    "vgg_svhn": "According to CKA and NBS, the last layers; according to SVCCA and PWCCA, the third block. "
    "SVCCA and PWCCA jump at the output; whether they rise before it is inconclusive. On 10,000 images "
    "the four metrics order the layers more alike than in VGG16_BN.",
    "resnet_fast": "With the paper’s training SVCCA and PWCCA trace its “U”, with their lowest values in the "
    "middle; on 10,000 images only PWCCA does. Both resemble those of VGG16_BN and do not fall as low, as "
    "the paper says. CKA does not stay at 0.9 as in the paper: it falls towards the output, and NBS falls "
    "in the last block.",
}
ABOUT = {
    "vgg16_bn": "Thirteen convolutions in five blocks, each closed by a pooling layer, for CIFAR-10.",
    "vgg_svhn": "Seven convolutions in four blocks, for photographs of house numbers (SVHN).",
    "resnet_fast": "Two residual blocks, whose input is added to the output of two convolutions, "
    "among four further convolutions, for CIFAR-10.",
}
REGIME = {
    "vgg16_bn": "This network has not been trained with the paper’s own recipe yet: it was trained on "
    "10,000 images, and each of four prunings left a third of the weights.",
    "resnet_fast": "The first rows of each figure and table show networks with the paper’s own training, but "
    "pruned in four steps instead of twenty, each of which left a third of the weights. The second rows "
    "show networks trained on 10,000 images and pruned in the same steps.",
    "vgg_svhn": "The first rows of each figure and table show networks with the paper’s own recipe and its "
    "twenty prunings. One of the three originals is under-trained, so intervals of CKA are wide. The second "
    "rows show networks trained on 10,000 images and pruned in four steps.",
}
NOTE = {
    "vgg16_bn": "CKA is high throughout the first two blocks and fans out behind them, as in the paper.",
    "vgg_svhn": "In both settings NBS falls monotonically; on 10,000 images CKA shows no “bowl” either.",
    "resnet_fast": "The first shortcut keeps layers similar; about the last one SVCCA and CKA disagree.",
}
RESTS = {
    "vgg16_bn": {
        "answer": {
            **{"claims/u-vgg16_bn-*": "holds", "claims/v-cka-depth-*": "holds"},
            "claims/v-nbs-bottom-*": "does not hold",
        },
        "note": {"claims/v-cka-fan-*": "holds"},
    },
    "vgg_svhn": {
        "answer": {
            **{"claims/s-output-*": "holds", "claims/s-nbs-like-cka-*": "holds"},
            "claims/s-consistent-*": "holds",
        },
        "note": {
            "claims/nbs-u-vgg_svhn-*": "does not hold",
            "claims/s-bowl-few_images-*": "does not hold",
        },
    },
    "resnet_fast": {
        "answer": {
            **{"claims/r-recalls-*": "holds", "claims/r-higher-*": "holds"},
            **{"claims/u-resnet_fast-recipe-*": "holds", "claims/r-nbs-bottom-*": "holds"},
            "claims/r-cka-bound-*": "does not hold",
            "claims/cka-depth-resnet_fast-*": "holds",
        },
        "note": {
            **{"shortcut-1-*": "holds", "shortcut-2-*-cka": "holds"},
            "shortcut-2-*-svcca": "does not hold",
        },
    },
}
glue(title=TITLE[network], answer=ANSWER[network], about=ABOUT[network], regime=REGIME[network])
glue(note=NOTE[network])
claims.expect(RESTS[network] | {"lost": {"silent-*": "holds"}})

# %% tags=["hide-output"] mystnb={"code_prompt_show": "Show all claims", "code_prompt_hide": "Hide the claims"}
claims.table()

# %% [markdown]
# ## Exercises
#
# **1.** At the output SVCCA is high again and CKA is lower. Is one of them wrong?
#
# :::{dropdown} Answer
# Not necessarily. SVCCA counts all directions that it keeps alike, and CKA weighs them by their variance.
# :::
#
# **2.** In the lower panels a line reaches 0 where the upper one is at 0.7. What does that mean?
#
# :::{dropdown} Answer
# That strangers have 0.7 there as well: the layer no longer shows which network it comes from.
# :::

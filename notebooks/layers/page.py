# %% [markdown]
# # Which layers does pruning change?
#
# **That depends on the metric. According to SVCCA and PWCCA, pruning changes the middle layers most; according to CKA, the layers
# near the output.**
#
# SVCCA and PWCCA trace the paper's “U” over the layers in VGG16_BN and in ResNet_fast (recipe, four steps). CKA
# falls towards the output in both networks. NBS is lowest near the output, much later in VGG16_BN than the paper reports.
#
# ```{glue} rests-answer
# ```

# %% tags=["parameters"]
results = "results/chapters/converged"
recipe = "results/chapters/by_recipe"

# %% tags=["remove-cell"]
from lib import ROOT
from lib.report import TITLES, use_style

use_style()
NETWORKS = ["vgg16_bn", "vgg_svhn", "resnet_fast"]
folders = {
    name: [ROOT / recipe / f"{name}_recipe", ROOT / results / f"{name}_few_images"]
    for name in NETWORKS
}
runs = {
    TITLES[name]: next(run for run in of_it if (run / "similarity.parquet").exists())
    for name, of_it in folders.items()
}

# %% mystnb={"figure": {"name": "fig-layers", "caption": "Raw similarity of each layer of pruned networks to the same layer of their originals, from the first pruning (cyan) to the last (magenta); means over three networks. VGG16_BN on 10,000 images, VGG_SVHN by the paper's recipe, ResNet_fast by the recipe in four steps. These are the paper's Figs. 5, 6 and 7."}, "image": {"alt": "Twelve panels: three networks by four metrics, with a line over the layers for each pruning. The lines of SVCCA and PWCCA fall far in the middle of the network and are high again at the output; those of CKA and NBS stay above 0.7 and are lowest in the last hidden layers."}}
import matplotlib.pyplot as plt
import pandas as pd

figure, panels = plt.subplots(3, 4, figsize=(9, 8), sharey=True)
for row, (name, run) in zip(panels, runs.items(), strict=True):
    rows = pd.read_parquet(run / "similarity.parquet").sort_values("depth", kind="stable")
    for axes, metric in zip(row, ("svcca", "pwcca", "cka", "nbs"), strict=True):
        matrix = "channels" if metric in ("svcca", "pwcca") else "flat"
        chosen = rows[(rows.metric == metric) & (rows.reshape == matrix)]
        lines = chosen.pivot_table("value", "layer", "iteration", sort=False)
        lines.plot(ax=axes, cmap="cool", legend=False, xticks=range(len(lines)), rot=90, fontsize=6)
        axes.set(title=f"{name}, {metric.upper()}", ylim=(0, 1.02), xlabel="")

# %% [markdown]
# ## How to read it
#
# All panels of a row show the same networks on the same images. Where two of them differ in shape, the reason is the metric or
# the matrix that it is computed on ({doc}`contrast`). A raw value says little by itself. The next two figures therefore show it
# next to shuffled images and strangers, and as relative similarity ({doc}`is_it_pruning`).
#
# - **VGG16_BN** has thirteen convolutions in five blocks, each closed by a pooling layer. It was trained on 10,000 images of
#   CIFAR-10, and each of four prunings removed two thirds. Its training with the paper's recipe is not measured yet.
# - **VGG_SVHN**, for photos of house numbers, has seven convolutions in four blocks. With the paper's recipe it was pruned
#   twenty times. One of its three originals is under-trained, so intervals of CKA are wide.
# - **ResNet_fast** has two residual blocks, which add their input to the output of two convolutions, and four further convolutions.
#   With the paper's training it was pruned in four steps instead of twenty.

# %% tags=["hide-input"] mystnb={"code_prompt_show": "Show imports and names", "code_prompt_hide": "Hide imports and names"}
from lib.report import (
    MATRIX,
    NETWORK,
    Claims,
    by_network,
    count,
    draw_levels,
    hidden,
    intervals,
    mean_over,
    minus,
    name_layers,
    number,
    of_layers,
    own_and_expected,
    place,
    read,
    titled,
)
from notebooks.layers.analysis import counting_lost

NAMES = TITLES | {"regime": "Trained", "kind": "", "": ""}
REGIMES = ["recipe", "recipe_four_steps", "few_images"]
similarity, descent, performance = (
    read(table, recipe, results).query("network in @NETWORKS and regime in @REGIMES")
    for table in ("similarity", "descent", "performance")
)
last = performance.query("role == 'pruned'").groupby(["network", "regime"]).iteration.max()
cases = [(name, regime) for name in NETWORKS for regime in REGIMES if (name, regime) in last.index]
claims = Claims("layers", results, recipe, names=NAMES)


def at_the_end(numbers):
    """After the last pruning of each network and training."""
    levels = ["network", "regime", "iteration"]
    at = numbers.index.droplevel([name for name in numbers.index.names if name not in levels])
    ends = [last[name, regime] == i for name, regime, i in at.reorder_levels(levels)]
    return numbers[ends].droplevel("iteration")


def each_case(numbers):
    """A row for each network and training, a column for each metric."""
    table = numbers.unstack("metric").loc[cases, list(MATRIX)]
    return titled(table, NAMES)


# %% [markdown]
# ## Compared with strangers, layer by layer
#
# **After the last pruning, most layers are hardly closer to their original than to strangers.**

# %%
similar = by_network(hidden(similarity))  # also regime, role, metric, iteration, layer
null = by_network(hidden(similarity), "null_mean")
own, others = own_and_expected(hidden(descent))
over_networks = {
    "own": mean_over(at_the_end(own), NETWORK).xs("pruned", level="role"),
    "strangers": mean_over(at_the_end(others), NETWORK).xs("pruned", level="role"),
    "alone": mean_over(at_the_end(own), NETWORK).xs("trained_as_long", level="role"),
    "shuffled": mean_over(at_the_end(null), NETWORK).xs("pruned", level="role"),
}
places = place(mean_over(own, NETWORK), mean_over(others, NETWORK))

# %% tags=["hide-input"] mystnb={"code_prompt_show": "Show how it is drawn", "code_prompt_hide": "Hide how it is drawn", "figure": {"name": "fig-strangers", "caption": "Raw similarity by layer after the last pruning: of pruned networks to their originals (solid) and to strangers (dots), and of the training-only control to its original (dashed). Thin: images shuffled. Means over three networks."}, "image": {"alt": "In most layers the solid line lies close above the dots, and shuffled images lie far below both. On 10,000 images the dashed line of VGG_SVHN lies far above the solid one; with the paper's training the two are close together."}}
LINES = {
    "own": ("-", 1.4, "pruned, to its original"),
    "strangers": (":", 1.2, "pruned, to strangers"),
}
LINES |= {"alone": ("--", 1, "training-only control, to its original")}
LINES |= {"shuffled": ("-", 0.5, "shuffled images")}
figure, panels = plt.subplots(len(cases), 4, figsize=(9, 2.2 * len(cases)), sharey=True)
for case, row in zip(cases, panels, strict=True):
    for metric, axes in zip(MATRIX, row, strict=True):
        for what, (style, width, label) in LINES.items():
            line = over_networks[what][*case, metric]
            colour = "green" if what == "alone" else "black"
            axes.plot(line.to_numpy(), ls=style, lw=width, color=colour, label=label)
        name_layers(axes, line.index)
        axes.tick_params(axis="x", labelsize=6)
        axes.set(title=f"{NAMES[metric]}, {NAMES[case[0]]}", ylim=(0, 1.02))
    row[0].set_ylabel(NAMES[case[1]])
legend = figure.legend(*panels[0, 0].get_legend_handles_labels(), loc="outside upper left", ncols=2)

# %% tags=["hide-input"] mystnb={"code_prompt_show": "Show how it is drawn", "code_prompt_hide": "Hide how it is drawn", "figure": {"name": "fig-places", "caption": "Relative similarity by layer, from 0 (as similar as strangers) to 1 (identical): of pruned networks from the first pruning (pale) to the last (strong), and of the training-only control after as much training (dashed). Means over three networks."}, "image": {"alt": "The lines of all four metrics fall from pruning to pruning, and end just above 0 in the last layers. The dashed line lies far above the last one in VGG_SVHN on 10,000 images, and near it with the paper's training."}}
figure, panels = plt.subplots(len(cases), 4, figsize=(9, 2.2 * len(cases)), sharey=True)
for case, row in zip(cases, panels, strict=True):
    for metric, axes in zip(MATRIX, row, strict=True):
        lines = places.loc[*case, "pruned", metric].unstack("layer", sort=False)
        draw_levels(axes, lines)
        alone = places.loc[*case, "trained_as_long", metric, last[case]]
        axes.plot(alone.to_numpy(), "g--", lw=1, label="training-only control")
        axes.tick_params(axis="x", labelsize=6)
        axes.set(title=f"{NAMES[metric]}, {NAMES[case[0]]}", ylim=(-0.3, 1.02))
    row[0].set_ylabel(NAMES[case[1]])
legend = figure.legend(*panels[0, 0].get_legend_handles_labels(), loc="outside upper left", ncols=2)

# %% [markdown]
# In how many hidden layers are networks closer to their original than to strangers, after the last pruning? The intervals are
# simultaneous.

# %%
nearer = of_layers(at_the_end(own - others)).xs("pruned", level="role")
counts = (nearer.low > 0).groupby(["network", "regime", "metric"], sort=False).agg(count)
each_case(counts)

# %% [markdown]
# The table counts, in raw values, the layers in which they are further from, or closer to, their original than the control.

# %%
apart = of_layers(at_the_end(minus(similar, "pruned", "trained_as_long")))
sides = apart.groupby(["network", "regime", "metric"], sort=False).apply(
    lambda x: f"{(x.high < 0).sum()} further, {(x.low > 0).sum()} closer"
)
each_case(sides)

# %% [markdown]
# The table gives the layer where each metric is lowest after the last pruning, in raw values. The longer table in the fold adds
# that layer's values for strangers, two originals and shuffled images.

# %%
complete = mean_over(similar, NETWORK).xs(("complete", 0), level=("role", "iteration"))
lowest = {}
for key, line in over_networks["own"].groupby(level=["network", "regime", "metric"]):
    where = line.droplevel(key_levels := ["network", "regime", "metric"]).round(10).idxmin()
    at = (*key, where)
    row = {"Layer": where, "Lowest": line.min(), "Strangers": over_networks["strangers"][at]}
    row |= {"Two originals": complete[at], "Shuffled": over_networks["shuffled"][at]}
    lowest[key] = row | {"First layer": line.iloc[0], "Last layer": line.iloc[-1]}
lowest = pd.DataFrame.from_dict(lowest, orient="index").rename_axis(key_levels)
each_case(lowest.Layer + ": " + lowest.Lowest.map(number))

# %% tags=["hide-output"] mystnb={"code_prompt_show": "Show the longer table", "code_prompt_hide": "Hide the longer table"}
texts = lowest.drop(columns="Layer").map(number)
titled(texts.assign(Layer=lowest.Layer).loc[[(*case, m) for case in cases for m in MATRIX]], NAMES)

# %% [markdown]
# ## What does the paper say, and what do we find?
#
# **VGG16_BN.** As in the paper, CKA is high in the first two blocks and spreads after them.
#
# ```{glue} rests-vgg16_bn
# ```
#
# **VGG_SVHN.** SVCCA and PWCCA are lowest in the third block and jump at the output; whether they rise before it is inconclusive.
# On 10,000 images the four metrics order the layers more alike than in VGG16_BN. In both settings NBS falls monotonically instead
# of tracing a “U”, and on 10,000 images CKA lacks the paper's “bowl”.
#
# ```{glue} rests-vgg_svhn
# ```
#
# **ResNet_fast.** As the paper says, SVCCA and PWCCA look as in VGG16_BN but stay higher. CKA does not stay at 0.9 as
# in the paper, and NBS falls in the last block. The first shortcut keeps layers similar; SVCCA and CKA disagree about the last.
#
# ```{glue} rests-resnet_fast
# ```
#
# {doc}`claims` lists the paper's sentences on each network, with the rules that decide them.
#
# ## Which weights and directions are lost?
#
# Magnitude pruning ranks weights across layers: it empties some and spares others. A *silent* channel, whose output is the same
# for all images, has no direction to compare, so the CCA family averages over those *left*. **Pruning silences more channels than
# further training does,** but mean CCA does not fall as a result.
#
# ```{glue} rests-lost
# ```

# %%
mean_cca = similarity.query("metric == 'mean_cca' and reshape == 'channels' and kind != 'out'")
mean_cca = mean_cca[mean_cca.role != "complete"]
mean_cca = mean_cca.astype(dict.fromkeys(("rank_x", "rank_y", "dead_x", "dead_y"), float))
silent = at_the_end(by_network(mean_cca[mean_cca.kind.str.startswith("conv")], "dead_y"))
ends = {
    "left": mean_over(at_the_end(by_network(mean_cca)), NETWORK),
    "as 0": mean_over(at_the_end(counting_lost(mean_cca)), NETWORK),
}

# %% tags=["hide-input"] mystnb={"code_prompt_show": "Show how it is drawn", "code_prompt_hide": "Hide how it is drawn", "figure": {"name": "fig-lost", "caption": "Left: the share of weights left in each layer after each pruning, from pale to strong, on a logarithmic scale. Right: mean CCA after the last pruning, over the remaining directions, and with a correlation of 0 for each lost direction; the training-only control with lost directions as 0. Means over three networks."}, "image": {"alt": "On the left, lines fall from layer to layer: the last convolutions lose most weights. On the right, the line that counts lost directions lies at or below the other."}}
weights = read("density", recipe, results).query("role == 'pruned' and iteration > 0")
layer = weights.parameter.str.removesuffix(".weight").str.removesuffix(".conv")
weights = weights.assign(layer=layer, left=100 * weights.survivors / weights.weights)
figure, panels = plt.subplots(len(cases), 2, figsize=(9, 2.5 * len(cases)))
for case, (first, second) in zip(cases, panels, strict=True):
    of_case = weights[(weights.network == case[0]) & (weights.regime == case[1])]
    shares = of_case.pivot_table("left", "iteration", "layer", sort=False)
    line = ends["left"][*case, "pruned", "mean_cca"]
    draw_levels(first, shares[[name for name in line.index if name in shares]])
    first.set(yscale="log", title=f"Weights left in %, {NAMES[case[0]]}, {NAMES[case[1]]}")
    first.yaxis.set_major_formatter("{x:g}")
    second.plot(line.to_numpy(), label="remaining directions")
    second.plot(
        ends["as 0"][*case, "pruned", "mean_cca"].to_numpy(), ls="-.", label="lost ones as 0"
    )
    alone = ends["as 0"][*case, "trained_as_long", "mean_cca"]
    second.plot(alone.to_numpy(), "g--", label="training-only control, lost ones as 0")
    name_layers(second, line.index)
    second.set(title="Mean CCA after the last pruning", ylim=(0, 1.02))
legend = panels[0, 1].legend()

# %% [markdown]
# The table counts silent channels after the last pruning, and in the training-only control.

# %%
of_all = mean_over(silent.groupby(["network", "regime", "role", NETWORK]).sum(), NETWORK)
channels = (by_network(mean_cca, "rank_x") + by_network(mean_cca, "dead_x")).xs(
    "pruned", level="role"
)
channels = mean_over(at_the_end(channels), NETWORK).groupby(["network", "regime"]).sum()
table = of_all.unstack("role").map(lambda value: number(value, 1))
table.insert(0, "Channels", channels.map(lambda value: number(value, 0)))
titled(table.loc[cases, ["Channels", "pruned", "trained_as_long"]], NAMES)

# %% tags=["remove-cell"]
more = minus(silent, "pruned", "trained_as_long").groupby(["network", "regime", NETWORK]).sum()
sentence = "Pruning silences more channels ({network}, {regime})."
claims.each("silent-{network}-{regime}", sentence, intervals(more), above=0, unit="channels")
end = at_the_end(similar.loc[["resnet_fast"]]).xs(
    ("pruned", "resnet_fast"), level=("role", "network")
)
end = end[end.index.get_level_values("metric").isin(["svcca", "cka"])]
for number_of, (total, before) in {1: ("add1", "res1_2"), 2: ("add3", "res3_2")}.items():
    above = end.xs(total, level="layer") - end.xs(before, level="layer")
    stays = f"By {{metric}}, {total} stays more similar than {before}. ({{regime}})"
    claims.each(f"shortcut-{number_of}-{{regime}}-{{metric}}", stays, intervals(above), above=0)
claims.expect(
    {
        "answer": {
            **{"claims/u-vgg16_bn-*": "holds", "claims/v-cka-depth-*": "holds"},
            "claims/v-nbs-bottom-*": "does not hold",
            "claims/cka-depth-resnet_fast-*": "holds",
            **{"claims/u-resnet_fast-recipe*": "holds", "claims/r-nbs-bottom-*": "holds"},
        },
        "vgg16_bn": {"claims/v-cka-fan-*": "holds"},
        "vgg_svhn": {
            **{"claims/s-output-*": "holds", "claims/s-nbs-like-cka-*": "holds"},
            "claims/s-consistent-*": "holds",
            "claims/nbs-u-vgg_svhn-*": "does not hold",
            "claims/s-bowl-few_images-*": "does not hold",
        },
        "resnet_fast": {
            **{"claims/r-recalls-*": "holds", "claims/r-higher-*": "holds"},
            "claims/r-cka-bound-*": "does not hold",
            **{"shortcut-1-*": "holds", "shortcut-2-*-cka": "holds"},
            "shortcut-2-*-svcca": "does not hold",
        },
        "lost": {"silent-*": "holds"},
    }
)

# %% tags=["hide-output"] mystnb={"code_prompt_show": "Show all claims", "code_prompt_hide": "Hide the claims"}
claims.table()

# %% [markdown]
# **What to take away.** A “U” by SVCCA and a decline by CKA describe the same networks. Whether a layer is still that of its
# original shows only next to strangers.
#
# ## Exercises
#
# **1.** At the output SVCCA is high again and CKA is lower. Is one of them wrong?
#
# :::{dropdown} Answer
# Not necessarily. SVCCA weighs all directions it keeps equally, CKA by their variance.
# :::
#
# **2.** In the figure of relative similarity a line reaches 0 where raw similarity is 0.7. What does that mean?
#
# :::{dropdown} Answer
# That strangers have 0.7 there as well: the layer no longer shows which network it comes from.
# :::

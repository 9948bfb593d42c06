# %% [markdown]
# # Which layers does pruning change?
#
# **Raw SVCCA and PWCCA are lowest in the middle layers of VGG16_BN and ResNet_fast (recipe, four
# steps), as in the paper. Raw CKA tends to fall with depth in all three networks. Relative
# similarity tends to fall towards the output by all four metrics,** in training-only controls as
# well.
#
# Raw NBS is lowest in the second residual block of ResNet_fast (10,000 images, as in the paper) or in the pooling after it (recipe, four
# steps); in VGG16_BN, later than in the paper.
#
# ```{glue} rests-answer
# ```
#
# ## Raw SVCCA and CKA are lowest in different layers

# %% tags=["parameters"]
results = "results/chapters/converged"
recipe = "results/chapters/by_recipe"

# %% tags=["remove-cell"]
from lib import report as r
from lib.repository import ROOT

r.use_style()
NETWORKS = ["vgg16_bn", "vgg_svhn", "resnet_fast"]
folders = {
    name: [ROOT / recipe / f"{name}_recipe", ROOT / results / f"{name}_few_images"]
    for name in NETWORKS
}
runs = {
    r.TITLES[name]: by_recipe if (by_recipe / "similarity.parquet").exists() else on_few_images
    for name, (by_recipe, on_few_images) in folders.items()
}

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-vgg16-bn", "caption": "VGG16_BN on 10,000 images (the paper's Fig. 5): raw similarity to the original; dotted: to strangers; triangles: the paper's lowest values, where stated. Means over three seeds."}, "image": {"alt": "Lines by SVCCA and PWCCA fall to block 4 and rise again, those by CKA and NBS fall to block 5. Dotted lines are lowest."}}
import matplotlib.pyplot as plt

# sections 5.2, 5.3 and 7
LOWEST_IN_PAPER = {
    "VGG16_BN": {"svcca": 0.35, "pwcca": 0.32, "cka": 0.75, "nbs": 0.7},
    "VGG_SVHN": {"cka": 0.75},
    "ResNet_fast": {"svcca": 0.4, "pwcca": 0.45, "cka": 0.9, "nbs": 0.82},
}


def draw_layers(name):
    """Similarity by layer after each pruning, a panel for each metric."""
    left = 100 * r.read("performance", runs[name]).groupby("iteration").remaining.mean()
    rows = r.read("descent", runs[name])
    own = (rows.other_seed == rows.train_seed).rename("own")
    lines = rows.pivot_table("value", [own, "metric", "iteration"], "layer", sort=False)
    figure, panels = plt.subplots(2, 2, figsize=(9, 5), sharex=True)
    lowest = {"svcca": 0.25, "pwcca": 0.25, "cka": 0.7, "nbs": 0.7}
    for axes, metric in zip(panels.flat, lowest, strict=True):
        pruned = lines.loc[True, metric].tail(4)
        for shade, (iteration, line) in enumerate(pruned.iterrows(), 1):
            look = {"color": "midnightblue", "alpha": shade / len(pruned)}
            axes.plot(line, **look, label=f"{left[iteration]:.2g} %")
        axes.plot(
            lines.loc[False, metric].iloc[-1], "k:", label=f"{left[iteration]:.2g} %, to strangers"
        )
        if stated := LOWEST_IN_PAPER[name].get(metric):
            at_edge = {"transform": axes.get_yaxis_transform(), "clip_on": False}
            axes.plot(1, stated, "k<", **at_edge)
        axes.set(title=metric.upper(), ylim=(lowest[metric], 1.01))
        axes.tick_params("x", rotation=90, labelsize="small")
    figure.supylabel("Raw similarity", size="medium")
    where = {"loc": "outside upper left", "ncols": 5, "alignment": "left"}
    figure.legend(*axes.get_legend_handles_labels(), title=f"{name}: weights left", **where)


draw_layers("VGG16_BN")

# %% [markdown]
# In VGG16_BN, as in the paper, CKA's curves lie close together in the first two blocks, then fan
# out.
#
# ```{glue} rests-vgg16_bn
# ```

# %% tags=["remove-input"] mystnb={"figure": {"name": "fig-vgg-svhn", "caption": "As above, VGG_SVHN by the paper's recipe (the paper's Fig. 6)."}, "image": {"alt": "Lines by SVCCA and PWCCA are lowest in blocks 3 and 4, those by CKA and NBS near the output. Dotted lines are mostly lowest."}}
draw_layers("VGG_SVHN")

# %% [markdown]
# In VGG_SVHN, SVCCA and PWCCA jump at the output; whether they rise before it is inconclusive. NBS orders the layers almost as CKA does.
# Neither falls and rises again as in the paper: NBS lacks its “U”, and CKA its “bowl” in block 3.
#
# ```{glue} rests-vgg_svhn
# ```

# %% tags=["remove-input"] mystnb={"figure": {"name": "fig-resnet-fast", "caption": "As above, ResNet_fast by the recipe in four steps (the paper's Fig. 7)."}, "image": {"alt": "Lines by SVCCA and PWCCA rise at the output, those by CKA and NBS fall in the second block. Dotted lines are mostly lowest."}}
draw_layers("ResNet_fast")

# %% [markdown]
# In ResNet_fast, CKA falls below 0.9, unlike in the paper. Adding the shortcut raises SVCCA and CKA in the first block; in the second, it
# raises CKA but lowers SVCCA. On 10,000 images, as in the paper, the curves of SVCCA and PWCCA recall those of VGG16_BN, but lie higher.
#
# ```{glue} rests-resnet_fast
# ```
#
# The least similar hidden layer (raw similarity, 1.2 % of the weights left):

# %% tags=["hide-input"]
from lib import report as r

NAMES = r.TITLES | {"regime": "Training"}
REGIMES = ["recipe", "recipe_four_steps", "few_images"]
similarity, descent, performance = (
    r.read(table, recipe, results).query("network in @NETWORKS and regime in @REGIMES")
    for table in ("similarity", "descent", "performance")
)
trained = performance.set_index(["network", "regime"]).index
cases = [(name, regime) for name in NETWORKS for regime in REGIMES if (name, regime) in trained]
claims = r.Claims("layers", results, recipe, names=NAMES)


def each_case(numbers):
    """A row for each network and training, a column for each metric."""
    table = numbers.unstack("metric").reindex(index=cases, columns=r.MATRIX)
    return r.titled(table.astype(object).fillna("\u2013"), NAMES)


similar = r.by_network(r.hidden_layers(similarity))  # also regime, role, metric, iteration, layer
own, others = r.original_and_expected(r.hidden_layers(descent))
kept = r.mean_over(r.at_the_end(own), r.NETWORK).xs("pruned", level="role")
where = kept.dropna().round(10).groupby(level=["network", "regime", "metric"]).idxmin()
each_case(where.map(lambda at: f"{at[-1]}: {r.number(kept[at])}"))

# %% [markdown]
# ## Compared with strangers, late layers keep least
#
# With 1.2 % of the weights left, relative similarity is at most {glue:text}`late:s` in the last two
# hidden layers. Its rank correlation with depth is {glue:text}`depth:s` over all experiments and
# metrics (training-only controls: {glue:text}`controls_depth:s`). By CKA, it says little in the first
# layer: strangers score nearly 1, so it divides by almost 0. (No rule tests this paragraph.)

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-relative", "caption": "Relative similarity with 1.2 % of the weights left. Means over three seeds."}, "image": {"alt": "In all five panels the lines of pruned networks fall towards the output and end just above 0; by CKA some rise first. The dashed lines of the training-only control lie far above them in VGG_SVHN on 10,000 images, and near them with the paper's training."}}
relative = r.at_the_end(
    r.relative_similarity(r.mean_over(own, r.NETWORK), r.mean_over(others, r.NETWORK))
)
ends = relative.xs("pruned", level="role")
figure, panels = plt.subplots(2, 3, figsize=(9, 5), sharex="col")
for axes in panels[0]:
    axes.set_axis_off()
for network, regime in cases:
    axes = panels[int(regime == "few_images"), NETWORKS.index(network)]
    axes.set_axis_on()
    for metric in ("svcca", "cka"):
        for role, look in {"pruned": "-", "trained_as_long": "--"}.items():
            line = relative[network, regime, role, metric]
            label = f"{NAMES[metric]}, {NAMES[role]}"
            axes.plot(line.to_numpy(), look, color=r.COLOURS[metric], label=label)
    axes.axhline(0, color="gray", lw=0.8)
    axes.set(title=f"{NAMES[network]}: {NAMES[regime]}", ylim=(-0.15, 1.01))
    r.name_layers(axes, line.index)
figure.supylabel("Relative similarity", size="medium")
legend = panels[0, 0].legend(*axes.get_legend_handles_labels(), loc="center")

# %% tags=["remove-cell"]
of_layers_in_order = ends.groupby(["network", "regime", "metric"], sort=False)
controls = relative.xs("trained_as_long", level="role")
r.glue(
    depth=r.span(r.over(ends, r.trend)),
    controls_depth=r.span(r.over(controls, r.trend)),
    late=r.number(of_layers_in_order.tail(2).max()),
)

# %% [markdown]
# Hidden layers closer to the original than to strangers, by simultaneous 95 % intervals (an
# {ref}`under-trained <under-trained>` original widens those of VGG_SVHN by the paper's recipe):

# %% tags=["hide-input"]
nearer = r.layer_intervals(r.at_the_end(own - others)).xs("pruned", level="role")
counts = (nearer.low > 0).groupby(["network", "regime", "metric"], sort=False).agg(r.count)
each_case(counts)

# %% [markdown]
# ## Pruning leaves more dead channels
#
# **In every experiment, pruned networks have more dead channels (constant over all images) than their training-only controls:**
# {glue:text}`more_dead:s` percentage points more of the channels of convolutions, with 1.2 % of the weights left. Mean CCA
# {ref}`does not show them <dead-channels>`, since it compares what still varies.
#
# ```{glue} rests-lost
# ```

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-lost", "caption": "Weights left in each convolution (above); mean CCA with 1.2 % of the weights left (below), over the directions left, or with lost directions as 0. Training as in the figures above. Means over three seeds."}, "image": {"alt": "Above, lines fall from layer to layer: the last convolutions lose most weights. Below, the line that counts lost directions as 0 lies at or below the other line."}}
mean_cca = similarity.query("metric == 'mean_cca' and reshape == 'channels' and kind != 'out'")
mean_cca = mean_cca[mean_cca.role != "complete"]
mean_cca = mean_cca.astype(dict.fromkeys(("rank_x", "rank_y", "dead_x", "dead_y"), float))
convolutions = mean_cca[mean_cca.kind.str.startswith("conv")]
dead = r.at_the_end(r.by_network(convolutions, "dead_y"))
value, directions, surviving = (r.by_network(mean_cca, x) for x in ("value", "rank_x", "rank_y"))
of_left = r.mean_over(r.at_the_end(value), r.NETWORK)
# a correlation of 0 for each lost direction of the original
of_all = r.mean_over(r.at_the_end(value * surviving.clip(upper=directions) / directions), r.NETWORK)
density = r.read("density", recipe, results).query("role == 'pruned'")
layer = density.parameter.str.removesuffix(".weight").str.removesuffix(".conv")
density = density.assign(layer=layer, left=100 * density.survivors / density.weights)
shares = r.weights_left(performance)  # index: regime, network, iteration
figure, panels = plt.subplots(2, 3, figsize=(9, 5), sharex="col")
for (above, below), name in zip(panels.T, NETWORKS, strict=True):
    case = next(case for case in cases if case[0] == name)
    of_case = "network == @case[0] and regime == @case[1]"
    after = descent.query(of_case).iteration.unique()[-4:]
    line = of_left[*case, "pruned", "mean_cca"]
    lines = density.query(of_case).pivot_table("left", "iteration", "layer")
    lines = lines[[name for name in line.index if name in lines]]
    for shade, iteration in enumerate(after, 1):
        look = {"color": "midnightblue", "alpha": shade / len(after)}
        x = line.index.get_indexer(lines.columns)
        above.plot(x, lines.loc[iteration], "o-", **look, label=shares[*case[::-1], iteration])
    above.set(yscale="log", title=f"{NAMES[name]}: weights left, %")
    above.yaxis.set_major_formatter("{x:g}")
    below.plot(line.to_numpy(), label="directions left")
    below.plot(of_all[*case, "pruned", "mean_cca"].to_numpy(), "k-.", label="lost ones as 0")
    alone = of_all[*case, "trained_as_long", "mean_cca"]
    below.plot(alone.to_numpy(), "g--", label="lost ones as 0, training-only control")
    below.set(title=f"{NAMES[name]}: mean CCA", ylim=(0, 1.01))
    r.name_layers(below, line.index)
panels[0, 0].legend(title="of all weights")
legend = panels[1, 0].legend()

# %% tags=["remove-cell"]
of_network = r.mean_over(dead.groupby(["network", "regime", "role", r.NETWORK]).sum(), r.NETWORK)
channels = r.by_network(convolutions, "rank_x") + r.by_network(convolutions, "dead_x")
channels = r.at_the_end(channels).xs("pruned", level="role")
channels = r.mean_over(channels, r.NETWORK).groupby(["network", "regime"]).sum()
more_dead = r.minus(of_network, "pruned", "trained_as_long") / channels
r.glue(more_dead=r.span(100 * more_dead, 0))
more = r.minus(dead, "pruned", "trained_as_long").groupby(["network", "regime", r.NETWORK]).sum()
sentence = "Pruning leaves more dead channels than further training ({network}, {regime})."
claims.each("silent-{network}-{regime}", sentence, r.intervals(more), above=0, unit="channels")
end = r.at_the_end(similar.loc[["resnet_fast"]]).xs(
    ("pruned", "resnet_fast"), level=("role", "network")
)
end = end[end.index.get_level_values("metric").isin(["svcca", "cka"])]
for number_of, (total, before) in {1: ("add1", "res1_2"), 2: ("add3", "res3_2")}.items():
    above = end.xs(total, level="layer") - end.xs(before, level="layer")
    stays = f"By {{metric}}, {total} stays more similar than {before}. ({{regime}})"
    claims.each(f"shortcut-{number_of}-{{regime}}-{{metric}}", stays, r.intervals(above), above=0)
claims.expect(
    {
        "answer": {
            "holds": [
                "claims/u-vgg16_bn-*",
                "claims/v-cka-depth-*",
                "claims/cka-depth-*",
                "claims/u-resnet_fast-recipe*",
                "claims/r-nbs-bottom-*",
            ],
            "does not hold": ["claims/v-nbs-bottom-*"],
        },
        "vgg16_bn": {"holds": ["claims/v-cka-fan-*"]},
        "vgg_svhn": {
            "holds": ["claims/s-output-*", "claims/s-nbs-like-cka-*"],
            "inconclusive": ["claims/s-no-recovery-*"],
            "does not hold": ["claims/nbs-u-vgg_svhn-*", "claims/s-bowl-*"],
        },
        "resnet_fast": {
            "holds": [
                "claims/r-recalls-*",
                "claims/r-higher-*",
                "shortcut-1-*",
                "shortcut-2-*-cka",
            ],
            "does not hold": ["claims/r-cka-bound-*", "shortcut-2-*-svcca"],
        },
        "lost": {"holds": ["silent-*"]},
    }
)

# %% tags=["remove-input", "hide-output"] mystnb={"code_prompt_show": "Show all claims", "code_prompt_hide": "Hide the claims"}
claims.table()

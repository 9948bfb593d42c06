# %% [markdown]
# # How similar are pruned and unpruned networks?
#
# **Four metrics disagree in their own units. Beside strangers they come together, and do not quite agree.** With 1 % of its
# weights a network is {glue:text}`raw_least:s` to {glue:text}`raw_most:s` similar to what it was, depending on the metric. On
# the way from a *stranger*, a complete network of another seed, to identical it stands at {glue:text}`all_least:s` to
# {glue:text}`all_most:s`.

# %% tags=["parameters"]
results = "results/chapters/converged"
recipe = "results/chapters/by_recipe"

# %% tags=["remove-cell"]
import json

import pandas as pd
from IPython.display import HTML

from lib import ROOT
from lib.report import (
    NETWORK,
    TITLES,
    Claims,
    glue,
    hidden,
    intervals,
    mean_over,
    number,
    own_and_others,
    place,
    read,
    use_style,
)

use_style()
NETWORKS = ["vgg16_bn", "vgg_svhn", "resnet_fast"]
BY_RECIPE = ["resnet_fast", "vgg_svhn"]
CASES = {(name, "recipe"): f"{TITLES[name]}, paper's recipe" for name in BY_RECIPE}
CASES |= {(name, "few_images"): f"{TITLES[name]}, few images" for name in NETWORKS}
METRICS = ["svcca", "pwcca", "cka", "nbs"]
descent = hidden(read("descent", results, recipe)).query("network in @NETWORKS")
own, others = own_and_others(descent)
own, others = (mean_over(numbers, "layer") for numbers in (own, others))
places = place(own, others)
similar, kept = (mean_over(x, NETWORK).xs("pruned", level="role") for x in (own, places))
performance = read("performance", results, recipe).query("network in @NETWORKS")
performance = performance.query("role in ['pruned', 'trained_as_long']")
by_level = performance.groupby(["network", "regime", "role", "iteration"])
accuracy, left = 100 * by_level.accuracy.mean(), 100 * by_level.remaining.mean()


def course(case):
    """What the figure moves through: the complete network, then each pruning that was looked at."""
    network, regime = case
    levels = similar[network, regime].index.get_level_values("iteration").unique()
    pruned, alone = (accuracy[network, regime, role] for role in ("pruned", "trained_as_long"))
    table = {
        "left": left[network, regime, "pruned"][levels],
        "accuracy": pruned[levels],
        "alone": alone[levels],
    }
    for what, numbers in {"raw": similar, "place": kept}.items():
        for metric in METRICS:
            table[f"{what} {metric}"] = numbers[network, regime, metric][levels]
    complete = {"left": 100, "accuracy": pruned[0], "alone": pruned[0]}
    first = pd.DataFrame([dict.fromkeys(table, 1.0) | complete])
    return pd.concat([first, pd.DataFrame(table)], ignore_index=True).round(3)


shown = {name: course(case).to_dict("list") for case, name in CASES.items()}

# %% tags=["remove-input"]
data = json.dumps(shown, separators=(",", ":"))
HTML(
    f"<div id='prune-it' data-course='{data.replace(chr(39), '&#39;')}' hidden></div>"
    "<script defer src='../_static/prune_it.js'></script>"
)

# %% [markdown]
# ::::{grid} 3
# :gutter: 2
#
# :::{grid-item}
# ```{button-ref} which_metric
# :ref-type: doc
# :color: primary
# :expand:
# Which metric?
# ```
# :::
#
# :::{grid-item}
# ```{button-ref} claims
# :ref-type: doc
# :color: primary
# :expand:
# Does the paper hold?
# ```
# :::
#
# :::{grid-item}
# ```{button-ref} run_it
# :ref-type: doc
# :color: primary
# :expand:
# Run it
# ```
# :::
# ::::

# %% tags=["hide-input"] mystnb={"code_prompt_show": "Show how the figure comes from the tables", "code_prompt_hide": "Hide how the figure comes from the tables", "figure": {"name": "fig-answer", "caption": "Above: similarity of pruned networks to their own complete one, by four metrics, raw. Below: the same on the way from complete networks of other seeds (0) to identical (1). Means over the hidden layers and three networks, by the weights left."}, "image": {"alt": "Above, four lines lie far apart in each panel. Below they fall together, from between 0.5 and 0.9 to between 0.1 and 0.2, and lie close to each other."}}
import matplotlib.pyplot as plt

figure, panels = plt.subplots(2, 5, figsize=(10, 4.6), sharey=True)
studies = [f"{recipe}/{name}_recipe" for name in BY_RECIPE]
studies += [f"{results}/{name}_few_images" for name in NETWORKS]
for study, name, panel in zip(studies, CASES.values(), panels.T, strict=True):
    rows = pd.read_parquet(ROOT / study / "descent.parquet").query("kind != 'out'")
    whose = (rows.other_seed == rows.train_seed).map({True: "own", False: "others"})
    mean = rows.pivot_table("value", ["iteration", rows.metric.str.upper(), "train_seed"], whose)
    mean["place"] = place(mean.own, mean.others)
    for axes, what in zip(panel, ["own", "place"], strict=True):
        lines = mean[what].groupby(["iteration", "metric"]).mean().unstack()
        lines[["SVCCA", "PWCCA", "CKA", "NBS"]].plot(
            ax=axes, legend=axes is panels[0, 0], ylim=(0, 1)
        )
    panel[0].set_title(name.replace(", ", ",\n"))
label = panels[0, 0].set_ylabel("similarity")
label = panels[1, 0].set_ylabel("stranger (0) to identical (1)")
# %% tags=["remove-cell"]
last = kept.groupby(["network", "regime"]).agg(
    lambda x: x.index.get_level_values("iteration").max()
)
ends = {case: last[case] for case in CASES}
at_the_end = {
    what: pd.DataFrame({case: x[case].xs(ends[case], level="iteration") for case in CASES})
    for what, x in {"raw": similar, "place": kept}.items()
}
few = at_the_end["place"].drop(columns=[(name, "recipe") for name in BY_RECIPE])
each = places.xs("pruned", level="role").unstack("metric")
apart = each.max(axis=1) - each.min(axis=1)
of_few = apart.xs("few_images", level="regime").xs(4, level="iteration")
answers = read("decisions", results, recipe).query("quantity == 'flipped'")
same = [
    100 * (1 - x.groupby(["network", "regime", "role", "iteration"]).mean())
    for x in own_and_others(answers)
]
glue(
    raw_least=number(at_the_end["raw"].min().min()),
    raw_most=number(at_the_end["raw"].max().max()),
    all_least=number(at_the_end["place"].min().min()),
    all_most=number(at_the_end["place"].max().max()),
    few_least=number(few.min().min()),
    few_most=number(few.max().max()),
    apart_few_least=number(of_few.min()),
    apart_few_ever=number(apart.xs("few_images", level="regime").max()),
    apart_few_most=number(of_few.max()),
    own_answers=f"{same[0]['vgg16_bn', 'few_images', 'pruned', 4]:.0f} %",
    others_answers=f"{same[1]['vgg16_bn', 'few_images', 'pruned', 4]:.0f} %",
    own_answers_recipe=f"{same[0]['vgg_svhn', 'recipe', 'pruned', 20]:.1f} %",
    others_answers_recipe=f"{same[1]['vgg_svhn', 'recipe', 'pruned', 20]:.1f} %",
)
for name in BY_RECIPE:
    end = at_the_end["place"][name, "recipe"]
    far = apart[name, "recipe"].xs(ends[name, "recipe"], level="iteration")
    glue(**{f"{name}_least": number(end.min()), f"{name}_most": number(end.max())})
    raw = at_the_end["raw"][name, "recipe"]
    glue(**{f"{name}_raw_apart": number(raw.max() - raw.min())})
    glue(**{f"{name}_apart_least": number(far.min()), f"{name}_apart_most": number(far.max())})

# %% tags=["remove-cell"]
claims = Claims("index", results, recipe)
near = {
    name: places[name, "recipe", "pruned"].xs(ends[name, "recipe"], level="iteration")
    for name in BY_RECIPE
}
near = intervals(pd.concat(near, names=["network"]))
nearer = "By {metric}, {network} by the recipe, pruned to the end, is nearer to its own than to strangers."
claims.each("{network}-near-{metric}", nearer, near, above=0)
claims.expect(
    {
        "recipe": {"*-near-*": "holds", "vgg_svhn-near-[cn]*": "undecided"},
        "metric": {
            "contrast/*-agree": "does not hold",
            "contrast/few_images-*-nearer": "holds",
            "contrast/few_images-*-layers": "does not hold",
            "contrast/recipe-*-agree-last": "does not hold",
            "contrast/recipe-resnet_fast-nearer": "holds",
            "claims/depends-raw-*": "holds",
            "claims/depends-place-*": "undecided",
        },
        "similar": {
            "is_it_pruning/*-near-*": "holds",
            "is_it_pruning/vgg_svhn-near-cka": "undecided",
        },
        "pruning": {
            "is_it_pruning/vgg*-visibly-*": "holds",
            "is_it_pruning/resnet_fast-adds-*": "holds",
            "robustness/c-further-*-recipe": "does not hold",
            "robustness/nearer-resnet_fast-recipe-33 %-*": "holds",
        },
    }
)

# %% [markdown]
# ## What this study found
#
# **Does the metric matter?** In raw values, very much: the paper's main conclusion, that results depend critically on
# the metric, holds for these. Most of that is a matter of units: pruned to a hundredth, raw values of ResNet_fast by
# the paper's recipe are {glue:text}`resnet_fast_raw_apart:s` apart, and beside strangers the four metrics lie
# {glue:text}`resnet_fast_apart_least:s` to {glue:text}`resnet_fast_apart_most:s` apart, network by network; with few
# images {glue:text}`apart_few_least:s` to {glue:text}`apart_few_most:s`, and {glue:text}`apart_few_ever:s` at most on
# the way. But they do not agree to within the tenth of our rule, neither everywhere on the way nor layer by layer; and
# those of VGG_SVHN by the recipe, one of whose three complete networks began to learn late, lie
# {glue:text}`vgg_svhn_apart_least:s` to {glue:text}`vgg_svhn_apart_most:s` apart. So on one scale the paper's
# conclusion is not refuted ({doc}`contrast`).
#
# ```{glue} rests-metric
# ```
#
# **How similar, then?** Nearer to itself than to strangers, and not by much: with a hundredth of the weights,
# {glue:text}`resnet_fast_least:s` to {glue:text}`resnet_fast_most:s` of the way is left in ResNet_fast by the paper's recipe,
# and {glue:text}`few_least:s` to {glue:text}`few_most:s` with few images ({doc}`is_it_pruning`). VGG_SVHN by the recipe stands
# at {glue:text}`vgg_svhn_least:s` to {glue:text}`vgg_svhn_most:s`, which SVCCA and PWCCA show to be above 0; by CKA and NBS
# its three networks are too different to tell.
#
# ```{glue} rests-similar
# ```
#
# ```{glue} rests-recipe
# ```
#
# **Is it pruning?** By the recipe hardly: with a third of its weights ResNet_fast is nearer to its own network than
# when it was trained as long with all of them; with a hundredth it is further by less than a tenth of the way, by SVCCA
# and PWCCA, and VGG_SVHN is not shown to be further at all ({doc}`robustness`). With few images it is in VGG_SVHN, and
# both in VGG16_BN; ResNet_fast is taken nearly as far by training alone.
#
# ```{glue} rests-pruning
# ```
#
# **What does it cost?** Test accuracy in %, of complete networks, pruned to a hundredth, and trained as long without pruning:

# %% tags=["hide-input"] mystnb={"code_prompt_show": "Show how it is computed", "code_prompt_hide": "Hide how it is computed"}
costs = {}
for case, name in CASES.items():
    pruned, alone = (accuracy[*case, role] for role in ("pruned", "trained_as_long"))
    end = ends[case]
    costs[name] = {"Complete": pruned[0], "Pruned": pruned[end], "Trained as long": alone[end]}
pd.DataFrame(costs).T.map("{:.1f}".format)

# %% [markdown]
# **Without any metric:** the pruned VGG16_BN gives its original's answer to {glue:text}`own_answers:s` of the images, and a
# stranger's to {glue:text}`others_answers:s`; VGG_SVHN by the recipe to {glue:text}`own_answers_recipe:s` and
# {glue:text}`others_answers_recipe:s`. So hardly more of its original is left in what it answers ({doc}`accuracy`).
#
# ## What it rests on
#
# Three complete networks of each kind, at the paper's width; intervals are over these. *Few images*: the first 10,000
# training images, unchanged, until one more training adds little; four prunings of two thirds each. *The paper's
# recipe*: its schedule and augmentation; for VGG_SVHN 24,465 digits of SVHN and twenty prunings of a fifth, where one
# of the three complete networks began to learn late; for ResNet_fast 40,000 images of CIFAR-10 and four prunings, each
# as much as five of the paper's. CIFAR-10's last training batch is the test set. VGG16_BN by the recipe is not in this
# book yet.
#
# The scale was found after the networks of few images had been read; its rules came before those of the recipe
# ({doc}`robustness`). {doc}`claims` has the paper's claims one by one.
#
# This book repeats and extends {cite:t}`ansuini2020investigating`.

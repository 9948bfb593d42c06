# %% [markdown]
# # Do the details matter?
#
# **Mostly not: the images, their number, debiasing and precision hardly move a similarity. Two details matter: which directions a
# metric counts, and, together with the training, how wide the network is.**
#
# Two further choices have pages of their own: the training ({doc}`is_it_pruning`) and the matrix ({doc}`contrast`).
#
# ```{glue} rests-answer
# ```

# %% tags=["parameters"]
results = "results/chapters/converged"
recipe = "results/chapters/by_recipe"
width_and_length = "results/chapters/width_and_length"

# %% tags=["remove-cell"]
from lib import ROOT
from lib.report import use_style

use_style()
results = ROOT / results

# %% tags=["hide-input"] mystnb={"code_prompt_show": "Show imports and names", "code_prompt_hide": "Hide imports and names"}
import json

import matplotlib.pyplot as plt
import pandas as pd

from lib.report import (
    NETWORK,
    TITLES,
    Claims,
    as_text,
    by_network,
    draw_intervals,
    glue,
    hidden_layers,
    intervals,
    mean_over,
    minus,
    number,
    read,
    titled,
    welch_intervals,
)
from notebooks.robustness.analysis import BASE, contrast_left, moves, settings

CHOICES = {
    "images": "Number of images, 500 to 5,000",
    "draw": "Which images, five draws",
    "split": "Training instead of test images",
    "precision": "Precision of the forward pass",
    "debiased": "Debiased CKA",
    "mean": "Kind of mean in SVCCA",
    "threshold": "Threshold of SVCCA, 0.9 to 0.999",
    "leading": "1 to 10 leading directions removed",
}
NAMES = TITLES | CHOICES | {"pruning": "For comparison: pruning"}
NAMES |= {"regime": "Trained"}
NAMES |= {"vgg_svhn_half": "VGG_SVHN, ½ wide", "quarter_of_recipe": "a quarter of its epochs"}
THREE = ["vgg16_bn_quarter", "vgg_svhn", "resnet_fast_quarter"]
claims = Claims("robustness", results, recipe, width_and_length, names=NAMES)

# %% mystnb={"figure": {"name": "fig-robustness", "caption": "How far each choice moves raw similarity, averaged over the hidden layers. For each choice, the option that moves similarity most is shown. The vertical line marks 0.05. Last row, for comparison: how far the metric falls from the first pruning to the last. One network of each kind with 1.2 % of its weights, trained on 10,000 images."}, "image": {"alt": "In three networks all marks lie below 0.05, with these exceptions: the threshold moves SVCCA by about 0.09; removing leading directions moves CKA by 0.1 to 0.23 and, in two networks, NBS by 0.06 and 0.09. Pruning moves SVCCA and PWCCA by about 0.3, CKA and NBS by about 0.1."}}
study = json.loads((results / "vgg_svhn_few_images" / "provenance.json").read_text())
images = study["experiments"]["vgg_svhn_few_images"]["probe_images"]
table = settings(read("robustness", results), images)  # with another choice, and with the study's
moved, kept = moves(table), contrast_left(table)
figure, panels = plt.subplots(1, 3, figsize=(9.5, 3.6), sharey=True, sharex=True)
for axes, network in zip(panels, THREE, strict=True):
    marks = moved.loc[network].stack().rename_axis(["metric", "choice"])
    frame = pd.DataFrame({"mean": marks, "low": marks, "high": marks})
    draw_intervals(axes, frame, by="metric", names=NAMES)
    axes.axvline(0.05, color="k", lw=0.6)
    axes.set(title=NAMES[network], xlabel="change of raw similarity")
legend = panels[1].legend(loc="center right")

# %% [markdown]
# ## Images, debiasing and precision hardly matter
#
# We measured one pruned network of each kind again, with one choice changed at a time. One network gives no interval, so claims
# count cases instead. **Six choices move no metric of the paper by 0.05,** averaged over the hidden layers: which images, how
# many, training or test images, debiased CKA, the mean that a widely used library takes in SVCCA {cite}`google2019svcca`, and
# precision.
#
# ```{glue} rests-choices
# ```
#
# The paper compares 5,000 data points, does not name their split, and varies none of these choices.
#
# ## The directions that a metric counts do matter
#
# **The threshold of SVCCA matters. The leading directions in CKA and NBS matter most** {cite}`ding2021grounding`. Without these
# principal components, less than half of the gap between CKA and SVCCA remains in two of three networks. With any other choice
# at least half of the gap remains in all three networks.
#
# ```{glue} rests-directions
# ```
#
# For each choice, the table gives the smallest share of the gap that an option leaves.

# %%
of_metric = kept.loc[THREE].drop(columns=["images", "draw", "split", "precision"])
of_metric = of_metric.rename_axis(index=None, columns=None).map(number)
of_metric.rename(index=NAMES, columns=NAMES).T.rename_axis(columns="Choice")

# %% tags=["hide-input"] mystnb={"code_prompt_show": "Show what is claimed", "code_prompt_hide": "Hide what is claimed"}
for choice in BASE:
    words = f"{CHOICES[choice]}: no metric moves by 0.05 or more, averaged over the hidden layers."
    claims.each(f"moves-{choice}", words, moved[choice].dropna(), below=0.05, every="case")
    words = f"{CHOICES[choice]}: at least half of the gap between CKA and SVCCA remains."
    claims.each(f"contrast-{choice}", words, kept[choice].dropna(), above=0.5, every="case")


# %% [markdown]
# ## Pruning moves narrow networks further
#
# We trained VGG_SVHN with the paper's recipe at full and at half width, and both again for a quarter of the epochs. Before we
# trained these four kinds of network, we decided to compare them. We have no strangers for them, so we compare raw similarity.
#
# **Pruning adds less distance at full width than at half the width,** by all four metrics; with a quarter of the epochs CKA is
# inconclusive. But we cannot separate the effect of the width from that of the training: at full width, training on 10,000 images
# instead of by the recipe makes a far larger difference ({doc}`is_it_pruning`). Nor can we say whether the number of epochs
# matters. After four epochs at full width the originals classify {glue:text}`short_complete:s` of the images correctly: only one
# had begun to learn.
#
# ```{glue} rests-width
# ```
#
# The table gives similarity to the original after pruning, minus similarity to the original after training alone. Below 0,
# pruning moves networks further from the original than training alone does.

# %%
grid = by_network(hidden_layers(read("similarity", recipe, width_and_length)))
added = mean_over(minus(grid, "pruned", "trained_as_long"), "layer").xs(20, level="iteration")
titled(as_text(intervals(added), sign=True).unstack("metric"), NAMES)

# %% tags=["hide-input"] mystnb={"code_prompt_show": "Show what is claimed", "code_prompt_hide": "Hide what is claimed"}
of_cells = added.reorder_levels(["network", "regime", "metric", NETWORK])
less = "By {metric}, pruning adds less distance at full than at half the width"
for key, regime, end in (
    ("width", "recipe", "."),
    ("width_short", "quarter_of_recipe", ", with a quarter of the epochs."),
):
    gap = welch_intervals(of_cells["vgg_svhn", regime], of_cells["vgg_svhn_half", regime])
    claims.each(f"{key}-{{metric}}", less + end, gap, above=0)
tests = read("performance", recipe, width_and_length)
tests = tests.query("network == 'vgg_svhn' and regime == 'quarter_of_recipe' and iteration == 0")
begun = 100 * tests.query("role == 'pruned'").groupby(NETWORK).accuracy.mean()
*others, last = (number(value, 0) for value in begun)
glue(short_complete=f"{', '.join(others)} and {last} %")

# %% tags=["remove-cell"]
few_choices = {f"moves-{choice}": "holds" for choice in BASE}
few_choices |= {"moves-threshold": "does not hold", "moves-leading": "does not hold"}
hardly = {key: verdict for key, verdict in few_choices.items() if verdict == "holds"}
claims.expect(
    {
        "answer": few_choices | {"width-*": "holds"},
        "choices": hardly,
        "directions": {
            "moves-threshold": "does not hold",
            "moves-leading": "does not hold",
            "contrast-*": "holds",
            "contrast-leading": "does not hold",
        },
        "width": {
            "width-*": "holds",
            "width_short-*": "holds",
            "width_short-cka": "inconclusive",
            "is_it_pruning/c-further-vgg_svhn-few_images": "holds",
        },
    }
)

# %% tags=["hide-output"] mystnb={"code_prompt_show": "Show all claims", "code_prompt_hide": "Hide the claims"}
claims.table()

# %% [markdown]
# **What to take away.** Report the two details that matter: which directions your metric counts, and how wide the network is.
#
# ## Exercise
#
# A choice moves SVCCA of every layer by 0.1 in the same direction. Is the “U” in danger?
#
# :::{dropdown} Answer
# No. The depth of the “U” is a difference between layers. It stays the same when all layers move alike.
# :::

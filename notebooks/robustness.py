# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Does it hold at another scale, and measured otherwise?
#
# **Most pages show networks that were trained to the end on few images, and each similarity rests on choices. Would the
# paper's own recipe, or other choices, give another answer?**

# %% tags=["parameters"]
results = "results/chapters/converged"
full_scale = "results/full_scale"
width_and_length = "results/chapters/width_and_length"

# %% tags=["remove-cell"]
import pandas as pd
from IPython.display import Markdown, display

from lib.analyses.converged.papers_names import open_networks, open_wide_networks
from lib.analyses.each_network import directions
from lib.analyses.robustness import full_scale as by_recipe
from lib.analyses.robustness import overviews, paper_text
from lib.analyses.robustness.analysis import robustness_decided
from lib.analyses.robustness.tables import ROBUSTNESS
from lib.analyses.width_and_length import analysis, grid_shown
from lib.analyses.width_and_length.cells import SHORT_CELL
from lib.book.findings import record
from lib.book.report import recipes, values
from lib.book.report.figure import ABSENT, LayerFigure
from lib.book.report.format import Table, plain
from lib.book.report.page import glue, open_study
from lib.book.report.results import results_if_any

# %%
full = results_if_any(full_scale)
if full.experiments:
    display(Markdown("By the paper's recipe:"))
    open_study(full_scale)
display(Markdown("Beside it:"))
wide = open_wide_networks(results)
display(Markdown("Measured otherwise:"))
study = open_networks(results, ROBUSTNESS)

# %% [markdown]
# ## What we find
#
# :::{finding}
# :expects: full-scale-near-the-text = holds
# **Most of the lowest values come near the paper's.** In {glue:text}`text_cases_near:d` of {glue:text}`text_cases:d` cases
# the lowest hidden layer of a network of the paper's width comes within 0.1 of the number in the paper's text.
# :::
#
# :::{finding}
# :expects: full-scale-training-vgg-svhn-full = about as close; full-scale-training-vgg-svhn-elsewhere = further; vgg_svhn_wide-adds-svcca = holds; full-scale-alone-vgg-svhn = below 0; full-scale-pruned-vgg-svhn = above 0
# **What pruning adds depends on how far training goes.** By the paper's recipe VGG_SVHN ends, by SVCCA, about as close to
# its complete network as after training alone. Trained to the end on few images, where training alone goes less far,
# pruning goes further than training.
# :::
#
# :::{finding}
# :expects: grid-width-whole-training-{svcca,cka} = above 0; grid-length-{full,half}-width-svcca = undecided; grid-length-full-width-cka = undecided; grid-length-half-width-cka = below 0
# **By that recipe width matters; of length, little can be shown.** With half the channels and everything else alike, pruning
# takes VGG_SVHN further than training does, by SVCCA and by CKA. A quarter of the epochs makes no difference that could be
# shown, but for CKA at half the width; at full width, only one of three networks had then begun to learn.
# :::
#
# :::{finding}
# :expects: full-scale-directions-vgg-svhn-{full,elsewhere} = further
# **Silent channels are not counted in this.** By the recipe {glue:text}`most_silent:s` channels of one layer are silent
# after pruning, and the CCA family leaves them out. If a lost direction counts as 0, pruning goes further than training here, too.
# :::
#
# :::{finding}
# :expects: robustness-moves-{images,draw,split,debiased,precision,mean} = holds
# **Most choices hardly matter.** Which images are taken, how many, at what precision, and whether CKA is debiased: on
# average over the hidden layers none of these moves one of the paper's metrics by 0.05, in the one network of each kind
# that was measured again. How the mean of SVCCA is defined stays just below that, in VGG_SVHN.
# :::
#
# :::{finding}
# :expects: robustness-moves-{threshold,leading} = does not hold
# **Which directions count does matter**: the threshold of SVCCA, and above all the leading components of CKA and NBS.
# :::
#
# :::{finding}
# :expects: robustness-contrast-{images,draw,split,threshold,mean,debiased,precision} = holds; robustness-contrast-leading = does not hold
# **That CKA exceeds SVCCA depends on the leading components alone.** Without them less than half of the difference is left
# in slim VGG16_BN and ResNet_fast. With any other choice at least half of it remains in all three networks.
# :::

# %% [markdown]
# (at-full-scale)=
# ## At the paper's scale
#
# By the paper's recipe VGG_SVHN has 15 epochs after each of 20 prunings, on {glue:text}`recipe_images:s` images, a third of
# the paper's. Trained to the end it is as wide, but has 10 epochs after each of 4 larger prunings, 10,000 images, and half
# the largest learning rate. Mean similarity of the hidden layers in the end, with 1.2 % of the weights:

# %%
NOTHING = "Nothing has been measured at the paper's scale yet: `make book PROFILE=paper` runs it."
scales = {by_recipe.BY_RECIPE: full, by_recipe.TO_THE_END: wide}
record(paper_text.near_the_text(wide), *by_recipe.adds_to_training(full, wide))
record(*by_recipe.decided_distances(full, wide))
images = [f"{full.settings(name)['train_images']:,}" for name in full.experiments]
glue(recipe_images=" or ".join(images))
Table.of(by_recipe.similarity_table(scales, full), nothing=NOTHING)

# %% [markdown]
# Pruned networks end only a little nearer by the recipe; it is mostly training alone that differs. Images, steps and the
# number of trainings differ all at once, so nothing here says which of them it is. No networks were trained independently by the recipe, so
# *about as close* has the margin of those that were trained to the end.
#
# :::{figure-title} fig-full-scale
# Each layer by four metrics, by the paper's recipe
# :::

# %% tags=["hide-output"] mystnb={"figure": {"name": "fig-full-scale", "caption": "Similarity of each layer of the pruned networks with the same layer of their complete networks by the paper's recipe, by four metrics, mean over three complete networks. Each line is one pruning iteration, from pale to strong. The dashed line in the pale band is the null of the last iteration, two standard deviations either side. All panels have the same vertical scale. The paper's Figs. 5 to 7."}}
iterations = [len(values.remaining(full, name)) for name in full.experiments]
figure = LayerFigure("full-scale", (), iterations=max(iterations, default=0))
for name in full.experiments:
    figure.row(full.network(name))
    for metric in ("svcca", "pwcca", "cka", "nbs"):
        by_recipe.draw_layers(figure, full, name, metric)
figure

# %% tags=["hide-output"]
for name in full.experiments:
    display(Markdown(f"**What differs from the paper: {plain(full.network(name))}**"))
    display(recipes.deviations(full, name))

# %% [markdown]
# (width-or-training)=
# ## Width, or training?
#
# VGG_SVHN was also trained by this recipe with half its channels, with a quarter of its epochs, and with both, three
# complete networks each. The rule was committed before they were trained.
#
# :::{figure-title} fig-width-and-length
# :expects: grid-width-{whole,short}-training-svcca = above 0; grid-width-whole-training-cka = above 0; grid-width-short-training-cka = undecided
# Pruning goes beyond training where the network is half as wide
# :::

# %% mystnb={"figure": {"name": "fig-width-and-length", "caption": "Similarity of pruned networks to their complete ones at the end, minus that of the same networks trained as long without pruning, mean over the hidden layers: left of 0, pruning takes them further. Means over three complete networks and 95 % intervals."}}
cells = analysis.grid(full, results_if_any(width_and_length))
grid_shown.draw_grid(cells)

# %%
effects = analysis.effects(cells)
record(*effects)
glue(short_complete=grid_shown.complete_accuracies(cells, SHORT_CELL))
glue(
    grid_pruned=grid_shown.whole_trainings(cells),
    grid_alone=grid_shown.whole_trainings(cells, "_trained_as_long"),
)

# %% tags=["hide-output"]
Table.of(analysis.grid_table(cells), nothing=ABSENT)

# %% [markdown]
# After 15 epochs each time, pruned networks end at an SVCCA of {glue:text}`grid_pruned:s` at full and at half the width, and
# those trained as long at {glue:text}`grid_alone:s`: here, too, it is mostly training alone that differs.
#
# With full width and four epochs, the complete networks have an accuracy of {glue:text}`short_complete:s`: two of three had
# not begun to learn, and training again cured it. So what this row says rests on one network.
#
# :::{finding}
# :expects: {vgg16-bn,resnet-fast}-width-svcca = above 0; vgg-svhn-width-svcca = undecided
# **Elsewhere width does the same in two networks of three.** Trained to the end, wide VGG16_BN and ResNet_fast are moved
# less beyond training than slim ones; for VGG_SVHN that is undecided, by SVCCA ({doc}`converged`).
# :::

# %% tags=["hide-output"]
rows = [(effect.words, effect.measured, effect.verdict) for effect in effects]
Table(("Compared", "Measured", "Verdict"), rows, cards=True, nothing=ABSENT)

# %% [markdown]
# (lost-directions)=
# ## What if a direction that is lost counts as 0?
#
# Pruned networks minus those trained as long, in mean CCA as it is, which leaves silent channels out, and with a
# correlation of 0 for each lost direction of the complete network; means over the hidden layers, at the end.

# %%
Table.of(by_recipe.lost_directions(scales), cards=True, nothing=NOTHING)

# %% tags=["hide-output"]
silent = {full.network(name): directions.silent_channels(full, name) for name in full.experiments}
table = pd.concat(silent, names=["Network"]) if silent else pd.DataFrame()
Table.of(table, cards=True, nothing=NOTHING)

# %% tags=["hide-input"]
if silent:
    most = table.loc[table["Silent, pruned"].idxmax()]
    glue(most_silent=f"{most['Silent, pruned']:.0f} of {most['Channels']:.0f}")

# %% [markdown]
# ## Beside the paper's numbers
#
# What the paper's text says of single layers (sections 5.2, 5.3 and 7), beside our lowest hidden layer in any iteration
# and the range of the output, all at the paper's width; then how far the lowest layer is from the paper's number.

# %% tags=["hide-output"]
Table.of(paper_text.beside_the_text(scales), cards=True)

# %% tags=["hide-output"]
far = paper_text.far_from_the_text(wide)
glue(
    text_near=paper_text.NEAR,
    text_cases=len(far),
    text_cases_near=int((far <= paper_text.NEAR).sum()),
)
far.round(2).rename("distance of the lowest layer from the paper's number").to_frame()

# %% [markdown]
# Claims about one network alone, decided by the same rules ({ref}`how-claims-are-decided`) on both:

# %% tags=["hide-output"]
pairs = by_recipe.claims_at_both(full, wide)
Table.of(by_recipe.claim_table(pairs), cards=True, nothing=NOTHING)

# %% [markdown]
# ## Measured otherwise
#
# One network of each kind is measured again with one choice changed at a time: VGG_SVHN with all of the paper's channels,
# VGG16_BN and ResNet_fast with a quarter. Each result is compared with that of the study's own setting, or of the nearest
# one that was measured.
#
# :::{figure-title} fig-robustness
# :expects: robustness-moves-{images,draw,split} = holds; robustness-moves-{threshold,leading} = does not hold
# Which images are taken hardly matters; which directions count does
# :::

# %% mystnb={"figure": {"name": "fig-robustness", "caption": "By how much a choice changes a similarity: mean over the hidden layers, in the setting where it is largest, after the last iteration. Each of the paper's metrics, on the matrix that the paper gives it, has a mark of its own. The open marks in the last row are for comparison: how far the same metric moves from the first to the last iteration of pruning."}}
overviews.draw_moves(study)

# %% tags=["hide-output"]
comparisons = robustness_decided(study)
record(*comparisons)
glue(**{comparison.key: comparison.measured for comparison in comparisons})
rows = [(decided.words, decided.measured, decided.verdict) for decided in comparisons]
Table(("Compared", "Measured", "Verdict"), rows, cards=True)

# %% tags=["hide-output"]
Table.of(overviews.again(study), cards=True)

# %% [markdown]
# Do the "U" over the layers and the difference between CKA and SVCCA stand? Either is tested if it is at least 0.05 in
# the study's own setting, and remains if every other setting has at least half of it, with the same sign. All numbers
# are from the last iteration. *One layer* is the largest change of a hidden layer, and *Mean* the largest on average over them. For the same metric and
# network, *Pruning* is the change from the first to the last iteration, and *Draws* the largest by another draw of images.
# A dash: not measured.

# %% tags=["hide-output"]
Table.of(overviews.changes_in_short(study), cards=True, nothing=ABSENT)

# %% [markdown]
# In the next one, in brackets: the lowest and the highest of the other settings. The depth of the "U" is how far the lowest hidden
# layer lies below the lower of the first and the last one. By SVCCA it is so shallow here that fewer images, or more,
# may hide it or make it:

# %% tags=["hide-output"]
Table.of(overviews.spans_by_choice(study), nothing=ABSENT)

# %% [markdown]
# ### Choice by choice
#
# - *Images*: with too few of them, chance agreement passes for similarity, and the null is high.
# - *Draw*: other images, as many. A change no larger than this one may be chance.
# - *Split*: both networks have learned the labels of the training images.
# - *Threshold*: SVCCA keeps the leading directions until they have this share of the variance.
# - *Mean*: the paper averages all canonical correlations; a widely used library stops where the leading ones have
#   98 % of the sum {cite}`google2019svcca`.
# - *Debiased*: with few images and many columns, plain CKA is high for any data.
# - *Leading*: without the leading principal components {cite}`ding2021grounding`.
#
# In the folded figures each line is one setting, from light to dark; where only one is visible, it covers the others.
#
# :::{figure-title} fig-robustness-images
# :expects: robustness-moves-images = holds
# How many images are compared hardly matters
# :::

# %% tags=["hide-output"] mystnb={"figure": {"name": "fig-robustness-images", "caption": "Similarity by the number of probe images: after the last iteration, mean over the runs that were measured again. Layers stand in forward order; the background has the colour of their kind. All panels have the same vertical scale."}}
overviews.draw_settings(study, "images")

# %% [markdown]
# :::{figure-title} fig-robustness-draw
# :expects: robustness-moves-draw = holds
# Which images are drawn hardly matters
# :::

# %% tags=["hide-output"] mystnb={"figure": {"name": "fig-robustness-draw", "caption": "Similarity on other probe images of the same number: after the last iteration, mean over the runs that were measured again. Layers stand in forward order; the background has the colour of their kind. All panels have the same vertical scale."}}
overviews.draw_settings(study, "draw")

# %% [markdown]
# :::{figure-title} fig-robustness-split
# :expects: robustness-moves-split = holds
# Whether the images were trained on hardly matters
# :::

# %% tags=["hide-output"] mystnb={"figure": {"name": "fig-robustness-split", "caption": "Similarity on test images and on training images: after the last iteration, mean over the runs that were measured again. Layers stand in forward order; the background has the colour of their kind. All panels have the same vertical scale."}}
overviews.draw_settings(study, "split")

# %% [markdown]
# :::{figure-title} fig-robustness-threshold
# :expects: robustness-moves-threshold = does not hold
# The threshold of SVCCA does matter
# :::

# %% tags=["hide-output"] mystnb={"figure": {"name": "fig-robustness-threshold", "caption": "SVCCA by its threshold: after the last iteration, mean over the runs that were measured again. Layers stand in forward order; the background has the colour of their kind. All panels have the same vertical scale."}}
overviews.draw_settings(study, "threshold")

# %% [markdown]
# :::{figure-title} fig-robustness-mean
# :expects: robustness-moves-mean = holds
# Which mean SVCCA takes hardly matters
# :::

# %% tags=["hide-output"] mystnb={"figure": {"name": "fig-robustness-mean", "caption": "CCA by the definition of its mean: after the last iteration, mean over the runs that were measured again. Layers stand in forward order; the background has the colour of their kind. All panels have the same vertical scale."}}
overviews.draw_settings(study, "mean")

# %% [markdown]
# :::{figure-title} fig-robustness-debiased
# :expects: robustness-moves-debiased = holds
# Taking its bias away hardly moves CKA
# :::

# %% tags=["hide-output"] mystnb={"figure": {"name": "fig-robustness-debiased", "caption": "CKA and debiased CKA on whole images (flat) and on channel means (gap): after the last iteration, mean over the runs that were measured again. Layers stand in forward order; the background has the colour of their kind. All panels have the same vertical scale."}}
overviews.draw_settings(study, "debiased")

# %% [markdown]
# :::{figure-title} fig-robustness-precision
# :expects: robustness-moves-precision = holds
# The precision of the forward pass hardly matters
# :::

# %% tags=["hide-output"] mystnb={"figure": {"name": "fig-robustness-precision", "caption": "Similarity by the precision of the forward pass: after the last iteration, mean over the runs that were measured again. Layers stand in forward order; the background has the colour of their kind. All panels have the same vertical scale."}}
overviews.draw_settings(study, "precision")

# %% [markdown]
# :::{figure-title} fig-robustness-leading
# :expects: robustness-moves-leading = does not hold
# The leading components do matter
# :::

# %% tags=["hide-output"] mystnb={"figure": {"name": "fig-robustness-leading", "caption": "CKA and NBS without the leading principal components: after the last iteration, mean over the runs that were measured again. Layers stand in forward order; the background has the colour of their kind. All panels have the same vertical scale."}}
overviews.draw_settings(study, "leading")

# %% [markdown]
# Another network may be more sensitive. The paper compares 5,000 data points and does not name their split; it keeps
# 0.99 of the variance for SVCCA, takes the plain mean of equation 3 and the biased CKA
# ({cite:t}`ansuini2020investigating`, sections 3 and 4), and varies none of these.
#
# ## Exercises
#
# **1.** A choice moves SVCCA of every layer by 0.1 in the same direction. Is the “U” in danger?
#
# :::{dropdown} Answer
# No. Its depth is a difference between layers, which stays as it is when all of them move alike.
# :::
#
# **2.** Which choice moves a metric further than pruning does?
#
# :::{dropdown} Answer
# Leaving out the leading components: compare the columns *Mean* and *Pruning* for CKA of VGG16_BN.
# :::

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
# **The networks of most pages are slim, and each similarity rests on choices: which images, which threshold,
# which mean. Would wider networks, or other choices, give another answer?**

# %% tags=["parameters"]
results = "results"
full_scale = "results/full_scale"

# %% tags=["remove-cell"]
import pandas as pd
from IPython.display import Markdown, display

from lib.analyses.each_network import directions
from lib.analyses.robustness import full_scale as wide
from lib.analyses.robustness import overviews, paper_text
from lib.analyses.robustness.analysis import robustness_decided
from lib.book.findings import record
from lib.book.report import recipes, values
from lib.book.report.figure import ABSENT, LayerFigure
from lib.book.report.format import plain
from lib.book.report.page import glue, open_study
from lib.book.report.results import results_if_any
from lib.book.report.tables import Table

# %%
full = results_if_any(full_scale)
if full.experiments:
    display(Markdown("At the paper's scale:"))
    open_study(full_scale)
    display(Markdown("On the other pages:"))
study = open_study(results)

# %% [markdown]
# ## What we find
#
# :::{finding}
# :expects: full-scale-near-the-text = holds
# The lowest values agree: in {glue:text}`text_cases_near:d` of {glue:text}`text_cases:d` cases the lowest hidden layer
# of a slim network comes near the number in the paper's text.
# :::
#
# :::{finding}
# :expects: full-scale-training-vgg-svhn-full = about as close; full-scale-training-vgg-svhn-slim = further; vgg_svhn_wide-adds-svcca = holds
# What pruning adds does not: a VGG_SVHN of the paper's scale ends about as close to its complete network as after
# training alone, while slim ones end further away. Width is not the reason: with fewer images, and trained to the end,
# pruning moves networks of that width further as well ({doc}`converged`). It may be that the single one goes on moving by
# itself: it has more images and larger steps, and is trained twenty times more.
# :::
#
# :::{finding}
# :expects: full-scale-directions-vgg-svhn-full = further; full-scale-directions-vgg-svhn-slim = further
# This holds for the channels that survive. Pruning silences {glue:text}`most_silent:s` of the channels of one layer at
# the paper's scale, and the CCA family leaves them out: if a lost direction counts as 0, pruning takes the network
# further away at both scales.
# :::
#
# :::{finding}
# :expects: full-scale-accuracy-vgg-svhn = higher
# That network also loses less accuracy by pruning than slim ones. It is a single one, so no interval says how far
# this can be trusted.
# :::
#
# :::{finding}
# :expects: robustness-moves-images = holds; robustness-moves-draw = holds; robustness-moves-split = holds; robustness-moves-debiased = holds; robustness-moves-precision = holds
# In the one network of each kind that was measured again, it hardly matters which images are taken, how many, or at
# what precision, nor whether CKA is debiased: on average over the hidden layers, none of these choices moves one of the
# paper's metrics by 0.05.
# :::
#
# :::{finding}
# :expects: robustness-moves-threshold = does not hold; robustness-moves-mean = does not hold; robustness-moves-leading = does not hold
# What is averaged over does matter, again in one network of each kind: the threshold of SVCCA, the definition of its
# mean, and above all the leading components. To leave these out is to ask another question.
# :::
#
# :::{finding}
# :expects: robustness-contrast-images = holds; robustness-contrast-draw = holds; robustness-contrast-split = holds; robustness-contrast-threshold = holds; robustness-contrast-mean = holds; robustness-contrast-debiased = holds; robustness-contrast-precision = holds; robustness-contrast-leading = does not hold
# That CKA exceeds SVCCA depends on the leading components alone: without them the difference is gone in VGG16_BN.
# With any other choice at least half of it remains in all three networks.
# :::

# %% [markdown]
# (at-full-scale)=
# ## At the paper's scale
#
# What has been run with the paper's width and recipe, beside the slim networks: means over the hidden layers after
# the last iteration, and after training for as long without pruning.

# %%
NOTHING = "Nothing has been measured at the paper's scale yet: `make book PROFILE=paper` runs it."
scales = {wide.AT_FULL_SCALE: full, wide.ON_OTHER_PAGES: study}
record(paper_text.near_the_text(study), *wide.adds_to_training(full, study))
record(*wide.decided_accuracy_kept(full, study))
Table.of(wide.similarity_table(scales, full), nothing=NOTHING)

# %% [markdown]
# Slim networks have fewer weights left, and were trained for fewer epochs, in larger batches. The accuracies:

# %%
Table.of(wide.accuracies_at_both(scales, full), nothing=NOTHING)

# %% [markdown]
# :::{figure-title} fig-full-scale
# The paper's Figs. 5 to 7, at the paper's width
# :::

# %% tags=["hide-output"] mystnb={"figure": {"name": "fig-full-scale", "caption": "Similarity of each layer of the pruned networks with the same layer of their complete networks at the paper's scale, by four metrics, mean over the pruning runs. Each line is one pruning iteration, from pale to strong. The dashed line in the pale band is the null of the last iteration, two standard deviations either side. All panels have the same vertical scale. The paper's Figs. 5 to 7."}}
iterations = [len(values.remaining(full, name)) for name in full.experiments]
figure = LayerFigure("full-scale", (), iterations=max(iterations, default=0))
for name in full.experiments:
    figure.row(full.network(name))
    for metric in ("svcca", "pwcca", "cka", "nbs"):
        wide.draw_layers(figure, full, name, metric)
figure

# %% [markdown]
# (lost-directions)=
# ### What if a direction that is lost counts as 0?
#
# The mean of the CCA family leaves out channels that pruning has silenced, so it may stay or rise while they fall
# silent. The table has pruned networks minus those trained as long, in mean CCA as it is, and with a correlation of 0
# for each lost direction of the complete network; means over the hidden layers, at the end.

# %%
Table.of(wide.lost_directions(study, full), cards=True, nothing=NOTHING)

# %% tags=["hide-output"]
silent = {full.network(name): directions.silent_channels(full, name) for name in full.experiments}
table = pd.concat(silent, names=["Network"]) if silent else pd.DataFrame()
Table.of(table, cards=True, nothing=NOTHING)

# %% tags=["hide-input"]
if silent:
    most = table.loc[table["Silent, pruned"].idxmax()]
    glue(most_silent=f"{most['Silent, pruned']:.0f} of {most['Channels']:.0f}")

# %% [markdown]
# ### Beside the paper's numbers
#
# What the paper's text says of single layers (sections 5.2, 5.3 and 7), beside our lowest hidden layer in any
# iteration and the range of the output; then how far the lowest layer is from the paper's number.

# %% tags=["hide-output"]
Table.of(paper_text.beside_the_text(scales), cards=True)

# %% tags=["hide-output"]
far = paper_text.far_from_the_text(study)
glue(
    text_near=paper_text.NEAR,
    text_cases=len(far),
    text_cases_near=int((far <= paper_text.NEAR).sum()),
)
far.round(2).rename("distance of the lowest layer from the paper's number").to_frame()

# %% [markdown]
# ### The same rules on both
#
# A claim about one network alone is measured by its rule ({ref}`how-claims-are-decided`) at each scale. A single
# network gives no verdict, but its mean may lie on the claim's side of the bound.

# %%
pairs = wide.claims_at_both(full, study)
glue(claims_at_both_scales=len(pairs))
moved = pd.crosstab(pairs.declared, pairs.side).rename_axis("On the other pages")
Table.of(moved, nothing=NOTHING)

# %% tags=["hide-output"]
Table.of(wide.claim_table(pairs), cards=True, nothing=NOTHING)

# %% [markdown]
# A claim that fails for a slim network, and whose mean lies on its side at the paper's scale, may have failed
# because of the scale; but width and length of training both differ. The images of these networks, and what else
# differs from the paper at its scale:

# %% tags=["hide-output"]
Table.of(wide.image_table(full), nothing=NOTHING)

# %% tags=["hide-output"]
for name in full.experiments:
    display(Markdown(f"**{plain(full.network(name))}**"))
    display(recipes.deviations(full, name))

# %% [markdown]
# ## Measured otherwise
#
# The same networks are measured again with one choice changed at a time. Each result is compared with that of the
# study's own setting, or of the nearest one that was measured.
#
# :::{figure-title} fig-robustness
# :expects: robustness-moves-images = holds; robustness-moves-draw = holds; robustness-moves-split = holds; robustness-moves-threshold = does not hold; robustness-moves-mean = does not hold
# Which images hardly matters; what SVCCA averages over does
# :::

# %% mystnb={"figure": {"name": "fig-robustness", "caption": "By how much a choice changes a similarity: mean over the hidden layers, in the setting where it is largest, after the last iteration. Each of the paper's metrics, on the matrix that the paper gives it, has a mark of its own. The open marks in the last row are for comparison: how far the same metric moves from the first to the last iteration of pruning."}}
overviews.draw_moves(study)

# %% tags=["hide-output"]
comparisons = robustness_decided(study)
record(*comparisons)
glue(**{comparison.key: comparison.measured for comparison in comparisons})
rows = [(one.words, one.measured, one.verdict) for one in comparisons]
Table(("Compared", "Measured", "Verdict"), rows, cards=True)

# %% tags=["hide-output"]
Table.of(overviews.again(study), cards=True)

# %% [markdown]
# Do the "U" over the layers and the difference between CKA and SVCCA stand? A "U" or a difference is tested if it is
# at least 0.05 in the study's own setting. It remains if every other setting has at least half of it, with the same
# sign. All numbers are from the last iteration that was measured again.
#
# *One layer* is the largest change of a single hidden layer, and *Mean* the largest change averaged over the hidden
# layers. For the same metric and network, *Pruning* is the change from the first to the last iteration, and *Draws*
# the largest that another draw of images makes. A dash means that something was not measured.

# %%
Table.of(overviews.changes_in_short(study), cards=True, nothing=ABSENT)

# %% [markdown]
# The study's own setting, then in brackets the lowest and the highest of the others. The depth of the "U" is how far
# the lowest hidden layer lies below the lower of the first and the last one. The difference is CKA minus SVCCA, mean
# over the hidden layers:

# %% tags=["hide-output"]
Table.of(overviews.spans_by_choice(study), nothing=ABSENT)

# %% [markdown]
# ### Choice by choice
#
# - *Images*: with too few of them, chance agreement passes for similarity, and the null is high.
# - *Draw*: other images, as many. A change no larger than this one need not mean anything.
# - *Split*: both networks have seen the training images, and have learned their labels.
# - *Threshold*: SVCCA keeps the leading directions until they have this share of the variance.
# - *Mean*: the paper averages all canonical correlations; a widely used library stops where the leading ones have
#   98 % of the sum {cite}`google2019svcca`.
# - *Debiased*: with few images and many columns, plain CKA is high for any data.
# - *Precision*: of the forward pass alone.
# - *Leading*: without the leading principal components, which carry most of the variance {cite}`ding2021grounding`.
#
# In the folded figures each line is one setting, from light to dark. Where only one line is visible, it covers the
# others.
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
# :expects: robustness-moves-mean = does not hold
# Which mean CCA takes does matter
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
# All this is about one network of each kind; another may be more sensitive. The paper compares 5,000 data points and
# does not name their split; it keeps 0.99 of the variance for SVCCA, takes the plain mean of equation 3 and the
# biased CKA ({cite:t}`ansuini2020investigating`, sections 3 and 4), and varies none of these.
#
# ## Exercise
#
# A choice moves SVCCA of every layer by 0.1 in the same direction. Is the “U” in danger?
#
# :::{dropdown} Answer
# No. Its depth is a difference between layers, which stays as it is when all of them move alike.
# :::

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
# # Does it matter how one measures?
#
# **Would we get another answer if we measured in another way?**
#
# Measuring a similarity involves choices: which images and how many, a threshold, a mean, a precision.
# None of these choices is about pruning, so none of them should decide the answer.
#
# Here the trained networks, which were kept, are measured again, with one choice changed at a time. The result is compared
# with that of the study's own setting, or of the nearest one that was measured.

# %% tags=["parameters"]
results = "results"

# %% tags=["remove-cell"]
from lib.analyses.robustness.analysis import robustness_decided
from lib.analyses.robustness.overviews import (
    again,
    changes_in_short,
    draw_moves,
    draw_settings,
    overview_of_choice,
    spans_by_choice,
)
from lib.book.findings import record
from lib.book.report.figure import ABSENT
from lib.book.report.page import glue, open_study
from lib.book.report.tables import Table

# %%
study = open_study(results)

# %% [markdown]
# ## What we find
#
# :::{finding}
# :expects: robustness-moves-images = holds; robustness-moves-draw = holds; robustness-moves-split = holds; robustness-moves-debiased = holds; robustness-moves-precision = holds
# **Which images, how many, and at what precision: that does not matter** in the one network of each kind that
# was measured again. Nor does the bias of CKA: on average over the hidden layers, none of these choices moves
# one of the paper's metrics by 0.05.
# :::
#
# :::{finding}
# :expects: robustness-moves-threshold = does not hold; robustness-moves-mean = does not hold; robustness-moves-leading = does not hold
# What is averaged does matter, again in one network of each kind: the threshold of SVCCA, the definition of
# its mean, and above all the leading components, without which another question is asked.
# :::
#
# :::{finding}
# :expects: robustness-contrast-images = holds; robustness-contrast-draw = holds; robustness-contrast-split = holds; robustness-contrast-threshold = holds; robustness-contrast-mean = holds; robustness-contrast-debiased = holds; robustness-contrast-precision = holds; robustness-contrast-leading = does not hold
# That CKA exceeds SVCCA depends on none of the choices but the last: at least half of the difference remains
# in all three networks, and it goes in VGG16_BN with the leading components.
# :::

# %% mystnb={"figure": {"name": "fig-robustness", "caption": "By how much a choice changes a similarity: mean over the hidden layers, in the setting where it is largest, after the last iteration. Each of the paper's metrics, on the matrix that the paper gives it, has a mark of its own. The open marks in the last row are for comparison: how far the same metric moves from the first to the last iteration of pruning."}}
draw_moves(study)

# %%
comparisons = robustness_decided(study)
record(*comparisons)
glue(**{comparison.key: comparison.measured for comparison in comparisons})
rows = [(one.words, one.measured, one.verdict) for one in comparisons]
Table(("Compared", "Measured", "Verdict"), rows, cards=True)

# %% [markdown]
# ## What was measured again
#
# `make study PROFILE=laptop` trains the networks, keeps them, and measures them in all the ways of this
# page. A dash, here and below, means that something was not measured.

# %%
Table.of(again(study), cards=True)

# %% [markdown]
# ## The conclusions
#
# For each choice we ask how far it moves a value, whether that is much compared with what pruning and
# chance do, and whether two conclusions stand: the "U" over the layers, and the difference between CKA
# and SVCCA. All numbers are from the last iteration that was measured again.
#
# *One layer* is the largest change of a single hidden layer, and *Mean* the largest change averaged
# over the hidden layers. For the same metric and network, *Pruning* is the change from the first to the
# last iteration, and *Draws* the largest that another draw of images makes. A "U" or a difference is
# tested if it is at least 0.05 in the study's own setting. It remains if every other setting has at
# least half of it, with the same sign.

# %%
Table.of(changes_in_short(study), cards=True, nothing=ABSENT)

# %% [markdown]
# The same in numbers: first the study's own setting, then in brackets the lowest and the highest of the
# others. The depth of the "U" is how far the lowest hidden layer lies below the lower of the
# first and the last one. The difference is CKA minus SVCCA, mean over the hidden layers:

# %% tags=["hide-output"]
Table.of(spans_by_choice(study), nothing=ABSENT)

# %% [markdown]
# ## Choice by choice
#
# Each line is one setting, from light to dark. Where only one line is visible, it covers the others.
# In the tables, a value is the mean over the hidden layers. *Mean change* averages the size of the
# layers' changes, in the setting where this is largest. *Largest* is the largest change of one layer.
# *Null* is the null of the first and of the last setting, where these differ.

# %% [markdown]
# ### How many images?
#
# With too few images, chance agreement passes for similarity, and the null is high. More images take more
# time.

# %% tags=["hide-output"] mystnb={"figure": {"name": "fig-robustness-images", "caption": "Similarity by the number of probe images: after the last iteration, mean over the runs that were measured again. Layers stand in forward order; the background has the colour of their kind. All panels have the same vertical scale."}}
draw_settings(study, "images")

# %% tags=["hide-output"]
overview_of_choice(study, "images")

# %% [markdown]
# ### Which images?
#
# The same number of images is drawn again. A change no larger than that between draws need not mean
# anything. Where the probe images are all images of the split, every draw is the same.

# %% tags=["hide-output"] mystnb={"figure": {"name": "fig-robustness-draw", "caption": "Similarity on other probe images of the same number: after the last iteration, mean over the runs that were measured again. Layers stand in forward order; the background has the colour of their kind. All panels have the same vertical scale."}}
draw_settings(study, "draw")

# %% tags=["hide-output"]
overview_of_choice(study, "draw")

# %% [markdown]
# ### Test or training images?
#
# Both networks have seen the training images, and have learned their labels. That could make them
# more alike there.

# %% tags=["hide-output"] mystnb={"figure": {"name": "fig-robustness-split", "caption": "Similarity on test images and on training images: after the last iteration, mean over the runs that were measured again. Layers stand in forward order; the background has the colour of their kind. All panels have the same vertical scale."}}
draw_settings(study, "split")

# %% tags=["hide-output"]
overview_of_choice(study, "split")

# %% [markdown]
# ### Which threshold of SVCCA?
#
# SVCCA keeps the leading principal directions of each layer, until they have a given share of the
# variance. A higher threshold keeps more directions, the faint ones too. CKA has no threshold.

# %% tags=["hide-output"] mystnb={"figure": {"name": "fig-robustness-threshold", "caption": "SVCCA by its threshold: after the last iteration, mean over the runs that were measured again. Layers stand in forward order; the background has the colour of their kind. All panels have the same vertical scale."}}
draw_settings(study, "threshold")

# %% tags=["hide-output"]
overview_of_choice(study, "threshold")

# %% [markdown]
# ### Which mean?
#
# Equation 3 of the paper averages all canonical correlations. A widely used library stops where the
# leading ones have 98 % of the sum {cite}`google2019svcca`. What it drops is low, so its mean is
# higher ({doc}`similarity_metrics`).

# %% tags=["hide-output"] mystnb={"figure": {"name": "fig-robustness-mean", "caption": "CCA by the definition of its mean: after the last iteration, mean over the runs that were measured again. Layers stand in forward order; the background has the colour of their kind. All panels have the same vertical scale."}}
draw_settings(study, "mean")

# %% tags=["hide-output"]
overview_of_choice(study, "mean")

# %% [markdown]
# ### Biased or debiased?
#
# With few images and many columns, plain CKA is high for any data. The debiased estimate corrects
# that. Where a layer has fewer columns, as with the means over positions (*gap*), there is less to
# correct.

# %% tags=["hide-output"] mystnb={"figure": {"name": "fig-robustness-debiased", "caption": "CKA and debiased CKA on whole images (flat) and on channel means (gap): after the last iteration, mean over the runs that were measured again. Layers stand in forward order; the background has the colour of their kind. All panels have the same vertical scale."}}
draw_settings(study, "debiased")

# %% tags=["hide-output"]
overview_of_choice(study, "debiased")

# %% [markdown]
# ### Which precision?
#
# Networks run faster at lower precision. Are the representations then still good enough for a
# comparison? Here only the forward pass changes, not the metric.

# %% tags=["hide-output"] mystnb={"figure": {"name": "fig-robustness-precision", "caption": "Similarity by the precision of the forward pass: after the last iteration, mean over the runs that were measured again. Layers stand in forward order; the background has the colour of their kind. All panels have the same vertical scale."}}
draw_settings(study, "precision")

# %% tags=["hide-output"]
overview_of_choice(study, "precision")

# %% [markdown]
# ### Is it a few directions?
#
# CKA and NBS weigh a direction by its variance. A few strong directions may carry all of a high
# value {cite}`ding2021grounding`. Here the leading principal components are removed on both sides, and
# the rest is compared. This changes the question, and not only how it is measured.

# %% tags=["hide-output"] mystnb={"figure": {"name": "fig-robustness-leading", "caption": "CKA and NBS without the leading principal components: after the last iteration, mean over the runs that were measured again. Layers stand in forward order; the background has the colour of their kind. All panels have the same vertical scale."}}
draw_settings(study, "leading")

# %% tags=["hide-output"]
overview_of_choice(study, "leading")

# %% [markdown]
# ## How to read it
#
# Look first at the draws. A change of that size may be chance. Two draws share images, the more so the
# larger the probe, so the spread between sets without common images is larger.
#
# Then compare the change with that caused by pruning. A choice may move every value and leave the
# conclusion as it is: if all layers move alike, the "U" stays. A choice that reverses the difference
# between CKA and SVCCA is part of the answer, and must be named with it.
#
# A change of the probe moves the null as well. If a value falls together with its null, what it has
# lost is chance agreement, not similarity.
#
# All this is about one network of each kind. Another network may be more sensitive.
#
# ## What the paper reports
#
# The paper compares 5,000 data points, and does not name their split. It keeps 0.99 of the variance
# for SVCCA, and takes the plain mean of equation 3. It uses the biased CKA
# ({cite:t}`ansuini2020investigating`, sections 3 and 4). It does not vary these choices.

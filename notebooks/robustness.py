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
# # Does the reading hold?
#
# **Would other choices in measuring give another answer?**
#
# A similarity is not read off a network. Somebody chooses the images, how many, a threshold, a mean,
# a precision. None of these choices is about pruning. So none of them should decide the answer.
#
# Here kept networks are read again, and each time one choice is changed. The rest stays as in the
# study. Each reading is compared with the *base*: the setting of the study, or the nearest that was
# measured.

# %% tags=["parameters"]
results = "results"

# %% tags=["remove-cell"]
from IPython.display import Markdown
from myst_nb import glue

from lib.report import robustness, robustness_figures, scale
from lib.report.results import load_results
from lib.report.robustness_readings import read

study = load_results(results)
readings = read(study)

# %% tags=["remove-input"]
Markdown(scale.statement(study.provenance))

# %% tags=["remove-input"]
Markdown(robustness.statement(readings))

# %% [markdown]
# ## The answer in short
#
# Three questions to each choice. How far does it move a value? Is that much, beside what pruning
# moves and what chance moves? And do the conclusions stand? Two of them are asked for: the "U" over
# the layers, and the difference between CKA and SVCCA. All of it after the last iteration that was
# read again:

# %% tags=["hide-input"]
Markdown(robustness.answers(readings))

# %% tags=["remove-input"]
Markdown(robustness.rule())

# %% [markdown]
# The same as numbers. First the base, then in brackets the lowest and the highest of the other
# settings. The depth of the "U" tells how far the lowest hidden layer lies below the lower of the first
# and the last one. The difference is CKA minus SVCCA, mean over the hidden layers:

# %% tags=["hide-input"]
robustness.conclusions(readings)

# %% [markdown]
# ## Choice by choice
#
# Each line is one setting, from light to dark. Where only one line is visible, the others lie below
# it. In the tables, a value is the mean over the hidden layers. *Mean change* averages the size of
# their changes, in the setting where this is largest. *Largest* is the largest change of one layer.
# For comparison: *Pruning* is the mean change from the first to the last iteration at the base, and
# *Draws* the mean change when other images are drawn.

# %% [markdown]
# ### How many images?
#
# Too few images, and chance agreement counts as similarity: the null is high. More images cost
# more time. How many are enough?

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-robustness-images", "caption": "Similarity by the number of probe images: after the last iteration, mean over the runs that were read again. Layers stand in forward order; the background has the colour of their kind. All panels have the same vertical scale."}}
robustness_figures.figure(readings, "images")

# %% tags=["remove-input"]
Markdown(robustness.result(readings, "images"))

# %% tags=["hide-input"]
robustness.overview(readings, "images")

# %% [markdown]
# ### Which images?
#
# The same number of images, drawn again. This is the spread by chance. A change that is no larger
# need not mean anything.

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-robustness-draw", "caption": "Similarity on other probe images of the same number: after the last iteration, mean over the runs that were read again. Layers stand in forward order; the background has the colour of their kind. All panels have the same vertical scale."}}
robustness_figures.figure(readings, "draw")

# %% tags=["remove-input"]
Markdown(robustness.result(readings, "draw"))

# %% tags=["hide-input"]
robustness.overview(readings, "draw")

# %% [markdown]
# ### Test or training images?
#
# Both networks have seen the training images, and have learned their labels. That could make them
# more alike there.

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-robustness-split", "caption": "Similarity on test images and on training images: after the last iteration, mean over the runs that were read again. Layers stand in forward order; the background has the colour of their kind. All panels have the same vertical scale."}}
robustness_figures.figure(readings, "split")

# %% tags=["remove-input"]
Markdown(robustness.result(readings, "split"))

# %% tags=["hide-input"]
robustness.overview(readings, "split")

# %% [markdown]
# ### Which threshold of SVCCA?
#
# SVCCA keeps the leading principal directions of each layer, until they have a given share of the
# variance. A higher threshold keeps more directions, the faint ones too. CKA does not have it.

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-robustness-threshold", "caption": "SVCCA by its threshold: after the last iteration, mean over the runs that were read again. Layers stand in forward order; the background has the colour of their kind. All panels have the same vertical scale."}}
robustness_figures.figure(readings, "threshold")

# %% tags=["remove-input"]
Markdown(robustness.result(readings, "threshold"))

# %% tags=["hide-input"]
robustness.overview(readings, "threshold")

# %% [markdown]
# ### Which mean?
#
# Equation 3 of the paper averages all canonical correlations. A widely used library stops where the
# leading ones have 98 % of the sum {cite}`google2019svcca`. What it drops is low, so its mean is
# higher ({doc}`similarity_metrics`).

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-robustness-mean", "caption": "CCA by the definition of its mean: after the last iteration, mean over the runs that were read again. Layers stand in forward order; the background has the colour of their kind. All panels have the same vertical scale."}}
robustness_figures.figure(readings, "mean")

# %% tags=["remove-input"]
Markdown(robustness.result(readings, "mean"))

# %% tags=["hide-input"]
robustness.overview(readings, "mean")

# %% [markdown]
# ### Biased or debiased?
#
# With few images and many columns, plain CKA is high for any data. The debiased estimate corrects
# that. Where a layer has fewer columns, as on *gap*, there is less to correct.

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-robustness-debiased", "caption": "CKA and debiased CKA on whole images (flat) and on channel means (gap): after the last iteration, mean over the runs that were read again. Layers stand in forward order; the background has the colour of their kind. All panels have the same vertical scale."}}
robustness_figures.figure(readings, "debiased")

# %% tags=["remove-input"]
Markdown(robustness.result(readings, "debiased"))

# %% tags=["hide-input"]
robustness.overview(readings, "debiased")

# %% [markdown]
# ### Which precision?
#
# Networks run faster with fewer digits. Are the representations good enough for a comparison? Here
# only the forward pass changes, not the metric.

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-robustness-precision", "caption": "Similarity by the precision of the forward pass: after the last iteration, mean over the runs that were read again. Layers stand in forward order; the background has the colour of their kind. All panels have the same vertical scale."}}
robustness_figures.figure(readings, "precision")

# %% tags=["remove-input"]
Markdown(robustness.result(readings, "precision"))

# %% tags=["hide-input"]
robustness.overview(readings, "precision")

# %% [markdown]
# ### Is it a few directions?
#
# CKA and NBS weigh a direction by its variance. A few strong directions may carry all of a high
# value {cite}`ding2021grounding`. So take the leading principal components away, on both sides, and
# compare what is left. This changes the question more than the way to measure.

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-robustness-leading", "caption": "CKA and NBS without the leading principal components: after the last iteration, mean over the runs that were read again. Layers stand in forward order; the background has the colour of their kind. All panels have the same vertical scale."}}
robustness_figures.figure(readings, "leading")

# %% tags=["remove-input"]
Markdown(robustness.result(readings, "leading"))

# %% tags=["hide-input"]
robustness.overview(readings, "leading")

# %% [markdown]
# ## How to read it
#
# Look first at the draws. A change of that size is chance. Two draws share images, and the more so
# the larger the probe. So the spread between images that have nothing in common is larger.
#
# Then hold the change against pruning. A choice may move every value and leave the conclusion: if
# all layers move alike, the "U" stays. A choice that turns the difference between CKA and SVCCA
# around is part of the answer, and must be named with it.
#
# A change of the probe moves the null as well. A value that falls together with its null has lost
# chance agreement, not similarity.
#
# The lines show what the choices do to these networks. They are few. Another network may be more
# sensitive.
#
# ## What the paper reports
#
# The paper compares 5,000 data points, and does not name their split. It keeps 0.99 of the variance
# for SVCCA, and takes the plain mean of equation 3. It uses the biased CKA
# ({cite:t}`ansuini2020investigating`, sections 3 and 4). It does not vary these choices; this page
# does.

# %% tags=["remove-cell"]
for reading in readings.every:
    name = "_".join((reading.experiment, reading.axis, reading.metric, reading.reshape))
    glue(f"{name}_mean_change", reading.mean[1], display=False)
    glue(f"{name}_largest_change", reading.largest[2], display=False)

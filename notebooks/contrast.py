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
# # Where the contrast comes from
#
# **SVCCA says that pruned networks have become something else. CKA says that they hardly changed.
# How much of this contrast is in the metrics?**
#
# The paper's central finding is a contrast: SVCCA and PWCCA are low and draw a "U" over the layers,
# CKA is high and flat, NBS lies between. Three things besides the metrics play a part in it.
#
# - **The reshape.** SVCCA sees positions as rows, CKA sees images as rows ({doc}`reshapes`).
# - **The floor.** Two networks that have nothing in common do not get 0. They get the null, and
#   each metric has another one.
# - **The training.** A pruned network was trained for longer than its complete one. That moves
#   representations too, and not by the same amount in each metric ({doc}`controls`).
#
# Each of them can be taken out. What is left with all three taken out belongs to the metrics.

# %% tags=["parameters"]
results = "results"

# %% tags=["remove-cell"]
from IPython.display import Markdown
from myst_nb import glue

from lib.report import contrast, contrast_scales, scale
from lib.report.results import load_results

study = load_results(results)

# %% tags=["remove-input"]
Markdown(scale.statement(study.provenance))

# %% tags=["remove-input"]
Markdown(contrast.statement(study))

# %% [markdown]
# ## The answer in short
#
# After the last iteration, on average over the hidden layers:

# %% tags=["hide-input"]
Markdown("\n\n".join(contrast.finding(study, name) for name in study.experiments))

# %% [markdown]
# And how deep the "U" is: how much lower the lowest hidden layer is than the lower of the first and
# the last one. A flat curve has 0:

# %% tags=["hide-input"]
Markdown("\n\n".join(contrast.finding(study, name, "bowl") for name in study.experiments))

# %% [markdown]
# ## The figures

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-contrast", "caption": "The contrast between a metric that the paper finds low and one that it finds high, and the parts that it consists of. A part to the right of 0 makes the contrast larger. Symbols are means over the runs, bars go from the lowest run to the highest."}}
contrast.figure(study)

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-contrast-bowl", "caption": "The same of the depth of the U: how much lower the lowest hidden layer is than the lower of the two ends, by a metric that the paper finds low, minus the same by one that it finds high, and the parts of this difference."}}
contrast.figure(study, "bowl")

# %% [markdown]
# ## The numbers
#
# Means over the runs, and their standard deviation. First the mean distance from 1:

# %% tags=["hide-input"]
contrast.overview(study)

# %% [markdown]
# Then the depth of the "U":

# %% tags=["hide-input"]
contrast.overview(study, "bowl")

# %% [markdown]
# ## Does it hang on the scale?
#
# The networks here are slimmer than the paper's. Would wider ones, or longer re-trainings, give
# another contrast? We can only go the other way, to narrower networks and briefer re-trainings. By
# how much SVCCA is further from 1 than CKA:

# %% tags=["remove-input"]
Markdown(contrast_scales.finding(study))

# %% [markdown]
# The contrasts with CKA, and the accuracy of the networks in which they were found, complete and
# after the last iteration:

# %% tags=["hide-input"]
contrast_scales.table(study)

# %% [markdown]
# ## How it is computed
#
# The distance of a metric is 1 minus its value, after the last iteration. The contrast between two
# metrics is the difference of their mean distances over the hidden layers, or of the depths of their
# "U".
#
# - To take out the reshape, both metrics get the same matrix, with channels as columns.
# - To take out the floor, each layer's distance is divided by the distance of its null. Then
#   identical is 0 and chance is 1, in every metric.
# - To take out the training, the distance of a network that was trained again as often, but never
#   pruned, is subtracted, layer by layer.
#
# What a factor contributes depends on what was taken out before it. So all orders are tried, and
# the mean over them is its part. This is the Shapley value. Its parts add up to the contrast.
#
# ## How to read it
#
# *Metrics* is the answer to the question on top. If it is near 0, the contrast says nothing about
# SVCCA and CKA as ideas: the same would have been found with one metric on two matrices. If it is
# near *In all*, the two metrics really see something else in the same networks.
#
# A negative part hides some of the contrast. A metric with a high floor, for instance, has little
# room to fall. Its values look close to 1, and dividing by that room brings the difference out or
# takes it away.
#
# Two cautions. The parts are those of one number for all layers, and single layers may behave
# otherwise. And the floor is one choice among several: it is the mean over mismatched images, not the value of
# untrained or of independent networks.

# %% tags=["remove-cell"]
for name in study.experiments:
    for low, high in contrast.PAIRS:
        for part, text in contrast.texts(study, name, low, high).items():
            glue(f"{name}_{low}_{high}_{part}", text, display=False)

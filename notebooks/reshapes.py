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
# # The metric or the matrix?
#
# **Do SVCCA and CKA disagree because they are different metrics, or because they see different
# matrices?**
#
# A convolution gives $n \times c \times h \times w$ numbers. A metric wants a matrix. The paper
# makes two different ones. For the CCA family each position of each image is a row, and each
# channel a column. For CKA and NBS each image is a row, and each channel at each position a column
# ({doc}`methods`). So two things change at once. Here only one does.
#
# The matrix also decides what a metric ignores. Rotating its columns leaves all four metrics the
# same, exactly or nearly. On channels, such a rotation mixes channels, the same way at every
# position. On whole images, it may also move a pixel to another place.

# %% tags=["parameters"]
results = "results"

# %% tags=["remove-cell"]
from IPython.display import Markdown
from myst_nb import glue

from lib.report import reshape_figure, reshapes, scale
from lib.report.results import load_results

study = load_results(results)

# %% tags=["remove-input"]
Markdown(scale.statement(study.provenance))

# %% tags=["remove-input"]
Markdown(reshapes.statement(study))

# %% [markdown]
# ## The answer in short
#
# Computed from the tables below, after the last iteration:

# %% tags=["hide-input"]
Markdown("\n\n".join(reshapes.finding(study, name) for name in study.experiments))

# %% [markdown]
# ## The figures and their numbers
#
# ### VGG16_BN

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-reshapes-vgg16-bn", "caption": "Each metric on each reshape, VGG16_BN, mean over the pruning runs: first and last iteration, and the null of the last, dashed. Layers stand in forward order; the background has the colour of their kind. All panels have the same vertical scale."}}
reshape_figure.figure(study, "vgg16_bn")

# %% tags=["hide-input"]
reshapes.overview(study, "vgg16_bn")

# %% [markdown]
# ### VGG_SVHN

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-reshapes-vgg-svhn", "caption": "Each metric on each reshape, VGG_SVHN, mean over the pruning runs: first and last iteration, and the null of the last, dashed. Layers stand in forward order; the background has the colour of their kind. All panels have the same vertical scale."}}
reshape_figure.figure(study, "vgg_svhn")

# %% tags=["hide-input"]
reshapes.overview(study, "vgg_svhn")

# %% [markdown]
# ### ResNet_fast

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-reshapes-resnet-fast", "caption": "Each metric on each reshape, ResNet_fast, mean over the pruning runs: first and last iteration, and the null of the last, dashed. Layers stand in forward order; the background has the colour of their kind. All panels have the same vertical scale."}}
reshape_figure.figure(study, "resnet_fast")

# %% tags=["hide-input"]
reshapes.overview(study, "resnet_fast")

# %% [markdown]
# *Mean* and *Null* are means over the hidden layers. *Depth* is that of the "U": how far the lowest
# hidden layer lies below the lower of the first and the last one. A curve that only falls has none.
# *Layers* counts the hidden layers in which the metric is defined.
#
# ## How to read it
#
# Read down a column: the metric stays the same, the matrix changes. Then read along the row
# *channels*: the matrix stays the same, the metric changes. If CKA on channels looks like CKA on
# whole images, the matrix matters little, and the metric makes the difference. If it looks like
# SVCCA, the matrix does.
#
# Compare each line with its null before comparing it with another line. Fewer rows raise the null
# of the CCA family, so a high line on *gap* may mean little. *Gap* keeps one number for each
# channel of an image, so it forgets where in the image something was seen.
#
# Two cells are empty. There the matrix has more columns than rows in most layers, so some
# combination of the columns fits anything. Where a line of the CCA family on *gap* has a hole,
# the channels are as many as the images, and for the same reason the metric is not defined.
#
# ## What the paper reports
#
# The paper argues that a metric for convolutional layers should ignore rotations only among
# channels. A pixel that moves is a different feature, but channels may trade places without any
# effect on the output. It remarks that the reshape of the CCA family could serve CKA and NBS as
# well, and leaves that to future work ({cite:t}`ansuini2020investigating`, section 6.3). This page
# does it.

# %% tags=["remove-cell"]
for name in study.experiments:
    for (metric, reshape), row in reshapes.summary(study, name).iterrows():
        glue(f"{name}_{metric}_{reshape}_mean", float(row["mean"]), display=False)

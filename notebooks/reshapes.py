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
# A convolution gives $n \times c \times h \times w$ numbers, and a metric needs a matrix. The paper makes
# two different ones. For the CCA family each position of each image is a row, and each channel a column
# (*channels*). For CKA and NBS each image is a row, and each channel at each position a column (*flat*;
# {doc}`methods`). So the metric and the matrix change together. Here they change one at a time. A third
# matrix has a row for each image and a column for the mean of each channel over its positions (*gap*, for
# global average pooling).
#
# The matrix also decides what a metric ignores. Rotating the columns leaves all four metrics unchanged,
# exactly or nearly. On the matrix of channels, such a rotation mixes channels in the same way at every
# position. On that of whole images, it may also move a pixel to another place.

# %% tags=["parameters"]
results = "results"

# %% tags=["remove-cell"]
from lib.analyses.reshapes.analysis import draw_matrices, in_short, overview
from lib.book.findings import record_claims
from lib.book.report.page import glue, open_study
from lib.book.report.tables import Table

# %%
study = open_study(results)

# %% [markdown]
# ## What we find
#
# :::{finding}
# :expects: reshapes-metric-vgg16_bn = holds; reshapes-metric-vgg_svhn = holds; reshapes-metric-resnet_fast = holds; reshapes-matrix-vgg16_bn = holds; reshapes-matrix-vgg_svhn = holds; reshapes-matrix-resnet_fast = holds
# **For both reasons.** When both metrics see the matrix of channels, CKA still exceeds SVCCA by
# {glue:text}`reshapes_same_low:.2f` to {glue:text}`reshapes_same_high:.2f`. But on the matrices that the
# paper gives them, the difference is {glue:text}`reshapes_paper_low:.2f` to
# {glue:text}`reshapes_paper_high:.2f`.
# :::
#
# :::{finding}
# :expects: reshapes-deeper-resnet_fast = holds; reshapes-deeper-vgg16_bn = undecided; reshapes-deeper-vgg_svhn = undecided
# Whole images hide a "U". On the matrix of channels CKA draws one as well, in ResNet_fast even a deeper one
# than SVCCA; in the two VGG networks, three complete networks don't decide which of the two is deeper.
# :::
#
# The table has CKA minus SVCCA after the last iteration, on average over the hidden layers: first each on
# the matrix that the paper gives it, then both on that of channels. {doc}`contrast` says what share of the
# difference that is. The last three columns give the depth of the "U": how far the lowest hidden layer lies
# below the lower of the first and the last one.

# %%
gaps = in_short(study)
same, paper = gaps["Both on channels"], gaps["As in the paper"]
glue(reshapes_same_low=same.min(), reshapes_same_high=same.max())
glue(reshapes_paper_low=paper.min(), reshapes_paper_high=paper.max())
Table.of(gaps)

# %% [markdown]
# ## The figures and their numbers
#
# ### VGG16_BN

# %% mystnb={"figure": {"name": "fig-reshapes-vgg16-bn", "caption": "Each metric on each matrix, VGG16_BN, mean over the pruning runs: first iteration (pale) and last iteration (strong), and the null of the last, two standard deviations either side (dashed, in a pale band). Layers stand in forward order; the background has the colour of their kind. All panels have the same vertical scale."}}
draw_matrices(study, "vgg16_bn")

# %%
overview(study, "vgg16_bn")

# %% [markdown]
# ### VGG_SVHN

# %% mystnb={"figure": {"name": "fig-reshapes-vgg-svhn", "caption": "Each metric on each matrix, VGG_SVHN, mean over the pruning runs: first iteration (pale) and last iteration (strong), and the null of the last, two standard deviations either side (dashed, in a pale band). Layers stand in forward order; the background has the colour of their kind. All panels have the same vertical scale."}}
draw_matrices(study, "vgg_svhn")

# %%
overview(study, "vgg_svhn")

# %% [markdown]
# ### ResNet_fast

# %% mystnb={"figure": {"name": "fig-reshapes-resnet-fast", "caption": "Each metric on each matrix, ResNet_fast, mean over the pruning runs: first iteration (pale) and last iteration (strong), and the null of the last, two standard deviations either side (dashed, in a pale band). Layers stand in forward order; the background has the colour of their kind. All panels have the same vertical scale."}}
draw_matrices(study, "resnet_fast")

# %%
overview(study, "resnet_fast")

# %% [markdown]
# *Mean* and *Null* are means over the hidden layers. *Depth* is that of the "U"; a curve that only falls
# has none. *Layers* counts the hidden layers in which the metric is defined.
#
# ## How to read it
#
# Read down a column: the metric stays the same, the matrix changes. Then read along the row
# *channels*: the matrix stays the same, the metric changes. If CKA on channels looks like CKA on
# whole images, the matrix matters little, and the metric makes the difference. If it looks like
# SVCCA, the matrix does.
#
# Compare each line with its null before comparing it with another line. Fewer rows raise the null of the
# CCA family, so a high line on *gap* may mean little. *Gap* keeps one number for each channel of an
# image, and loses where in the image something was seen.
#
# Two places are empty: there the matrix has more columns than rows in most layers, so some combination
# of the columns fits anything. Where a line of the CCA family on *gap* has a hole, there are as many
# channels as images, and the metric is undefined for the same reason.

# %% [markdown]
# ## The evidence
#
# What the sentences above rest on. Each interval is over complete networks, of which there are three.

# %% tags=["hide-output"]
from lib.analyses.reshapes.claims import PARTS
from lib.book.claims.engine import evaluate
from lib.book.claims.show import table

outcomes = evaluate(study, PARTS)
record_claims(outcomes)
table(outcomes)

# %% [markdown]
# ## What the paper reports
#
# The paper argues that a metric for convolutional layers should ignore rotations only among channels: a
# pixel that moves is a different feature, but channels may trade places without any effect on the output.
# It remarks that the matrix of the CCA family could serve CKA and NBS as well, and leaves that to future
# work ({cite:t}`ansuini2020investigating`, section 6.3). This page does it.

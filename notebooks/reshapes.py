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
# # The metric, the matrix or the dimension?
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
from lib.analyses.dimensions import analysis as dimensions
from lib.analyses.dimensions.claims import DIMENSIONS
from lib.analyses.reshapes import analysis
from lib.analyses.reshapes.claims import PARTS
from lib.book.claims import evaluate, table
from lib.book.findings import record_claims
from lib.book.report.format import signed
from lib.book.report.page import glue, open_study
from lib.book.report.tables import Table, text_table

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
gaps = analysis.in_short(study)
same, paper = gaps["Both on channels"], gaps["As in the paper"]
glue(reshapes_same_low=same.min(), reshapes_same_high=same.max())
glue(reshapes_paper_low=paper.min(), reshapes_paper_high=paper.max())
Table.of(gaps)

# %% [markdown]
# ## The figures and their numbers

# %% mystnb={"figure": {"name": "fig-reshapes-vgg16-bn", "caption": "Each metric on each matrix, VGG16_BN, mean over the pruning runs: first iteration (pale) and last iteration (strong), and the null of the last, two standard deviations either side (dashed, in a pale band). Layers stand in forward order; the background has the colour of their kind. All panels have the same vertical scale."}}
analysis.draw_matrices(study, "vgg16_bn")

# %% mystnb={"figure": {"name": "fig-reshapes-vgg-svhn", "caption": "VGG_SVHN: the same as for VGG16_BN above."}}
analysis.draw_matrices(study, "vgg_svhn")

# %% mystnb={"figure": {"name": "fig-reshapes-resnet-fast", "caption": "ResNet_fast: the same as for VGG16_BN above."}}
analysis.draw_matrices(study, "resnet_fast")

# %% tags=["hide-output"]
analysis.overviews(study)

# %% [markdown]
# *Mean* and *Null* are means over the hidden layers. *Depth* is that of the "U"; a curve that only falls
# has none. *Layers* counts the hidden layers in which the metric is defined.
#
# ## How to read it
#
# Read down a column: the metric stays the same, the matrix changes. Then read along the row *channels*: the matrix
# stays the same, the metric changes. Compare each line with its null first: fewer rows raise the null of the CCA
# family, so a high line on *gap* may mean little.
#
# Where a place is empty or a line has a hole, the matrix has at least as many columns as rows, so some combination of
# the columns fits anything.

# %% [markdown]
# ## The evidence
#
# What the sentences above rest on. Each interval is over complete networks, of which there are three.

# %% tags=["hide-output"]
outcomes = evaluate(study, PARTS)
record_claims(outcomes)
table(outcomes)

# %% [markdown]
# (dimensions)=
# ## Does intrinsic dimension explain it?
#
# A layer may have thousands of neurons, and yet its representations may lie near a surface of few dimensions.
# Their number is the *intrinsic dimension*. The authors of the paper once conjectured that it causes the "U",
# since it is typically highest in the middle of a network ({cite:t}`ansuini2020investigating`, section 6.1).
#
# :::{finding}
# :expects: dimensions-vgg16_bn-svcca = does not hold; dimensions-vgg16_bn-cka = does not hold; dimensions-vgg16_bn-nbs = does not hold; dimensions-vgg_svhn-svcca = does not hold; dimensions-vgg_svhn-cka = does not hold; dimensions-vgg_svhn-nbs = does not hold; dimensions-resnet_fast-svcca = does not hold; dimensions-resnet_fast-cka = does not hold; dimensions-resnet_fast-nbs = does not hold; dimensions-given-place-vgg16_bn-svcca = does not hold; dimensions-given-place-vgg16_bn-cka = does not hold; dimensions-given-place-vgg16_bn-nbs = does not hold; dimensions-given-place-vgg_svhn-svcca = does not hold; dimensions-given-place-vgg_svhn-cka = does not hold; dimensions-given-place-vgg_svhn-nbs = undecided (too few networks); dimensions-given-place-resnet_fast-svcca = does not hold; dimensions-given-place-resnet_fast-cka = does not hold; dimensions-given-place-resnet_fast-nbs = does not hold
# **No.** In none of the nine combinations of network and metric are the layers of high dimension those that
# change most, and what seems to be the reverse is the place of the layer: given that, the rank correlations
# lie between {glue:text}`dimensions_given_low:s` and {glue:text}`dimensions_given_high:s`. In the eight
# combinations where that can be decided, it is no trend either; of NBS in VGG_SVHN, nothing is left to
# correlate.
# :::
#
# Two measures are shown. The *intrinsic dimension* is estimated from each image's two nearest neighbours: the more
# dimensions there are, the closer the two distances are to each other (TwoNN, {cite}`facco2017estimating`). It is
# too low above about twenty, so trust the order of the layers more than the values. The *participation ratio*
# $(\sum \lambda_i)^2 / \sum \lambda_i^2$ counts the principal directions that carry the variances $\lambda_i$.

# %% mystnb={"figure": {"name": "fig-dimensions", "caption": "Each panel has four lines: intrinsic dimension and participation ratio of each layer, each of the complete network and of the pruned ones after the last iteration (mean over the pruning runs). A row is an image, a column a channel at a position. Each panel has its own vertical scale."}}
dimensions.draw_dimensions(study)

# %% [markdown]
# The rank correlation says whether dissimilarity, 1 minus the metric after the last iteration, ranks the hidden
# layers as the dimension of the complete network does. *Given the place* takes out what both share with the order of
# the layers (a partial rank correlation), and *Place* is the rank correlation of dissimilarity with this order.
# Adjacent layers resemble each other, so there are no p-values.

# %%
found = dimensions.agreements(study)
given = found["Given the place"]
glue(dimensions_given_low=signed(given.min()), dimensions_given_high=signed(given.max()))
shown = [column for column in found if column != "Layers"]
Table.of(found.assign(**found[shown].map(signed)), numeric=shown)

# %% [markdown]
# Where the dimension is highest and each metric lowest, with how many layers later that is in brackets; every
# layer, with its intrinsic dimension (ID), participation ratio (PR), and dissimilarity; and the rules behind the
# finding, which ask for a clear correlation, above 0.5, over three complete networks:

# %% tags=["hide-output"]
Table.of(dimensions.extremes(study))

# %% tags=["hide-output"]
for name in study.experiments:
    print(study.network(name))
    print(text_table(dimensions.every_layer(study, name), digits=2), end="\n\n")

# %% tags=["hide-output"]
by_dimension = evaluate(study, DIMENSIONS)
record_claims(by_dimension)
table(by_dimension)

# %% [markdown]
# ## What the paper reports
#
# The paper argues that a metric for convolutional layers should ignore rotations only among channels: a
# pixel that moves is a different feature, but channels may trade places without any effect on the output.
# It remarks that the matrix of the CCA family could serve CKA and NBS as well, and leaves that to future
# work ({cite:t}`ansuini2020investigating`, section 6.3). This page does it.

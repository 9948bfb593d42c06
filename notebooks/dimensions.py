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
# # Does intrinsic dimension explain it?
#
# **Are layers of high dimension those that change most when a network is pruned?**
#
# A layer may have thousands of neurons, and yet its representations of all images may lie near a surface
# of few dimensions. Their number is the *intrinsic dimension*. The authors of the paper once conjectured
# that it causes the "U": they held that it is typically highest in the middle of a network, which would
# leave more ways to differ there.

# %% tags=["parameters"]
results = "results"

# %% tags=["remove-cell"]
from lib.analyses.dimensions.analysis import agreements, draw_dimensions, every_layer, extremes
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
# :expects: dimensions-vgg16_bn-svcca = does not hold; dimensions-vgg16_bn-cka = does not hold; dimensions-vgg16_bn-nbs = does not hold; dimensions-vgg_svhn-svcca = does not hold; dimensions-vgg_svhn-cka = does not hold; dimensions-vgg_svhn-nbs = does not hold; dimensions-resnet_fast-svcca = does not hold; dimensions-resnet_fast-cka = does not hold; dimensions-resnet_fast-nbs = does not hold; dimensions-given-place-vgg16_bn-svcca = does not hold; dimensions-given-place-vgg16_bn-cka = does not hold; dimensions-given-place-vgg16_bn-nbs = does not hold; dimensions-given-place-vgg_svhn-svcca = does not hold; dimensions-given-place-vgg_svhn-cka = does not hold; dimensions-given-place-vgg_svhn-nbs = undecided (too few networks); dimensions-given-place-resnet_fast-svcca = does not hold; dimensions-given-place-resnet_fast-cka = does not hold; dimensions-given-place-resnet_fast-nbs = does not hold
# **No.** In none of the nine combinations of network and metric are the layers of high dimension those that
# change most, and what seems to be the reverse is the place of the layer: given that, the rank correlations
# lie between {glue:text}`dimensions_given_low:s` and {glue:text}`dimensions_given_high:s`. In the eight
# combinations where that can be decided, it is no trend either; of NBS in VGG_SVHN, nothing is left to
# correlate.
# :::

# %% [markdown]
# ## The figure
#
# Two measures are shown. The *intrinsic dimension* is estimated from each image's two nearest neighbours:
# the more dimensions there are, the closer the two distances are to each other (TwoNN,
# {cite}`facco2017estimating`). The *participation ratio* counts the directions that carry the variance:
# $(\sum \lambda_i)^2 / \sum \lambda_i^2$, where $\lambda_i$ are the variances along the principal
# directions. On a curved surface it counts too many dimensions.

# %% mystnb={"figure": {"name": "fig-dimensions", "caption": "Each panel has four lines: intrinsic dimension and participation ratio of each layer, each of the complete network and of the pruned ones after the last iteration (mean over the pruning runs). A row is an image, a column a channel at a position. Each panel has its own vertical scale."}}
draw_dimensions(study)

# %% [markdown]
# ## The numbers
#
# The rank correlation says whether dissimilarity ranks the hidden layers as dimension does: 1 is perfect
# agreement, −1 the reverse order. Dissimilarity is 1 minus the metric after the last iteration;
# dimensions are those of the complete network. *Given the place* takes out what both share with the order of
# the layers, from first to last (a partial rank correlation). *Place* is the rank correlation of
# dissimilarity with this order. *Layers* is the number of layers with both a dissimilarity and a dimension.
# A dash means that no dimension was measured, or that nothing is left to correlate.

# %%
found = agreements(study)
given = found["Given the place"]
glue(dimensions_given_low=signed(given.min()), dimensions_given_high=signed(given.max()))
shown = [column for column in found if column != "Layers"]
Table.of(found.assign(**found[shown].map(signed)), numeric=shown)

# %% [markdown]
# This is where the dimension is highest and where each metric is lowest; in brackets, how many layers
# later that is.

# %%
Table.of(extremes(study))

# %% [markdown]
# Every layer: intrinsic dimension (ID), participation ratio (PR), and dissimilarity:

# %% tags=["hide-output"]
for name in study.experiments:
    print(study.network(name))
    print(text_table(every_layer(study, name), digits=2), end="\n\n")

# %% [markdown]
# What the first sentence rests on. Here the correlation is taken in each complete network, of which there
# are three, and asked to be clear: above 0.5, as in the claims of the paper.

# %% tags=["hide-output"]
from lib.analyses.dimensions.claims import DIMENSIONS
from lib.book.claims.engine import evaluate
from lib.book.claims.show import table

outcomes = evaluate(study, DIMENSIONS)
record_claims(outcomes)
table(outcomes)

# %% [markdown]
# ## How to read it
#
# If dimension explained dissimilarity, their correlation would be high for every metric, and in every
# network. If it is high for one metric only, dimension explains that metric at best.
#
# Dimension falls and dissimilarity rises from the first layers to the last, so the two are related through
# the place of the layer alone. That is why the plain correlations are negative. Given the place, there is
# little left in either direction. Nothing at all is left where dissimilarity rises at every layer.
#
# This is a hint, not a test: there are few layers, and adjacent layers resemble each other, so they are not
# independent observations. That is why there are no p-values here.
#
# TwoNN is too low where the dimension is above about twenty, the more so the fewer the images. So trust
# the order of the layers more than the values.
#
# ## What the paper reports
#
# An earlier paper of the same authors conjectured that the "U" of SVCCA comes from the intrinsic
# dimension. This one finds the conjecture problematic: CKA shows a very different picture, and NBS has
# its bottom later, where the dimension is typically far from its maximum
# ({cite:t}`ansuini2020investigating`, section 6.1). The paper does not measure dimensions.

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
# # Is the contrast the metrics, the matrix, or pruning?
#
# **SVCCA gives pruned networks low values, and CKA gives them high ones. What makes the difference?**
#
# The two metrics differ in more than their formulas. The paper makes two different matrices of the outputs of a
# convolution. For the CCA family each position of each image is a row and each channel a column (*channels*). For CKA
# and NBS each image is a row, and each channel at each position a column (*flat*; {doc}`methods`). And chance gives
# another value by each metric ({doc}`what_a_value_means`).

# %% tags=["parameters"]
results = "results/chapters/converged"
full_scale = "results/full_scale"

# %% tags=["remove-cell"]
import pandas as pd

from lib.analyses.contrast import analysis, bars, matrices, one_scale, shown
from lib.analyses.contrast.all_matrices import with_matrices
from lib.analyses.contrast.claims import MATRIX_CLAIMS
from lib.analyses.contrast.tables import FURTHER_MATRICES
from lib.analyses.converged.papers_names import open_networks
from lib.analyses.dimensions import analysis as dimensions
from lib.analyses.dimensions.claims import DIMENSIONS
from lib.analyses.headline.claims import CALIBRATED
from lib.book.claims import evaluate, table
from lib.book.findings import record, record_claims
from lib.book.report.figure import PanelFigure
from lib.book.report.format import Table, number, percent, signed
from lib.book.report.page import glue
from lib.book.report.results import results_if_any

# %%
study = with_matrices(open_networks(results, FURTHER_MATRICES))

# %% [markdown]
# VGG16_BN and ResNet_fast have a quarter of the paper's channels here, and VGG_SVHN has all.
#
# ## What we find
#
# :::{finding}
# :expects: contrast-metric-{vgg16-bn,vgg-svhn,resnet-fast} = above 0; reshapes-matrix-{vgg16_bn,vgg_svhn,resnet_fast} = holds
# **The metrics and the matrix.** {glue:text}`contrast_metrics_least:s` to {glue:text}`contrast_metrics_most:s` of
# the contrast between the raw values remains when both metrics get the same matrix and chance counts as 0.
# :::
#
# :::{finding}
# :expects: contrast-place-{vgg16-bn,vgg-svhn,resnet-fast}-cka = as independent networks; contrast-place-vgg-svhn-svcca = as independent networks; contrast-place-{vgg16-bn,resnet-fast}-svcca = closer; contrast-place-vgg16-bn-wide-svcca = as independent networks
# **On one scale, SVCCA no longer gives the lower values.** By CKA, the most pruned networks of all three architectures
# stand about where independent networks do. By SVCCA only VGG_SVHN does, and the slim two are still closer than that;
# of the paper's width, VGG16_BN stands there as well ({ref}`converged-scale`).
# :::
#
# :::{finding}
# :expects: contrast-{adds,siblings,trained}-{vgg16-bn,resnet-fast} = above 0; contrast-{adds,siblings}-vgg-svhn = above 0; contrast-trained-vgg-svhn-full = above 0; contrast-trained-vgg-svhn = undecided; contrast-adds-vgg-svhn-full = undecided
# **Pruning adds to it, but is not needed for it.** Complete networks of different seeds have a contrast of
# {glue:text}`contrast_seeds_least:s` to {glue:text}`contrast_seeds_most:s`, the most pruned networks one of
# {glue:text}`contrast_least:s` to {glue:text}`contrast_most:s`. Training alone shows one in VGG16_BN and ResNet_fast, and
# pruning adds to that of training in all three. In VGG_SVHN the recipe matters: by the paper's own, training alone
# shows a contrast, and whether pruning adds to it is undecided.
# :::
#
# ## On one scale
#
# Independently trained networks are much more similar by CKA than by SVCCA. So both metrics are put on one scale,
# linear between its marks: 0 for shuffled images, 1 for such networks, 2 for identical ones. Each similarity is counted
# from its own null, and a place within a tenth of 1 counts as 1. By CKA a tenth is much below 1 and little above it;
# {doc}`controls` takes the smaller of these two margins on both sides, and finds two networks further away.
#
# :::{figure-title} fig-one-scale
# :expects: vgg_svhn-one-scale-end = holds; contrast-place-{vgg16-bn,resnet-fast}-cka = as independent networks; contrast-place-{vgg16-bn,resnet-fast}-svcca = closer
# On one scale, SVCCA no longer gives pruned networks the lower values
# :::

# %% mystnb={"figure": {"name": "fig-one-scale", "caption": "The most pruned networks beside their complete ones: mean over the hidden layers by two metrics, as raw values and on the scale from shuffled images to independent networks, the strangers, and on to identical ones. Symbols are means over the complete networks, bars their 95 % intervals, outlines the raw values of strangers."}}
places = one_scale.places_on_scale(study)
ruler = PanelFigure("one-scale")
raw = ruler.panel("Raw value", left=0.24)
one_scale.draw_strangers(raw, places)
one_scale.draw_rows(raw, places, "raw", study)
axes = ruler.panel("On one scale", left=0.24)
one_scale.draw_rows(axes, places, "place", study)
one_scale.draw_marks(axes)
ruler

# %% [markdown]
# The places in numbers, and the claim that both metrics place networks alike. *At equal accuracy* is the last iteration
# before the first at which pruned networks are not shown to be as accurate as the complete ones, if there is one.

# %% tags=["hide-output"]
Table.of(one_scale.places_as_texts(places, study), cards=True)

# %% tags=["hide-output"]
on_one_scale = evaluate(study, CALIBRATED)
record_claims(on_one_scale)
record(*one_scale.decided_places(places, study))
table(on_one_scale)

# %% [markdown]
# ## The contrast, taken apart
#
# Once matrix and chance are taken out, what is left of the contrast is due to the metrics themselves. Since a pruned
# network was also trained for longer than its complete one, the figure has the same contrast for networks that were
# never pruned ({doc}`controls`).
#
# :::{figure-title} fig-contrast
# :expects: contrast-siblings-{vgg16-bn,vgg-svhn,resnet-fast} = above 0
# Complete networks of different seeds show the contrast, too
# :::

# %% mystnb={"figure": {"name": "fig-contrast", "caption": "The contrast between SVCCA and CKA, taken apart: the share of it that is due to the matrix and to chance, each a mean over the orders of taking the two out, and what is then left, the share of the metrics themselves. Below, the same contrast of networks that were never pruned: trained for as long as the pruned ones, and trained from other seeds. Lengths are means over complete networks, whiskers their 95 % intervals."}}
parts = analysis.mean_parts(study)
bars.taken_apart(parts)

# %% [markdown]
# In numbers: the *contrast* is how much further from 1 SVCCA is than CKA, on average over the hidden layers after the
# last iteration. *Matrix*, *Chance* and *Metrics* are shares of it. The other columns have its unit: the contrast
# after *training only*, what *pruning adds* to that, and the contrast between networks of *other seeds*. The last row
# is VGG_SVHN by the paper's own recipe, which prunes 20 times ({doc}`robustness`). A dash stands for what was not
# measured.

# %% tags=["hide-output"]
RECIPE = ", the paper's recipe"
by_recipe = analysis.mean_parts(results_if_any(full_scale))
contrasts = [shown.headline_table(parts), shown.headline_table(by_recipe, RECIPE)]
contrasts = Table.of(pd.concat(contrasts), numeric=shown.HEADS.values(), cards=True)
contrasts

# %%
record(*shown.decided_parts(parts), *shown.decided_parts(by_recipe, RECIPE, "-full"))
means = parts.map(lambda measured: measured.mean)
metrics = means["metric"]
glue(
    contrast_metrics_least=percent(metrics.min(), 0),
    contrast_metrics_most=percent(metrics.max(), 0),
)
whole, seeds = means["contrast"], means["siblings"]
glue(contrast_least=number(whole.min()), contrast_most=number(whole.max()))
glue(contrast_seeds_least=number(seeds.min()), contrast_seeds_most=number(seeds.max()))

# %% [markdown]
# What pruning adds is how much further SVCCA falls below its value after training alone than CKA does:
#
# :::{figure-title} fig-moves
# :expects: contrast-adds-{vgg16-bn,vgg-svhn,resnet-fast} = above 0
# Pruning adds to the contrast in all three networks
# :::

# %% mystnb={"figure": {"name": "fig-moves", "caption": "SVCCA and CKA with the complete network, of pruned networks minus those trained as long, mean over the hidden layers at the end. The square is what pruning adds to the contrast if both metrics get the matrix of channels. Whiskers are 95 % intervals over complete networks."}}
moved = shown.additions(study)
bars.draw_additions(moved)

# %% tags=["hide-output"]
NOTHING = "A null, a control, a matrix or a second network was not measured."
Table.of(shown.move_table(moved), cards=True, nothing=NOTHING)

# %% [markdown]
# A negative share means that the contrast grows when this cause is taken out: a metric with a high null has little
# room to fall. Shares are those of these networks, and no constants of SVCCA and CKA.
#
# (one-contrast-by-hand)=
# ### By hand
#
# The distance of a metric is 1 minus its value. To take out the matrix, both metrics get that of channels; to take
# out chance, each layer's distance is divided by the distance of its null. The two are taken out in both orders, and
# the mean over the orders, known as the Shapley value {cite}`shapley1953value`, is the share of a cause. In the first
# network for which all of it was measured:

# %% tags=["hide-output"]
left = shown.first_complete(study)
Table.of(shown.by_hand(left), 3, nothing=NOTHING)

# %% tags=["hide-output"]
Table.of(shown.by_order(left), 3, nothing=NOTHING)

# %% [markdown]
# ## Each metric on each matrix
#
# :::{finding}
# :expects: reshapes-{metric,matrix}-{vgg16_bn,vgg_svhn,resnet_fast} = holds
# When both metrics see the matrix of channels, CKA still exceeds SVCCA by {glue:text}`reshapes_same_low:.2f` to
# {glue:text}`reshapes_same_high:.2f`. On the matrices that the paper gives them, the difference is
# {glue:text}`reshapes_paper_low:.2f` to {glue:text}`reshapes_paper_high:.2f`.
# :::
#
# :::{finding}
# :expects: reshapes-deeper-{resnet_fast,vgg16_bn,vgg_svhn} = holds
# Whole images hide a "U". On the matrix of channels CKA draws one in all three networks, a deeper one than SVCCA.
# :::
#
# The table has CKA minus SVCCA after the last iteration, on average over the hidden layers, and the depth of the
# "U": how far the lowest hidden layer lies below the lower of the first and the last one. The paper argues for the
# matrix of channels, since channels may trade places without any effect on the output, and leaves it to future
# work to give it to CKA and NBS ({cite:t}`ansuini2020investigating`, section 6.3).

# %%
gaps = matrices.in_short(study)
same, paper = gaps["Both on channels"], gaps["As in the paper"]
glue(reshapes_same_low=same.min(), reshapes_same_high=same.max())
glue(reshapes_paper_low=paper.min(), reshapes_paper_high=paper.max())
Table.of(gaps)

# %% [markdown]
# The figures have a third matrix, with a row for each image and a column for the mean of each channel (*gap*). From
# row to row only the matrix changes. Where a place is empty, the matrix has at least as many columns as rows, so some
# combination of the columns fits anything.
#
# :::{figure-title} fig-reshapes-vgg16-bn
# :expects: reshapes-metric-vgg16_bn = holds
# VGG16_BN: on the matrix of channels, CKA still exceeds SVCCA
# :::

# %% tags=["hide-output"] mystnb={"figure": {"name": "fig-reshapes-vgg16-bn", "caption": "Each metric on each matrix, VGG16_BN, mean over the pruning runs: first iteration (pale) and last iteration (strong), and the null of the last, two standard deviations either side (dashed, in a pale band). Layers stand in forward order; the background has the colour of their kind. All panels have the same vertical scale."}}
matrices.draw_matrices(study, "vgg16_bn")

# %% [markdown]
# :::{figure-title} fig-reshapes-vgg-svhn
# :expects: reshapes-metric-vgg_svhn = holds
# VGG_SVHN: on the matrix of channels, CKA still exceeds SVCCA
# :::

# %% tags=["hide-output"] mystnb={"figure": {"name": "fig-reshapes-vgg-svhn", "caption": "VGG_SVHN: the same as for VGG16_BN above."}}
matrices.draw_matrices(study, "vgg_svhn")

# %% [markdown]
# :::{figure-title} fig-reshapes-resnet-fast
# :expects: reshapes-deeper-resnet_fast = holds
# ResNet_fast: on channels, CKA draws a deeper “U” than SVCCA
# :::

# %% tags=["hide-output"] mystnb={"figure": {"name": "fig-reshapes-resnet-fast", "caption": "ResNet_fast: the same as for VGG16_BN above."}}
matrices.draw_matrices(study, "resnet_fast")

# %% tags=["hide-output"]
matrices.overviews(study)

# %% tags=["hide-output"]
outcomes = evaluate(study, MATRIX_CLAIMS)
record_claims(outcomes)
table(outcomes)

# %% [markdown]
# (dimensions)=
# ## Does intrinsic dimension explain the "U"?
#
# The representations of a layer with thousands of neurons may lie near a surface of few dimensions. The authors of
# the paper once conjectured that their number, the *intrinsic dimension*, causes the "U", since it is typically
# highest in the middle of a network ({cite:t}`ansuini2020investigating`, section 6.1).
#
# :::{finding}
# :expects: dimensions-{vgg16_bn,vgg_svhn,resnet_fast}-{svcca,cka,nbs} = does not hold; dimensions-given-place-{vgg16_bn,vgg_svhn}-svcca = does not hold; dimensions-given-place-{vgg_svhn,resnet_fast}-cka = does not hold; dimensions-given-place-resnet_fast-nbs = does not hold; dimensions-given-place-vgg16_bn-cka = undecided; dimensions-given-place-{vgg16_bn,vgg_svhn}-nbs = undecided; dimensions-given-place-resnet_fast-svcca = undecided
# No. In none of the nine combinations of network and metric are the layers of high dimension those that change most.
# The late layers change most, and their dimension is low: dissimilarity has rank correlations of
# {glue:text}`dimensions_place_low:s` to {glue:text}`dimensions_place_high:s` with the place of the layer, and of
# {glue:text}`dimensions_low:s` to {glue:text}`dimensions_high:s` with dimension. Given the place, high dimension does
# not mean more change in the five combinations that are decided.
# :::
#
# The rank correlation says whether dissimilarity, 1 minus the metric after the last iteration, ranks the hidden
# layers as the dimension of the complete network does. *Given the place* takes out what both share with the order of
# the layers (a partial rank correlation), and *Place* is the rank correlation of dissimilarity with this order.
# The dimension is estimated from each image's two nearest neighbours (TwoNN, {cite}`facco2017estimating`). It is too
# low above about twenty, so trust the order of the layers more than the values.

# %%
agreements = dimensions.agreements(study)
place, dimension = agreements["Place"], agreements["Intrinsic dim."]
glue(dimensions_place_low=signed(place.min()), dimensions_place_high=signed(place.max()))
glue(dimensions_low=signed(dimension.min()), dimensions_high=signed(dimension.max()))
correlations = [column for column in agreements if column != "Layers"]
Table.of(agreements.assign(**agreements[correlations].map(signed)), numeric=correlations)

# %% [markdown]
# :::{figure-title} fig-dimensions
# :expects: dimensions-{vgg16_bn,vgg_svhn,resnet_fast}-{svcca,cka,nbs} = does not hold
# The layers of high dimension are not those that change most
# :::

# %% tags=["hide-output"] mystnb={"figure": {"name": "fig-dimensions", "caption": "Each panel has four lines: intrinsic dimension and participation ratio of each layer, each of the complete network and of the pruned ones after the last iteration (mean over the pruning runs). A row is an image, a column a channel at a position. Each panel has its own vertical scale."}}
dimensions.draw_dimensions(study)

# %% tags=["hide-output"]
Table.of(dimensions.extremes(study))

# %% tags=["hide-output"]
by_dimension = evaluate(study, DIMENSIONS)
record_claims(by_dimension)
table(by_dimension)

# %%
# What the front page shows.
glue(one_scale_figure=ruler)

# %% [markdown]
# ## Exercises
#
# **1.** SVCCA gives 0.5 and CKA 0.9 for the same two networks. Which of them says that they are more alike?
#
# :::{dropdown} Answer
# These numbers do not tell. Each has to be set between its own null and its own independent networks, and on that
# scale both may stand in the same place.
# :::
#
# **2.** A metric gives 0.8, and its null is 0.6. How far from 1 is it when chance counts as 0?
#
# :::{dropdown} Answer
# Half of the way: a distance of 0.2 of the 0.4 that the null leaves.
# :::

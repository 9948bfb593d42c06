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
results = "results"
full_scale = "results/full_scale"

# %% tags=["remove-cell"]
from lib.analyses.contrast import analysis, bars, matrices, one_scale, shown
from lib.analyses.contrast.claims import MATRIX_CLAIMS
from lib.analyses.dimensions import analysis as dimensions
from lib.analyses.dimensions.claims import DIMENSIONS
from lib.analyses.headline.claims import CALIBRATED
from lib.book.claims import evaluate, table
from lib.book.findings import record, record_claims
from lib.book.report.figure import PanelFigure
from lib.book.report.format import number, percent, signed
from lib.book.report.page import glue, open_study
from lib.book.report.results import results_if_any
from lib.book.report.tables import Table

# %%
study = open_study(results)

# %% [markdown]
# ## What we find
#
# :::{finding}
# :expects: vgg16_bn-one-scale-end = holds; resnet_fast-one-scale-end = holds; vgg_svhn-one-scale-end = undecided
# The scale, more than the metrics: between shuffled images and independent networks, SVCCA and CKA put pruned networks
# of VGG16_BN and ResNet_fast in nearly the same place. In VGG_SVHN three networks do not suffice to say.
# :::
#
# :::{finding}
# :expects: contrast-metric-vgg16-bn = above 0; contrast-metric-vgg-svhn = above 0; contrast-metric-resnet-fast = above 0
# {glue:text}`contrast_metrics_least:s` to {glue:text}`contrast_metrics_most:s` of the contrast between the raw values
# remains when both metrics get the same matrix and chance counts as 0.
# :::
#
# :::{finding}
# :expects: contrast-trained-vgg16-bn = above 0; contrast-trained-vgg-svhn = above 0; contrast-trained-resnet-fast = above 0; contrast-adds-vgg16-bn = above 0; contrast-adds-vgg-svhn = above 0; contrast-adds-resnet-fast = undecided; contrast-adds-vgg-svhn-full = not measured
# It is not pruning alone: networks that were only trained show a contrast as well. Pruning adds to it in VGG16_BN and
# in VGG_SVHN; in ResNet_fast that is undecided, and the single VGG_SVHN of the paper's width has no interval.
# :::
#
# ## On one scale
#
# Independently trained networks are much more similar by CKA than by SVCCA. So both metrics are put on one scale,
# linear between its marks: 0 for shuffled images, 1 for such networks, 2 for identical ones.
#
# :::{figure-title} fig-one-scale
# :expects: vgg16_bn-one-scale-end = holds; resnet_fast-one-scale-end = holds
# On one scale, the metrics nearly agree in VGG16_BN and ResNet_fast
# :::

# %% mystnb={"figure": {"name": "fig-one-scale", "caption": "The most pruned networks beside their complete ones: mean over the hidden layers by two metrics, as raw values and on the scale from shuffled images to independent networks and on to identical ones. Symbols are means over the complete networks, bars their 95 % intervals."}}
places = one_scale.places_on_scale(study)
ruler = PanelFigure("one-scale")
one_scale.draw_rows(ruler.panel("Raw value", left=0.24), places, "raw", study)
axes = ruler.panel("On one scale", left=0.24)
one_scale.draw_rows(axes, places, "place", study)
one_scale.draw_marks(axes)
ruler

# %% [markdown]
# The places in numbers, and the claim behind the first finding. *At equal accuracy* is the last iteration before the
# first at which pruned networks are not shown to be as accurate as the complete ones.

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
# :expects: contrast-trained-vgg16-bn = above 0; contrast-trained-vgg-svhn = above 0; contrast-trained-resnet-fast = above 0
# Networks that were never pruned show the contrast, too
# :::

# %% mystnb={"figure": {"name": "fig-contrast", "caption": "The contrast between SVCCA and CKA, taken apart: the share of it that is due to the matrix and to chance, each a mean over the orders of taking the two out, and what is then left, the share of the metrics themselves. Below, the same contrast of networks that were never pruned: trained for as long as the pruned ones, and trained from other seeds. Lengths are means over complete networks, whiskers their 95 % intervals; a single network has none. Each network is shown at the largest width, as a share of the paper's, at which all parts were measured."}}
full = results_if_any(full_scale)
answer = analysis.parts_at_scales(study, full)
bars.taken_apart(study, answer, study.experiments)

# %% [markdown]
# In numbers: the *contrast* is how much further from 1 SVCCA is than CKA, on average over the hidden layers after the
# last iteration. *Matrix*, *Chance* and *Metrics* are shares of it. The other columns have its unit: the contrast
# after *training only*, what *pruning adds* to that, and the contrast between networks of *other seeds*. A dash
# stands for what was not measured.

# %% tags=["hide-output"]
contrasts = shown.headline_table(study, answer)
contrasts = Table.of(contrasts, numeric=shown.HEADS.values(), cards=True)
contrasts

# %%
record(*shown.decided_parts(study, answer))
metrics = shown.widest(answer, "metric")["mean"]
whole = shown.widest(answer, "contrast")["mean"]
glue(
    contrast_metrics_least=percent(metrics.min(), 0),
    contrast_metrics_most=percent(metrics.max(), 0),
)
glue(contrast_least=number(whole.min()), contrast_most=number(whole.max()))

# %% [markdown]
# What pruning adds is how much lower SVCCA is than after training alone, plus how much higher CKA is:
#
# :::{figure-title} fig-moves
# :expects: contrast-adds-vgg16-bn = above 0; contrast-adds-vgg-svhn = above 0; contrast-adds-resnet-fast = undecided
# Pruning adds to the contrast in the two VGGs
# :::

# %% mystnb={"figure": {"name": "fig-moves", "caption": "SVCCA and CKA with the complete network, of pruned networks minus those trained as long, mean over the hidden layers at the end. The square is what pruning adds to the contrast if both metrics get the matrix of channels. Whiskers are 95 % intervals over complete networks."}}
moved = shown.additions(study)
bars.draw_additions(moved)

# %% tags=["hide-output"]
NOTHING = "A null, a control, a matrix or a second network was not measured."
Table.of(shown.move_table(moved), cards=True, nothing=NOTHING)

# %% [markdown]
# In the single network of the paper's width, what pruning adds differs in sign from layer to layer:

# %%
Table.of(shown.added_table(full), nothing=NOTHING)

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
# :expects: reshapes-metric-vgg16_bn = holds; reshapes-metric-vgg_svhn = holds; reshapes-metric-resnet_fast = holds; reshapes-matrix-vgg16_bn = holds; reshapes-matrix-vgg_svhn = holds; reshapes-matrix-resnet_fast = holds
# When both metrics see the matrix of channels, CKA still exceeds SVCCA by {glue:text}`reshapes_same_low:.2f` to
# {glue:text}`reshapes_same_high:.2f`. On the matrices that the paper gives them, the difference is
# {glue:text}`reshapes_paper_low:.2f` to {glue:text}`reshapes_paper_high:.2f`.
# :::
#
# :::{finding}
# :expects: reshapes-deeper-resnet_fast = holds; reshapes-deeper-vgg16_bn = undecided; reshapes-deeper-vgg_svhn = undecided
# Whole images hide a "U". On the matrix of channels CKA draws one as well, in ResNet_fast even a deeper one
# than SVCCA; in the two VGG networks, three complete networks don't decide which of the two is deeper.
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
# :expects: dimensions-vgg16_bn-svcca = does not hold; dimensions-vgg16_bn-cka = does not hold; dimensions-vgg16_bn-nbs = does not hold; dimensions-vgg_svhn-svcca = does not hold; dimensions-vgg_svhn-cka = does not hold; dimensions-vgg_svhn-nbs = does not hold; dimensions-resnet_fast-svcca = does not hold; dimensions-resnet_fast-cka = does not hold; dimensions-resnet_fast-nbs = does not hold; dimensions-given-place-vgg16_bn-svcca = does not hold; dimensions-given-place-vgg16_bn-cka = does not hold; dimensions-given-place-vgg16_bn-nbs = does not hold; dimensions-given-place-vgg_svhn-svcca = does not hold; dimensions-given-place-vgg_svhn-cka = does not hold; dimensions-given-place-vgg_svhn-nbs = undecided (too few networks); dimensions-given-place-resnet_fast-svcca = does not hold; dimensions-given-place-resnet_fast-cka = does not hold; dimensions-given-place-resnet_fast-nbs = does not hold
# No. In none of the nine combinations of network and metric are the layers of high dimension those that change most.
# What seems to be the reverse is the place of the layer: given that, the rank correlations lie between
# {glue:text}`dimensions_given_low:s` and {glue:text}`dimensions_given_high:s`, and show no trend in the eight
# combinations where that can be decided.
# :::
#
# The rank correlation says whether dissimilarity, 1 minus the metric after the last iteration, ranks the hidden
# layers as the dimension of the complete network does. *Given the place* takes out what both share with the order of
# the layers (a partial rank correlation), and *Place* is the rank correlation of dissimilarity with this order.
# The dimension is estimated from each image's two nearest neighbours (TwoNN, {cite}`facco2017estimating`). It is too
# low above about twenty, so trust the order of the layers more than the values.

# %%
found = dimensions.agreements(study)
given = found["Given the place"]
glue(dimensions_given_low=signed(given.min()), dimensions_given_high=signed(given.max()))
correlations = [column for column in found if column != "Layers"]
Table.of(found.assign(**found[correlations].map(signed)), numeric=correlations)

# %% [markdown]
# :::{figure-title} fig-dimensions
# Dimension of each layer, before and after pruning
# :::

# %% tags=["hide-output"] mystnb={"figure": {"name": "fig-dimensions", "caption": "Each panel has four lines: intrinsic dimension and participation ratio of each layer, each of the complete network and of the pruned ones after the last iteration (mean over the pruning runs). A row is an image, a column a channel at a position. Each panel has its own vertical scale."}}
dimensions.draw_dimensions(study)

# %% tags=["hide-output"]
Table.of(dimensions.extremes(study))

# %% tags=["hide-output"]
by_dimension = evaluate(study, DIMENSIONS)
record_claims(by_dimension)
table(by_dimension)

# %% [markdown]
# (width-or-training)=
# ## Does the contrast depend on the width, or on the training?
#
# :::{finding}
# :expects: contrast-differs-width = seen
# The contrast on one matrix does differ with the scale of a network, by up to {glue:text}`contrast_by_width:s`.
# Where a setting has a single complete network, that is no more than a hint.
# :::
#
# Networks of the paper's width are trained for longer as well; the brief variant changes the training alone.
# *Epochs* are those of the complete network, then of each re-training, *Complete* and *Pruned* test accuracies
# at both ends. The contrast is a difference of distances, a mean over *n* complete networks:

# %% tags=["hide-output"]
Table.of(shown.scale_table(study, full), cards=True, nothing="No network has another scale.")

# %%
by_scale = shown.moved_between_scales(study, full)
record(*shown.decided_by_scale(by_scale))
glue(contrast_by_width=number(by_scale.one_matrix.get("width", float("nan"))))
by_scale.columns = ["Contrast", "On one matrix"]
Table.of(by_scale.rename_axis("What differs"), nothing=NOTHING)

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

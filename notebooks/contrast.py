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
# **SVCCA gives pruned networks low values, and CKA gives them high ones. Is that the metrics, and is it
# pruning?**
#
# The paper's central finding is a contrast: SVCCA and PWCCA are low and draw a "U" over the layers, CKA
# is high and flat, and NBS lies between.

# %% tags=["parameters"]
results = "results"
full_scale = "results/full_scale"

# %% tags=["remove-cell"]
from lib.analyses.contrast import analysis, bars, lost, one_scale, shown
from lib.analyses.headline.claims import CALIBRATED
from lib.book.claims import evaluate, table
from lib.book.findings import record, record_claims
from lib.book.report.figure import PanelFigure
from lib.book.report.format import number, percent
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
# It is the scale, more than the metrics: between shuffled images and independent networks, SVCCA and CKA put
# pruned networks of VGG16_BN and ResNet_fast in nearly the same place. In VGG_SVHN three networks do not suffice
# to say.
# :::
#
# :::{finding}
# :expects: contrast-metric-vgg16-bn = above 0; contrast-metric-vgg-svhn = above 0; contrast-metric-resnet-fast = above 0
# Of the contrast of the raw values, {glue:text}`contrast_metrics_least:s` to {glue:text}`contrast_metrics_most:s` is
# left where both metrics get one matrix and chance counts as 0.
# :::
#
# :::{finding}
# :expects: contrast-trained-vgg16-bn = above 0; contrast-trained-vgg-svhn = above 0; contrast-trained-resnet-fast = above 0; contrast-adds-vgg16-bn = above 0; contrast-adds-vgg-svhn = above 0; contrast-adds-resnet-fast = undecided; contrast-adds-vgg-svhn-full = not measured
# It is not pruning alone: networks that were only trained show a contrast as well. Pruning clearly adds to it in
# VGG16_BN and in VGG_SVHN; in ResNet_fast that is undecided, and the single VGG_SVHN of the paper's
# width has no interval.
# :::

# %% [markdown]
# ## On one scale
#
# Raw values of two metrics cannot be compared: unrelated images already give some similarity, and networks that
# share nothing but the recipe give much more by CKA than by SVCCA. So both are put on one scale, linear
# between its marks: 0 for shuffled images, 1 for independently trained complete networks, 2 for identical
# ones.

# %% mystnb={"figure": {"name": "fig-one-scale", "caption": "The most pruned networks beside their complete ones: mean over the hidden layers by two metrics, as raw values and on the scale from shuffled images to independent networks and on to identical ones. Symbols are means over the complete networks, bars their 95 % intervals."}}
places = one_scale.places_on_scale(study)
ruler = PanelFigure("one-scale")
one_scale.draw_rows(ruler.panel("Raw value", left=0.24), places, "raw", study)
axes = ruler.panel("On one scale", left=0.24)
one_scale.draw_rows(axes, places, "place", study)
one_scale.draw_marks(axes)
ruler

# %%
Table.of(one_scale.places_as_texts(places, study), cards=True)

# %% [markdown]
# The claim behind the first finding, decided by its rule. *At equal accuracy* is the last iteration before the
# first at which pruned networks are not shown to be as accurate as the complete ones.

# %%
on_one_scale = evaluate(study, CALIBRATED)
record_claims(on_one_scale)
record(*one_scale.decided_places(places, study))
table(on_one_scale)

# %% [markdown]
# ## The contrast, taken apart
#
# **Is it the metrics?** SVCCA and CKA differ in more than their formulas: in the matrix that they get, and in
# the value that chance gives. Both can be taken out. What is then left of the contrast is due to the metrics
# themselves.
#
# - *The matrix.* SVCCA gets a matrix whose rows are positions, CKA one whose rows are images
#   ({doc}`reshapes`).
# - *Chance.* Two unrelated networks do not get a 0 but the null, which differs from metric to metric
#   ({doc}`what_a_value_means`).
#
# **Is it pruning?** A pruned network was also trained for longer than its complete one. So the same contrast
# is computed for networks that were never pruned: the same complete network, trained as long, and
# complete networks from other seeds ({doc}`controls`).

# %% mystnb={"figure": {"name": "fig-contrast", "caption": "The contrast between SVCCA and CKA, taken apart: the share of it that is due to the matrix and to chance, each a mean over the orders of taking the two out, and what is then left, the share of the metrics themselves. Below, the same contrast of networks that were never pruned: trained for as long as the pruned ones, and trained from other seeds. Lengths are means over complete networks, whiskers their 95 % intervals; a single network has none. Each network is shown at the largest width, as a share of the paper's, at which all parts were measured."}}
full = results_if_any(full_scale)
answer = analysis.parts_at_scales(study, full)
bars.taken_apart(study, answer, study.experiments)

# %% [markdown]
# ## The numbers
#
# The *contrast* is how much further from 1 SVCCA is than CKA, on average over the hidden layers after the
# last iteration. *Matrix*, *Chance* and *Metrics* are shares of it that add up to the whole. The other
# columns are in the same unit as the contrast: the contrast of the same complete network after *training
# only*, what *pruning adds* to it, and the contrast between complete networks of *other seeds*.

# %%
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
# Numbers are means over complete networks, each of them the mean of its own pruning runs. The 95 %
# interval of that mean is in brackets; a single network has none. A dash means that something was not
# measured: a null, a control, or a matrix that the two metrics have in common.
#
# What pruning adds is how much lower SVCCA is than after training alone, plus how much higher CKA is. The last
# column has the same if both metrics get the matrix of SVCCA:

# %%
NOTHING = "A null, a control, a matrix or a second network was not measured."
Table.of(shown.move_table(study), cards=True, nothing=NOTHING)

# %% [markdown]
# In the single network of the paper's width, what pruning adds differs in sign from layer to layer:

# %%
Table.of(shown.added_table(full), nothing=NOTHING)

# %% [markdown]
# (one-contrast-by-hand)=
# ## One contrast by hand
#
# The distance of a metric is 1 minus its value, after the last iteration. The contrast between two
# metrics is the difference of their mean distances over the hidden layers.
#
# - To take out the matrix, both metrics get the same one, with channels as columns.
# - To take out chance, each layer's distance is divided by the distance of its null. Then identical
#   is 0 and chance is 1, in every metric.
#
# In the first network for which all of it was measured, the contrast of SVCCA and CKA is then:

# %%
left = shown.first_complete(study)
Table.of(shown.by_hand(left), 3, nothing=NOTHING)

# %% [markdown]
# How much the contrast falls when a cause is taken out depends on what was taken out before it. So the
# two are taken out in both orders. The mean of a cause over the orders is its share, known as its Shapley
# value {cite}`shapley1953value`. The share of the metrics is what is left at the end, so it has no order.

# %%
Table.of(shown.by_order(left), 3, nothing=NOTHING)

# %% [markdown]
# Training is not taken out in this way. Its effect is measured by the same two metrics, which disagree about
# training just as they do about pruning. Subtracting it would remove a part of the disagreement that is to
# be explained.
#
# ## Other metrics, and the "U"
#
# The figures show the same for SVCCA and NBS as well, and for a second quantity: the depth of the "U",
# which is how much lower the lowest hidden layer is than the lower of the first and the last one.

# %% mystnb={"figure": {"name": "fig-contrast-level", "caption": "The contrast between a metric that the paper finds low and one that it finds high, in mean distance from 1, the parts that it consists of, the same contrast of networks that were trained as long without pruning, and what pruning adds to that. A part to the right of 0 makes the contrast larger. Symbols are means over complete networks, bars are 95 % intervals, and with two networks they may reach beyond the panel."}}
distance, depth = analysis.QUANTITIES
of_distance = analysis.over_pairs(study, analysis.QUANTITIES[distance])
bars.panels("contrast-level", distance, study, of_distance)

# %% mystnb={"figure": {"name": "fig-contrast-bowl", "caption": "The same for the depth of the U: how much lower the lowest hidden layer is than the lower of the two ends, by a metric that the paper finds low, minus the same by one that it finds high, the parts of this difference, and the same without pruning."}}
of_depth = analysis.over_pairs(study, analysis.QUANTITIES[depth])
bars.panels("contrast-bowl", depth, study, of_depth)

# %% [markdown]
# In numbers, with intervals over complete networks, first for the mean distance from 1:

# %% tags=["hide-output"]
Table.of(shown.interval_table(study, of_distance), cards=True)

# %% [markdown]
# Then for the depth of the "U":

# %% tags=["hide-output"]
Table.of(shown.interval_table(study, of_depth), cards=True)

# %% [markdown]
# *Networks* counts the complete networks, and *Taken apart* those in which all parts were measured.
#
# (width-or-training)=
# ## Does the contrast depend on the width, or on the training?
#
# :::{finding}
# :expects: contrast-differs-width = seen
# The contrast on one matrix does differ with the scale of a network, by up to {glue:text}`contrast_by_width:s`.
# Where a setting has a single complete network, that is no more than a hint.
# :::
#
# Networks of the paper's width are trained for longer as well; the other widths are trained alike, and
# the brief variant changes the training alone. Widths are shares of the paper's. *Epochs* are those of the
# complete network, then those of each re-training. *Complete* and *Pruned* are test accuracies before
# pruning and after the last iteration. The contrast of SVCCA and CKA is given here as a difference of
# distances and not as a share, with the paper's matrices and on one matrix, as means over *n* complete networks:

# %%
Table.of(shown.scale_table(study, full), cards=True, nothing="No network has another scale.")

# %% [markdown]
# By how much the contrast differs at most between the scales of a network, where the width differs, and where
# the training alone does:

# %%
moved = shown.moved_between_scales(study, full)
record(*shown.decided_by_scale(moved))
glue(contrast_by_width=number(moved.one_matrix.get("width", float("nan"))))
moved.columns = ["Contrast", "On one matrix"]
Table.of(moved.rename_axis("What differs"), nothing=NOTHING)

# %% [markdown]
# (lost-directions)=
# ## What if a direction that is lost counts as 0?
#
# Mean CCA and SVCCA are means over as many directions as the layer with fewer of them has. A direction that
# pruning has killed is not among them, so the mean may stay or rise while directions die. The first two columns
# have the share of the directions that are left after pruning, and after training alone: the smaller rank over the
# larger. The next two have the difference between the two networks, pruned minus trained as long, in mean CCA as it
# is, and with a correlation of 0 for each lost direction. All are taken at the end, and are means over the hidden
# layers:

# %%
Table.of(lost.lost_directions(study, full), cards=True, nothing=NOTHING)

# %% [markdown]
# ## How to read it
#
# The share of the *metrics* answers the first question. If it were near 0, one metric on two matrices would
# have shown the same contrast. If it were near the whole, matrix and chance would not matter.
#
# *Pruning adds* answers the second. If it is near 0, networks that were never pruned show the same
# contrast, and the contrast says nothing about pruning.
#
# A negative share means that the contrast grows when this cause is taken out. A metric with a high null, for
# instance, has little room to fall, so its values look close to 1, and dividing by that room enlarges its distances.
#
# Four cautions. The shares are those of a mean over the layers, and single layers may behave
# differently. The one matrix is that of SVCCA, whose rows are positions; on another one the share of the metrics
# is another ({doc}`reshapes`). *Chance* could be defined in other ways: here it is the mean over shuffled images, not the
# value of untrained or of independent networks. And the shares hold for the networks in the table, at
# their width; they are not constants of SVCCA and CKA.

# %%
# What the front page and the conclusions show.
glue(contrast_figure=bars.taken_apart(study, answer, study.experiments[:1]))
glue(contrast_table=contrasts, one_scale_figure=ruler)

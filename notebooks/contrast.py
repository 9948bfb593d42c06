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

# %% tags=["parameters"]
results = "results"
full_scale = "results/full_scale"

# %% tags=["remove-cell"]
from lib.analyses.contrast import analysis, bars, one_scale, shown
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
# Networks that share nothing but the recipe are much more similar by CKA than by SVCCA. So both metrics are put
# on one scale, linear between its marks: 0 for shuffled images, 1 for independently trained complete networks,
# 2 for identical ones.

# %% mystnb={"figure": {"name": "fig-one-scale", "caption": "The most pruned networks beside their complete ones: mean over the hidden layers by two metrics, as raw values and on the scale from shuffled images to independent networks and on to identical ones. Symbols are means over the complete networks, bars their 95 % intervals."}}
places = one_scale.places_on_scale(study)
ruler = PanelFigure("one-scale")
one_scale.draw_rows(ruler.panel("Raw value", left=0.24), places, "raw", study)
axes = ruler.panel("On one scale", left=0.24)
one_scale.draw_rows(axes, places, "place", study)
one_scale.draw_marks(axes)
ruler

# %% tags=["hide-output"]
Table.of(one_scale.places_as_texts(places, study), cards=True)

# %% [markdown]
# The claim behind the first finding, by its rule. *At equal accuracy* is the last iteration before pruned
# networks are first not shown to be as accurate as the complete ones.

# %% tags=["hide-output"]
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
# In numbers: the *contrast* is how much further from 1 SVCCA is than CKA, on average over the hidden layers after
# the last iteration. *Matrix*, *Chance* and *Metrics* are shares of it. The other columns have its unit: the
# contrast after *training only*, what *pruning adds* to that, and the contrast between networks of *other
# seeds*. A single network has no interval, and a dash stands for what was not measured.

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
# The two causes are taken out in both orders, and the mean of a cause over the orders is its share, known as
# its Shapley value {cite}`shapley1953value`. The share of the metrics is what is left at the end.

# %%
Table.of(shown.by_order(left), 3, nothing=NOTHING)

# %% [markdown]
# Training is not subtracted in this way, since the two metrics disagree about training just as they do about
# pruning.
#
# ## Other metrics, and the "U"
#
# The same for SVCCA and NBS, and for the depth of the "U": how much lower the lowest hidden layer is than the
# lower of the first and the last one.

# %% tags=["hide-output"] mystnb={"figure": {"name": "fig-contrast-level", "caption": "The contrast between a metric that the paper finds low and one that it finds high, in mean distance from 1, the parts that it consists of, the same contrast of networks that were trained as long without pruning, and what pruning adds to that. A part to the right of 0 makes the contrast larger. Symbols are means over complete networks, bars are 95 % intervals, and with two networks they may reach beyond the panel."}}
distance, depth = analysis.QUANTITIES
of_distance = analysis.over_pairs(study, analysis.QUANTITIES[distance])
bars.panels("contrast-level", distance, study, of_distance)

# %% tags=["hide-output"] mystnb={"figure": {"name": "fig-contrast-bowl", "caption": "The same for the depth of the U: how much lower the lowest hidden layer is than the lower of the two ends, by a metric that the paper finds low, minus the same by one that it finds high, the parts of this difference, and the same without pruning."}}
of_depth = analysis.over_pairs(study, analysis.QUANTITIES[depth])
bars.panels("contrast-bowl", depth, study, of_depth)

# %% [markdown]
# In numbers, with intervals over complete networks: first the mean distance from 1, then the depth of the "U".

# %% tags=["hide-output"]
Table.of(shown.interval_table(study, of_distance), cards=True)

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
# Networks of the paper's width are trained for longer as well; the brief variant changes the training alone.
# *Epochs* are those of the complete network, then of each re-training, *Complete* and *Pruned* test accuracies
# at both ends. The contrast is a difference of distances, a mean over *n* complete networks:

# %% tags=["hide-output"]
Table.of(shown.scale_table(study, full), cards=True, nothing="No network has another scale.")

# %% [markdown]
# The largest difference between the scales of a network, in width and in training alone:

# %%
moved = shown.moved_between_scales(study, full)
record(*shown.decided_by_scale(moved))
glue(contrast_by_width=number(moved.one_matrix.get("width", float("nan"))))
moved.columns = ["Contrast", "On one matrix"]
Table.of(moved.rename_axis("What differs"), nothing=NOTHING)

# %% [markdown]
# ## How to read it
#
# If the share of the *metrics* were near 0, one metric on two matrices would have shown the same contrast. If
# *pruning adds* were near 0, the contrast would say nothing about pruning. A negative share means that the
# contrast grows when this cause is taken out: a metric with a high null has little room to fall.
#
# Shares are those of a mean over the layers, and of the networks in the table: they are no constants of SVCCA
# and CKA. The one matrix is that of SVCCA; another gives other shares ({doc}`reshapes`).

# %%
# What the front page and the conclusions show.
glue(contrast_figure=bars.taken_apart(study, answer, study.experiments[:1]))
glue(contrast_table=contrasts, one_scale_figure=ruler)

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
# # Does it matter how one prunes?
#
# **Networks can be pruned and trained again in many ways. Which of them keep the representations, and does a way that
# keeps the accuracy keep these as well?**
#
# The paper removes a fifth of the weights at a time, and trains the survivors again with the whole learning-rate
# schedule. Here ten ways start from the same complete networks, and are compared early in pruning, with half of the
# weights left; midway, with an eighth; and late, with a sixty-fourth. All remove half of the weights at a time,
# except where the pace itself is what differs.

# %% tags=["parameters"]
results = "results/chapters/prunings"

# %% tags=["remove-cell"]
from contextlib import suppress

from lib.analyses.prunings import analysis
from lib.analyses.prunings.analysis import WAY_LOOKS
from lib.analyses.prunings.claims import CHECKS, CLAIMS
from lib.analyses.prunings.measures import WAY_METRICS, WAYS
from lib.analyses.prunings.ways import BASE, LEVELS, NEVER_PRUNED, WAYS_BY_CHANGE, experiment_name
from lib.book import claims
from lib.book.claims.quantity import Missing
from lib.book.findings import record_claims
from lib.book.report import recipes, values
from lib.book.report.figure import AS_LONG_LINE, LayerFigure, PanelFigure
from lib.book.report.format import Table, number
from lib.book.report.names import METRICS
from lib.book.report.page import glue, open_study

# %%
study = open_study(results, *(experiment_name(BASE, level) for level in LEVELS))

# %% [markdown]
# ## What we find
#
# :::{finding}
# :expects: prunings-accuracy-{midway,late}-svcca = does not hold; prunings-accuracy-midway-cka = does not hold; prunings-accuracy-late-cka = holds
# **Yes, and midway accuracy does not show it.** Ways that then keep more of the accuracy do not clearly keep
# more of the representations, by SVCCA or by CKA. Late in pruning they do by CKA, but not by SVCCA.
# :::
#
# :::{finding}
# :expects: prunings-fine-tune-{svcca,cka} = holds; prunings-{gradual,random}-{svcca,cka} = holds; prunings-weight-rewind-{svcca,cka} = holds
# After fine-tuning, networks stay nearer to their complete ones than after learning-rate rewinding, where both keep
# the accuracy. They move further away when a fifth is pruned at a time, after weight rewinding and after random
# pruning. SVCCA and CKA agree on these four.
# :::
#
# :::{finding}
# :expects: prunings-one-shot-{svcca,cka} = not measured; prunings-{accelerated,local}-svcca = not measured; prunings-{accelerated,local,filters}-cka = not measured; prunings-beyond-one-shot = not measured; prunings-beyond-accelerated = not measured; prunings-late-reset-{svcca,cka} = not measured
# For the other five ways, one-shot and accelerated pruning among them, there is no such comparison: at no level do
# three complete networks show that both they and learning-rate rewinding keep the accuracy.
# :::
#
# ## Similarity against accuracy
#
# :::{figure-title} fig-prunings
# :expects: prunings-accuracy-midway-{svcca,cka} = does not hold
# Midway, keeping more accuracy does not mean keeping more of the layers
# :::

# %% mystnb={"figure": {"name": "fig-prunings", "caption": "Test error, on a logarithmic axis, and mean similarity of the hidden layers to those of the complete network, for each way to prune; means over the complete networks. Each row sets three ways beside learning-rate rewinding. Marks grow from early over midway to late in pruning, and an arrow leads to the last one. The vertical line is the error of the complete networks."}}
figure = PanelFigure("prunings")
for heading, ways in WAYS_BY_CHANGE.items():
    figure.row(heading)
    for metric in WAY_METRICS:
        axes = figure.panel(METRICS[metric])
        analysis.draw_without_pruning(axes, study, metric)
        for way in (BASE, *ways):
            path = analysis.error_and_similarity(study, way, metric)
            analysis.draw_path(axes, path, WAYS[way], WAY_LOOKS[way])
        analysis.same_scales(axes, study, metric)
figure

# %% [markdown]
# Follow one way along its arrow: to the right it loses accuracy, downwards its layers move away. Of two ways one above
# the other, the upper one is more similar at the same accuracy.
#
# The folded table compares each way with learning-rate rewinding, at the last of the three levels up to which both are
# shown to be as accurate as the complete networks, and midway. Positive: nearer to the complete networks. Means with
# 95 % intervals over these.

# %% tags=["hide-output"]
Table.of(analysis.table_beside_rewinding(study), cards=True)

# %% [markdown]
# SVCCA is a mean over as many directions as the layer with fewer live channels has. So it rises where few
# filters are left, and no rule compares filter pruning by it.
#
# How far do the ways lie apart, filter pruning aside? Midway they differ by {glue:text}`midway_gain:s` points of
# accuracy, and by {glue:text}`midway_svcca:s` in SVCCA against {glue:text}`midway_cka:s` in CKA. Late it is
# {glue:text}`late_gain:s` points, {glue:text}`late_svcca:s` in SVCCA and {glue:text}`late_cka:s` in CKA.
#
# One-shot and accelerated pruning have fewer epochs behind them, and training alone moves a network. Folded: mean
# SVCCA minus that of a network never pruned, after as many epochs.

# %% tags=["hide-output"]
beyond = analysis.table_beyond_training(study)
Table.of(beyond, numeric=list(beyond))

# %% [markdown]
# ## Do the same layers change?
#
# :::{figure-title} fig-prunings-layers
# :expects: prunings-{fine-tune,weight-rewind,random}-svcca = holds
# Fine-tuning moves the layers less, weight rewinding and random pruning more
# :::

# %% mystnb={"figure": {"name": "fig-prunings-layers", "caption": "SVCCA of each layer with the same layer of the complete network, midway in pruning, for each way to prune; mean over the complete networks. The green dashed line is a network that was never pruned, after as many iterations of training as learning-rate rewinding has behind it there."}}
figure = LayerFigure("prunings-layers", values.layers(study, NEVER_PRUNED))
for heading, ways in WAYS_BY_CHANGE.items():
    axes = figure.panel(heading)
    for way in (BASE, *ways):
        look = WAY_LOOKS[way] | {"marker": "None"}
        with suppress(Missing):
            figure.draw(axes, analysis.svcca_midway(study, way), WAYS[way], **look)
    figure.draw(axes, analysis.svcca_never_pruned(study), "trained as long", **AS_LONG_LINE)
figure

# %% [markdown]
# ## Do the metrics order the ways alike?
#
# :::{finding}
# :expects: prunings-ranking-{early,midway,late} = holds
# SVCCA and CKA rank the ways alike at every level.
# :::
#
# Rank correlations over the ways that reach a level, means over the complete networks; in brackets without
# fine-tuning and random pruning, which lie furthest apart:

# %%
orders = analysis.table_of_orders(study)
Table.of(orders, numeric=list(orders))

# %% [markdown]
# The ways are those that we chose, so the intervals, over complete networks, say nothing about other ways.
#
# ## Do they keep the same weights?
#
# The folded table has the Jaccard index of the masks midway in pruning: of the weights that one of two ways keeps,
# the share that both keep. In brackets, what random masks as dense in each layer would have in common.

# %% tags=["hide-output"]
masks = analysis.table_of_masks(study)
Table.of(masks, numeric=list(masks))

# %% [markdown]
# ## The numbers
#
# At each level: the weights left, the accuracy gained or lost, in points, the share of the images that get the same
# class as from the complete network, and the mean similarity of the hidden layers. A dash means that no iteration
# left about as much, or that a layer has nothing left to compare.

# %% tags=["hide-output"]
levels = analysis.table_of_levels(study)
Table.of(levels, numeric=list(levels))

# %% [markdown]
# ## The claims
#
# {ref}`how-claims-are-decided` says how a verdict is reached.
#
# ::::{dropdown} What had been measured when the rules were written
# When the rules (`lib/analyses/prunings/claims.py`) were written, much of this network had been measured for other
# pages: the paper's way at its own pace, also with shorter re-trainings, networks trained as long and
# random masks as dense in each layer ({doc}`controls`), and the paper's masks on new values ({doc}`wacv2020`).
# One-shot pruning and late resetting had been measured on other networks ({doc}`icann2020`, {doc}`icpram2020`). None
# of the other ways had been run here, nor the paper's by halves.
# ::::

# %%
outcomes = claims.evaluate(study, CLAIMS)
claims.Claims("claims", outcomes)

# %% [markdown]
# Two more questions were all but decided by what was known, so they are checks and no claims:

# %% tags=["hide-output"]
checks = claims.evaluate(study, CHECKS)
claims.Claims("checks", checks)

# %%
record_claims([*outcomes, *checks])
spans = analysis.spans(study)
for level, row in spans.iterrows():
    for column, span in row.items():
        digits = 1 if column == "gain" else 2
        glue(**{f"{level}_{column}": number(span, digits)})
glue(**claims.headline(outcomes))

# %% [markdown]
# ## What was done
#
# ::::{dropdown} The ten ways
# - **Learning-rate rewinding** is the paper's way, by halves: after each iteration the survivors keep
#   their values, and the whole schedule starts again. **Pruning a fifth at a time** is the paper's pace.
# - **Fine-tuning** trains the survivors for as many epochs, at a constant rate of 0.001.
# - **Weight rewinding** sets them back to their initial values, and trains with the whole schedule.
#   **Late resetting** sets them back to their values after the first epochs, a tenth of them and at
#   least one, and trains with the rest of the schedule.
# - **One-shot pruning** goes to each level at once, and trains again once.
# - **Accelerated pruning** goes by halves too, but re-trains for a quarter of the epochs, except after
#   the last. Early in pruning there is one iteration, so neither is a way of its own there.
# - **Pruning each layer alike** takes the same share of each layer.
# - **Filter pruning** takes in each layer the filters with the smallest mean absolute weight. It removes
#   more than it counts: the weights of the next layer that read a removed filter see only a constant, yet
#   count as left.
# - **Random pruning** takes any weights.
# ::::
#
# ## What we decided
#
# For each level we take the iteration whose share of weights left is nearest, and none if the two differ
# by a factor of 1.22 or more. The order of the ways is compared over those that reach a level in every
# complete network, without filter pruning. A way is called nearest only if it is so in every complete
# network.
#
# Training alone is that of networks which were never pruned, after as many epochs, interpolated between iterations.

# %% tags=["hide-output"]
recipes.deviations(study, "vgg_svhn_local")

# %% [markdown]
# ## Exercises
#
# **1.** Suppose that one-shot pruning leaves a network nearer to its complete one than iterative pruning does. Name a reason
# that is not the way of choosing weights.
#
# :::{dropdown} Answer
# It trains again once, and iterative pruning after each step. Training by itself moves a network, so the comparison
# has to be with networks trained as long.
# :::
#
# **2.** Why does no rule compare filter pruning by SVCCA?
#
# :::{dropdown} Answer
# With few filters left SVCCA is a mean over few directions, and rises.
# :::

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
# **Are layers of high dimension those that pruning changes most?**
#
# A layer may have thousands of neurons, and still its representations of all images may lie near a
# surface of few dimensions. The *intrinsic dimension* estimates how many. In the middle of a
# network it is typically highest. The more room, the more ways to differ: that could make the "U".

# %% tags=["parameters"]
results = "results"

# %% tags=["remove-cell"]
from IPython.display import Markdown
from myst_nb import glue

from lib.report import dimensions, scale
from lib.report.results import load_results

study = load_results(results)

# %% tags=["remove-input"]
Markdown(scale.statement(study.provenance))

# %% tags=["remove-input"]
Markdown(dimensions.statement(study))

# %% [markdown]
# ## The figure
#
# Two ways to measure. The intrinsic dimension looks at each image's two nearest neighbours: the
# more dimensions, the less the second is further away than the first. This is TwoNN
# {cite}`facco2017estimating`. The *participation ratio* counts the directions that carry the
# variance: $(\sum \lambda_i)^2 / \sum \lambda_i^2$, where $\lambda_i$ are the variances along the
# principal directions. It takes a bent surface for one of more dimensions.

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-dimensions", "caption": "Intrinsic dimension and participation ratio of each layer, of the complete network and of the pruned ones after the last iteration (mean over the pruning runs). A row is an image, a column a channel at a position. Each panel has its own vertical scale."}}
dimensions.figure(study)

# %% [markdown]
# ## The numbers
#
# Does dissimilarity rank the hidden layers as dimension does? One is perfect agreement, minus one
# the reverse order. Dissimilarity is 1 minus the metric after the last iteration; dimensions are
# those of the complete network. *Place* ranks the layers from first to last, for comparison:

# %% tags=["hide-input"]
dimensions.overview(study)

# %% tags=["hide-input"]
Markdown("\n\n".join(dimensions.finding(study, name) for name in study.experiments))

# %% [markdown]
# Where is the dimension highest, and where is each metric lowest? In brackets: how many layers
# later that is.

# %% tags=["hide-input"]
dimensions.peaks(study)

# %% [markdown]
# Every layer: intrinsic dimension (ID), participation ratio (PR), and dissimilarity:

# %% tags=["hide-input"]
for name in study.experiments:
    print(study.network(name))
    print(dimensions.numbers(study, name), end="\n\n")

# %% [markdown]
# ## How to read it
#
# If dimension explained dissimilarity, its correlation would be high for every metric, and in every
# network. Below zero, layers of high dimension differ least: the reverse of the conjecture. If it
# is high for one metric only, dimension explains at best that metric. If the mere place in the
# network does as well, dimension adds nothing.
#
# It is a hint, not a test. The layers are few. Neighbours resemble each other, so they count for
# less than their number. That is why there are no p-values here.
#
# TwoNN is too low where the dimension is above about twenty, the more so the fewer the images. So
# trust the order of the layers more than the values.
#
# ## What the paper reports
#
# An earlier paper of the same authors conjectured that the "U" of SVCCA comes from the intrinsic
# dimension, which is highest in the middle. This one finds the conjecture problematic. CKA shows a
# very different picture. NBS has a bottom as well, but later, where the dimension is typically
# far from its maximum ({cite:t}`ansuini2020investigating`, section 6.1). The paper doesn't
# measure dimensions; this page does.

# %% tags=["remove-cell"]
for name in study.experiments:
    for metric, row in dimensions.correlations(study, name).iterrows():
        glue(f"{name}_{metric}_dimension", float(row["id"]), display=False)

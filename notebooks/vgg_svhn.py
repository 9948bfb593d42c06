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
# # VGG_SVHN
#
# **Does a smaller network on another data set show the same picture?**
#
# The network has seven convolutions in four blocks ({doc}`methods`). The paper trains it on house
# numbers, the others on small photographs.

# %% tags=["parameters"]
results = "results"

# %% tags=["remove-cell"]
from IPython.display import Markdown
from myst_nb import glue

from lib.report import layerwise, scale
from lib.report.results import load_results

study = load_results(results)

# %% tags=["remove-input"]
Markdown(scale.statement(study.provenance, "vgg_svhn"))

# %% [markdown]
# ## The figure

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-vgg-svhn", "caption": "Similarity of each layer of the pruned VGG_SVHN with the same layer of the complete network, by four metrics, mean over the pruning runs. Layers stand in forward order. Each line is one pruning iteration, from pale to strong. The dashed line in the pale band is the null of the last iteration, two standard deviations either side. Dotted: complete networks, trained independently of each other, compared with each other. All panels have the same vertical scale. The paper's Fig. 6."}}
layerwise.figure(study, "vgg_svhn")

# %% [markdown]
# ## The numbers

# %% tags=["hide-input"]
layerwise.overview(study, "vgg_svhn")

# %% [markdown]
# These are means after the last iteration. *Lowest* and *Where* name the hidden layer that the
# metric finds least similar. *Null there* is the value that the metric gives to that layer when
# the images of one network are shuffled, so that nothing is left to compare. A similarity means
# something only as far as it exceeds its null. *Independent there* is how similar complete networks
# are in that layer that were trained independently of each other, where that was measured
# ({doc}`controls`).
#
# Every layer, after the first and after the last iteration, with the null of the last.
# *indep*, where it was measured, stands for the independently trained complete networks:

# %% tags=["hide-input"]
print(layerwise.numbers(study, "vgg_svhn"))

# %% [markdown]
# ## How to read it
#
# Compare each panel with the same panel of {doc}`vgg16_bn`. The family of the network is the same,
# its depth and its task are not. What both pages share is more likely to be a property of pruning
# or of the metric. What only one shows is more likely to belong to the network or to its data.
#
# The dotted line, where there is one, compares complete networks that share no weights. As long as
# the other lines are above it, a pruned network is more like its own complete network than another
# complete one is. {doc}`controls` takes this further.
#
# ## What the paper reports
#
# The four metrics agree better here than for VGG16_BN. SVCCA and PWCCA fall to two bottoms, in the
# third and in the fourth block. The hidden layers do not recover after them; only the output does.
# CKA has a bowl at the third block. NBS looks like CKA without the bowl
# ({cite:t}`ansuini2020investigating`, section 5.2).

# %% tags=["remove-cell"]
for metric in layerwise.SHOWN:
    layer, value = layerwise.lowest(study, "vgg_svhn", metric)
    glue(f"{metric}_lowest", value, display=False)
    glue(f"{metric}_where", layer, display=False)

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
# # Is it pruning?
#
# **What else could make the representations differ?**
#
# A pruned network has lost weights. But it has also been trained for longer than its complete
# network, with other random numbers. So a layer may differ without any harm done by pruning.
# Controls separate the causes: each changes one thing and leaves the others.

# %% tags=["parameters"]
results = "results"

# %% tags=["remove-cell"]
from IPython.display import Markdown
from myst_nb import glue

from lib.report import controls, scale
from lib.report.results import load_results

study = load_results(results)

# %% tags=["remove-input"]
Markdown(scale.statement(study.provenance))

# %% tags=["remove-input"]
Markdown("\n\n".join(controls.statement(study, name) for name in study.experiments))

# %% [markdown]
# ## The figures and their numbers
#
# Each network has a figure and three tables. The first table has means over the hidden layers, and
# their standard deviation over the runs. The runs of the independent networks are pairs of them.
# The list below it says how far each mean is from 1, and how many times as far as pruning. The
# second table says whether these networks are any good. The last has every layer.
#
# ### VGG16_BN

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-controls-vgg16-bn", "caption": "VGG16_BN: similarity of each layer of the complete network with the same layer of other networks, by four metrics, mean over the runs. What was pruned or trained again is shown after its last iteration. The dashed line in the pale band is the null: the pruned networks, the images shuffled. All panels have the same vertical scale."}}
controls.figure(study, "vgg16_bn")

# %% tags=["hide-input"]
controls.overview(study, "vgg16_bn")

# %% tags=["hide-input"]
Markdown(controls.findings(study, "vgg16_bn"))

# %% tags=["hide-input"]
controls.accuracy_table(study, "vgg16_bn")

# %% tags=["hide-input"]
print(controls.numbers(study, "vgg16_bn"))

# %% [markdown]
# ### VGG_SVHN

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-controls-vgg-svhn", "caption": "VGG_SVHN: similarity of each layer of the complete network with the same layer of other networks, by four metrics, mean over the runs. What was pruned or trained again is shown after its last iteration. The dashed line in the pale band is the null: the pruned networks, the images shuffled. All panels have the same vertical scale."}}
controls.figure(study, "vgg_svhn")

# %% tags=["hide-input"]
controls.overview(study, "vgg_svhn")

# %% tags=["hide-input"]
Markdown(controls.findings(study, "vgg_svhn"))

# %% tags=["hide-input"]
controls.accuracy_table(study, "vgg_svhn")

# %% tags=["hide-input"]
print(controls.numbers(study, "vgg_svhn"))

# %% [markdown]
# ### ResNet_fast

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-controls-resnet-fast", "caption": "ResNet_fast: similarity of each layer of the complete network with the same layer of other networks, by four metrics, mean over the runs. What was pruned or trained again is shown after its last iteration. The dashed line in the pale band is the null: the pruned networks, the images shuffled. All panels have the same vertical scale."}}
controls.figure(study, "resnet_fast")

# %% tags=["hide-input"]
controls.overview(study, "resnet_fast")

# %% tags=["hide-input"]
Markdown(controls.findings(study, "resnet_fast"))

# %% tags=["hide-input"]
controls.accuracy_table(study, "resnet_fast")

# %% tags=["hide-input"]
print(controls.numbers(study, "resnet_fast"))

# %% [markdown]
# ## How to read it
#
# Start with *trained again as often, never pruned*. What this line has lost, pruning need not have
# taken: more training alone moves the representations as far. Only the gap from there down to
# *pruned* is the work of pruning.
#
# *Random masks* removes as many weights from each layer, but any. If its line lies below *pruned*,
# it matters which weights go. If the two coincide, it matters only how many.
#
# *Another complete network* has learnt the same task from another start. It shows how similar two
# networks are that have no weights in common. As long as *pruned* is above it, the pruned network
# is still recognisable as a descendant of its own complete network.
#
# *A network that was never trained* shows how much similarity the architecture and the images give
# for nothing. The *null* shows what remains when even the images are not the same.
#
# One caution. The standard deviations come from few runs. The pairs of independent networks share
# members, so they vary less than as many new pairs would.
#
# ## What the paper reports
#
# The paper compares pruned networks with their complete network, and with nothing else
# ({cite:t}`ansuini2020investigating`, section 4). It concludes from CKA that the two are
# "remarkably similar" (section 6.1), and from SVCCA that layers in the middle are very dissimilar
# (section 7). Without controls it leaves open how similar is remarkable.

# %% tags=["remove-cell"]
for name in study.experiments:
    for (line, metric), value in controls.means(study, name)["mean"].items():
        glue(f"{name}_{line}_{metric}", float(value), display=False)

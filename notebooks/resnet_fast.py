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
# # ResNet_fast
#
# **Do shortcuts around layers keep the representations similar?**
#
# In a residual block the input is added to the output of two convolutions. So information can pass
# the block unchanged, whatever pruning does to the convolutions ({doc}`methods`).

# %% tags=["parameters"]
results = "results"

# %% tags=["remove-cell"]
from IPython.display import Markdown
from myst_nb import glue

from lib.report import layerwise, scale
from lib.report.results import load_results

study = load_results(results)

# %% tags=["remove-input"]
Markdown(scale.statement(study.provenance, "resnet_fast"))

# %% [markdown]
# ## The figure

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-resnet-fast", "caption": "Similarity of each layer of the pruned ResNet_fast with the same layer of the complete network, by four metrics, mean over the pruning runs. Layers stand in forward order. Each line is one pruning iteration, from pale to strong. The dashed line in the pale band is the null of the last iteration, two standard deviations either side. All panels have the same vertical scale. The paper's Fig. 7."}}
layerwise.figure(study, "resnet_fast")

# %% [markdown]
# ## The numbers

# %% tags=["hide-input"]
layerwise.overview(study, "resnet_fast")

# %% [markdown]
# These are means after the last iteration. *Lowest* and *Where* name the hidden layer that the
# metric finds least similar. *Null there* is the value that the metric gives to that layer when
# the images of one network are shuffled, so that nothing is left to compare. A similarity means
# something only as far as it exceeds its null. *Independent there* is how similar complete networks
# are in that layer that were trained independently of each other, where that was measured
# ({doc}`controls`).
#
# Every layer, after the first and after the last iteration, with the null of the last:

# %% tags=["hide-input"]
print(layerwise.numbers(study, "resnet_fast"))

# %% [markdown]
# ## How to read it
#
# Look at the residual blocks: two *conv_res* layers and the *add* layer behind them. The sum
# contains the input of the block, so it can stay similar where the convolutions inside do not.
#
# ## What the paper reports
#
# The curves of the CCA family recall those of VGG16_BN, but recover little after the third
# convolution. They stay above 0.40, PWCCA above 0.45, and crowd together as pruning goes on. CKA
# stays near 0.90 or higher and shows no trend. NBS goes down to 0.82, with its bottom at the second
# residual block ({cite:t}`ansuini2020investigating`, section 5.3; where its first sentence says
# CKA, the numbers after it are those of SVCCA).

# %% tags=["remove-cell"]
for metric in layerwise.SHOWN:
    layer, value = layerwise.lowest(study, "resnet_fast", metric)
    glue(f"{metric}_lowest", value, display=False)
    glue(f"{metric}_where", layer, display=False)

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
# # VGG16_BN
#
# **Which layers of VGG16_BN does pruning change most, and do the metrics agree?**
#
# The network has thirteen convolutions in five blocks. A max-pooling layer closes each block
# ({doc}`methods`).

# %% tags=["parameters"]
results = "results"

# %% tags=["remove-cell"]
from IPython.display import Markdown
from myst_nb import glue

from lib.report import layerwise, scale
from lib.report.results import load_results

study = load_results(results)

# %% tags=["remove-input"]
Markdown(scale.statement(study.provenance, "vgg16_bn"))

# %% [markdown]
# ## The figure

# %% tags=["hide-input"] mystnb={"figure": {"name": "fig-vgg16-bn", "caption": "Similarity of each layer of the pruned VGG16_BN with the same layer of the complete network, by four metrics, mean over the pruning runs. Layers stand in forward order. Each line is one pruning iteration, from pale to strong. The dashed line in the pale band is the null of the last iteration, two standard deviations either side. All panels have the same vertical scale. The paper's Fig. 5."}}
layerwise.figure(study, "vgg16_bn")

# %% [markdown]
# ## The numbers

# %% tags=["hide-input"]
layerwise.overview(study, "vgg16_bn")

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
print(layerwise.numbers(study, "vgg16_bn"))

# %% [markdown]
# ## How to read it
#
# Follow one panel from left to right: images come in at the first layer and classes come out at
# the last. A dip says that the layers there differ more from the complete network than those
# before and after. Then compare the panels. They show the *same* networks and the same images.
# Where two panels differ in shape, the network is not the reason. It is the metric, or the matrix
# that the metric is given: {doc}`contrast` tells the two apart.
#
# Look at the dashed line as well. Where the others come near it, the metric hardly tells these
# networks from data that have nothing to do with each other.
#
# SVCCA and PWCCA compare channels: each position of each image is one observation. CKA and NBS
# compare whole images: each image is one observation. So the two pairs differ in the shape of the
# data as well as in the formula.
#
# ## What the paper reports
#
# SVCCA and PWCCA draw a "U". Its bottom, a little above 0.3, lies around the third block, and the
# output layers stay above 0.9. CKA tells another story: it never falls below 0.75 and declines
# slowly towards the output, where the sparser networks gather near 0.79. NBS stands between the
# two. It keeps to the range from 0.7 to 1.0, and its bottom lies two or three layers later than
# that of the "U" ({cite:t}`ansuini2020investigating`, sections 5.2 and 6.1).

# %% tags=["remove-cell"]
for metric in layerwise.SHOWN:
    layer, value = layerwise.lowest(study, "vgg16_bn", metric)
    glue(f"{metric}_lowest", value, display=False)
    glue(f"{metric}_where", layer, display=False)

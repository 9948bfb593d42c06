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
# # Methods
#
# **What exactly is compared with what?**
#
# Five steps lead from images to the figures of this book. They follow section 4 of
# {cite:t}`ansuini2020investigating`.
#
# 1. **Train.** A convolutional network learns to classify images. This is the *complete* network.
# 2. **Prune.** The weights of smallest magnitude are set to zero, over all convolutions together,
#    and the network is trained again with its whole learning-rate schedule. This is repeated.
#    Each repetition is an *iteration*, the whole sequence a *run*. All runs start from the same
#    complete network and differ in the order of the images and in their augmentation. The method
#    is iterative magnitude pruning {cite}`han2015learning` with learning-rate rewinding
#    {cite}`renda2020comparing`.
# 3. **Record.** The complete and the pruned networks see the same probe images. The output of each
#    layer for all these images is the layer's *representation*.
# 4. **Compare.** Each layer of a pruned network is compared with the same layer of the complete
#    one, by several similarity metrics.
# 5. **Average.** The figures show means over the runs.

# %% tags=["parameters"]
results = "results"

# %% tags=["remove-cell"]
from IPython.display import Markdown, display

from lib.report import networks, recipes, scale
from lib.report.results import load_results

study = load_results(results)


def setting(experiment):
    return study.settings(experiment)


# %% [markdown]
# ## Data and scale

# %% tags=["remove-input"]
display(Markdown(scale.statement(study.provenance)))
for text in dict.fromkeys(setting(name)["dataset_description"] for name in study.experiments):
    display(Markdown(text))

# %% [markdown]
# ## Metrics
#
# A metric takes two representations of the same $n$ images and returns a number from 0 to 1. One
# means: the same, up to changes that the metric does not mind. {doc}`similarity_metrics` has the
# equations, computes each by hand, and shows what a number means.
#
# **The CCA family** looks for the directions in which two representations agree best. Each position
# of each image is one observation, so $n$ images with $c$ channels of $h \times w$ positions become
# a matrix of $nhw$ rows and $c$ columns.
#
# - *SVCCA* {cite}`raghu2017svcca` first keeps the principal directions that carry 99 % of the
#   variance, then takes the mean canonical correlation {cite}`hotelling1936relations`.
# - *PWCCA* {cite}`morcos2018insights` weighs the correlations by how much of the layer their
#   directions carry.
#
# **The kernel family** asks whether the same pairs of images are close in both representations.
# Each image is one observation with $chw$ features, and the Gram matrix holds their inner products.
#
# - *CKA* {cite}`kornblith2019similarity` is the cosine of the two centred Gram matrices.
# - *NBS* {cite}`tang2020similarity` is their fidelity. The paper's equation 7 is misprinted
#   ({ref}`why <misprint>`), so the book follows the definition of its source.
#
# A fifth metric, the *cosine*, serves the output layers only ({doc}`output_layers`).
#
# **Nulls.** Two representations that have nothing to do with each other seldom get a 0. So each
# number has a null beside it: the value for the same two representations after the images of one
# of them have been shuffled.
#
# ## Networks
#
# The tables list the recorded layers in forward order. They are read from the networks themselves.
# Convolutions are recorded after batch normalisation and ReLU, sums of residual blocks after the
# addition, outputs before softmax (paper, section 5.2). "Output" gives channels, height and width.

# %% [markdown]
# ### VGG16_BN

# %% tags=["hide-input"]
networks.layer_table("vgg16_bn", setting("vgg16_bn")["width"])

# %% [markdown]
# ### VGG_SVHN

# %% tags=["hide-input"]
networks.layer_table("vgg_svhn", setting("vgg_svhn")["width"])

# %% [markdown]
# ### ResNet_fast

# %% tags=["hide-input"]
networks.layer_table("resnet_fast", setting("resnet_fast")["width"])

# %% [markdown]
# ## Hyperparameters
#
# The tables show what differs from the paper, and why. What is as in the paper is folded below
# each of them. "The authors' public code" is {cite:t}`ansuini2020code`.

# %% [markdown]
# ### Hyperparameters of VGG16_BN

# %% tags=["hide-input"]
recipes.deviations(study, "vgg16_bn")

# %% tags=["remove-input", "hide-output"] mystnb={"code_prompt_show": "Show what is as in the paper", "code_prompt_hide": "Hide what is as in the paper"}
recipes.kept(study, "vgg16_bn")

# %% [markdown]
# ### Hyperparameters of VGG_SVHN

# %% tags=["hide-input"]
recipes.deviations(study, "vgg_svhn")

# %% tags=["remove-input", "hide-output"] mystnb={"code_prompt_show": "Show what is as in the paper", "code_prompt_hide": "Hide what is as in the paper"}
recipes.kept(study, "vgg_svhn")

# %% [markdown]
# ### Hyperparameters of ResNet_fast

# %% tags=["hide-input"]
recipes.deviations(study, "resnet_fast")

# %% tags=["remove-input", "hide-output"] mystnb={"code_prompt_show": "Show what is as in the paper", "code_prompt_hide": "Hide what is as in the paper"}
recipes.kept(study, "resnet_fast")

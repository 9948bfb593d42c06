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
# # Which metric should I use?
#
# **You have two networks and a question. Which metric answers it, and what does a value of 0.7 say?**
#
# Choose a metric by what should count as *the same*. Metrics of the CCA family ignore any invertible linear map of
# the channels. CKA and NBS ignore rotations and rescalings only, and listen to strong directions more than to faint
# ones. Then read the value on the metric's own ruler, never on that of another metric.

# %% tags=["parameters"]
results = "results/chapters/converged"

# %% tags=["remove-cell"]
from lib.analyses.converged.papers_names import open_networks
from lib.analyses.which_metric import analysis
from lib.book.findings import record
from lib.book.report.figure import PanelFigure
from lib.book.report.format import Table, number
from lib.book.report.page import glue

# %%
study = open_networks(results)

# %% [markdown]
# VGG16_BN and ResNet_fast have a quarter of the paper's channels here ({doc}`vgg16_bn` and {doc}`resnet_fast` show the wide
# ones), and VGG_SVHN has all.
#
# ## I want to know …
#
# | … whether | Take | On the {ref}`matrix <matrices>` of |
# | --- | --- | --- |
# | a layer is the same one as in another network | CKA or NBS | images |
# | a pruned network still resembles the one it comes from | PWCCA, beside networks of other seeds | channels |
# | a layer holds the same information for a linear reader | mean CCA, with its rank and dead channels | channels |
# | two networks give the same answers | the share of equal answers, and no similarity of layers | – |
#
# `compare_networks(a, b, images, metrics=["nbs"], reshapes=["channels"])` takes NBS on channels, and `"flat"` is the matrix
# of images ({doc}`your_own`). Each line has its reason:
#
# :::{finding}
# :expects: validity-finds-{vgg16_bn,vgg_svhn}-svcca = does not hold; validity-finds-{vgg16_bn,vgg_svhn,resnet_fast}-{cka,nbs} = holds; validity-finds-resnet_fast-svcca = undecided
# **The same layer.** CKA and NBS find it in each of the three networks; SVCCA is shown to beat a guess in none
# ({doc}`validity`).
# :::
#
# :::{finding}
# :expects: controls-descent-everywhere = holds; ancestry-everywhere-pwcca = holds
# **Descent.** With a third of the weights left, each of the paper's metrics shows in every layer where a pruned network
# comes from ({doc}`controls`). With a hundredth left, PWCCA still ranks the right network first in every layer of networks
# of the paper's width ({ref}`ancestry`).
# :::
#
# :::{finding}
# :expects: {vgg16-bn,vgg-svhn,resnet-fast}-silent = above 0
# **Information.** A linear reader is free to rotate and rescale, and so is CCA. But it averages over the directions
# that are left, so channels which pruning has silenced do not count, unless you count a
# {ref}`lost direction as 0 <lost-directions>`.
# :::
#
# :::{finding}
# :expects: output-layers-answers-{vgg16_bn,vgg_svhn,resnet_fast} = does not hold
# **Answers.** Pruning to a hundredth of the weights changes more answers than training as long does ({doc}`accuracy`).
# :::
#
# ```{index} 0.7
# ```
#
# (ruler)=
# ## What does 0.7 mean?
#
# :::{finding}
# :expects: ruler-{vgg16-bn,vgg-svhn,resnet-fast}-svcca = below; ruler-{vgg16-bn,vgg-svhn,resnet-fast}-{cka,nbs} = above
# **By SVCCA, a relative; by CKA and NBS, less than a stranger.** Networks that share nothing but the data and the
# recipe score {glue:text}`svcca_low:s` to {glue:text}`svcca_high:s` by SVCCA, and {glue:text}`cka_low:s` to
# {glue:text}`cka_high:s` by CKA.
# :::
#
# Each ruler runs from 0 to 1. Its marks are similarities to the complete network; a *stranger* was trained from other
# random weights.
#
# :::{figure-title} fig-ruler
# :expects: ruler-{vgg16-bn,vgg-svhn,resnet-fast}-svcca = below; ruler-{vgg16-bn,vgg-svhn,resnet-fast}-cka = above
# 0.7 lies above SVCCA's strangers and below CKA's
# :::

# %% mystnb={"figure": {"name": "fig-ruler", "caption": "The ruler of each metric in each network: means over the hidden layers. Bar: images shuffled. Triangle: never trained. Open circle: trained from other random weights. Diamond: pruned to the end. Square: trained as long without pruning. 1 is the complete network itself."}}
ruler = analysis.marks(study)
figure = PanelFigure("ruler")
for network in study.experiments:
    axes = figure.panel(study.network(network), left=0.21)
    analysis.draw_ruler(axes, ruler.loc[network])
figure

# %%
strangers = ruler.independent.unstack()
glue(
    svcca_low=number(strangers.svcca.min()),
    svcca_high=number(strangers.svcca.max()),
    cka_low=number(strangers.cka.min()),
    cka_high=number(strangers.cka.max()),
)
record(*analysis.strangers_beside(0.7, study))

# %% [markdown]
# Here is where 0.7 stands on a scale from shuffled images (0) through strangers (1) to identity (2):

# %%
Table.of(analysis.positions_table(0.7, ruler, study))

# %% [markdown]
# Between strangers and identity CKA and NBS have little room, so that a difference of 0.03 may be most of the way,
# where for SVCCA it is little. That is why {doc}`contrast` compares places on this scale, and not raw values.
#
# The numbers of the figure:

# %% tags=["hide-output"]
Table.of(analysis.shown_marks(ruler, study))

# %% [markdown]
# ## Make a ruler of your own
#
# Your networks will have other marks, and these cost little:
#
# - `permutations=200` gives the null beside each value;
# - a second network, trained from another seed, gives the strangers;
# - the complete network, trained for as long as the pruned one was, gives the training.
#
# With few images take debiased CKA, whose null is 0, and the {ref}`interval of the images <interval-of-images>`.
#
# ## Exercises
#
# **1.** CKA of two networks is 0.9 on average over the layers of VGG_SVHN. Is that more or less than between
# strangers?
#
# :::{dropdown} Answer
# Less: the open circle of CKA stands to the right of 0.9. Without the ruler one would have called it very similar.
# :::

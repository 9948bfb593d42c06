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
# # How similar are pruned and unpruned networks?
#
# :::{finding}
# :expects: contrast-place-vgg16-bn-svcca = as independent networks; contrast-place-vgg-svhn-svcca = as independent networks; contrast-place-resnet-fast-svcca = as independent networks; contrast-place-vgg-svhn-cka = as independent networks; contrast-place-resnet-fast-cka = as independent networks; contrast-place-vgg16-bn-cka = undecided
# **About as similar as strangers.** Prune a network until almost no weights are left, and its layers resemble
# those it started from about as much as those of a network trained from other random weights do. One of six
# comparisons, VGG16_BN by CKA, is too uncertain to say so.
# :::
#
# :::{finding}
# :expects: vgg16_bn-one-scale-end = holds; resnet_fast-one-scale-end = holds; vgg_svhn-one-scale-end = undecided; contrast-place-resnet-fast-converged-svcca = closer; contrast-place-resnet-fast-converged-cka = as independent networks
# The surprise is that two metrics, SVCCA and CKA, agree on this although their raw values differ by
# {glue:text}`contrast.ipynb::contrast_least:s` or more: between shuffled images and strangers, they put pruned networks
# in the same place, to within a tenth of the way. In VGG_SVHN three networks do not suffice to say, and in ResNet_fast
# they differ more where training has ended.
# :::
#
# :::{finding}
# :expects: vgg16_bn-converged = does not hold; resnet_fast-converged = does not hold; vgg16-bn-converged-level-1-svcca = about as close; vgg16-bn-converged-level-1-cka = about as close; vgg16_bn_converged-adds-svcca = holds; vgg16_bn_converged-adds-cka = holds; contrast-place-vgg16-bn-converged-svcca = closer; contrast-place-vgg16-bn-converged-cka = undecided; vgg-svhn-converged-level-1-svcca = about as close; vgg-svhn-converged-level-1-cka = about as close; vgg_svhn_converged-adds-svcca = holds; vgg_svhn_converged-adds-cka = holds; contrast-place-vgg-svhn-converged-svcca = as independent networks; contrast-place-vgg-svhn-converged-cka = as independent networks; resnet-fast-converged-level-1-svcca = about as close; resnet-fast-converged-level-1-cka = about as close; resnet_fast_converged-adds-svcca = holds; resnet_fast_converged-adds-cka = holds; contrast-place-resnet-fast-converged-svcca = closer; contrast-place-resnet-fast-converged-cka = as independent networks; ancestry-everywhere-pwcca = holds
# It rests on three complete networks of each kind, slim and briefly trained. All were also trained to the end. With a
# third of their weights they are then about as similar to their complete networks as after training alone; with a
# hundredth VGG_SVHN is a stranger, and the others almost. Even so, by PWCCA each layer shows where it comes from
# ({doc}`converged`).
# :::
#
# ```{glue} one_scale_figure
# :doc: contrast.ipynb
# ```
#
# *The most pruned networks beside the complete ones they come from, on average over the hidden layers. On the left the
# raw values, on the right the same on one scale: 0 for shuffled images, 1 for networks trained from other
# random weights, 2 for identical ones; {doc}`more <contrast>`.*
#
# :::::{grid} 1 3 3 3
# :gutter: 2
#
# ::::{grid-item}
# :::{button-ref} which_metric
# :ref-type: doc
# :color: primary
# :expand:
# Which metric should I use?
# :::
# ::::
#
# ::::{grid-item}
# :::{button-ref} why-believe-it
# :ref-type: ref
# :color: primary
# :expand:
# Can I believe it?
# :::
# ::::
#
# ::::{grid-item}
# :::{button-ref} run_it
# :ref-type: doc
# :color: primary
# :expand:
# Run it
# :::
# ::::
# :::::
#
# This book repeats and extends {cite:t}`ansuini2020investigating`.

# %% tags=["parameters"]
results = "results"

# %% [markdown]
# ## Is it pruning?
#
# :::{finding}
# :expects: vgg16_bn_converged-adds-svcca = holds; vgg16_bn_converged-adds-cka = holds; vgg16-bn-converged-level-1-svcca = about as close; vgg16-bn-converged-level-1-cka = about as close; vgg16-bn-converged-depth-svcca = below 0; vgg16-bn-converged-depth-cka = below 0; vgg_svhn_converged-adds-svcca = holds; vgg_svhn_converged-adds-cka = holds; vgg-svhn-converged-level-1-svcca = about as close; vgg-svhn-converged-level-1-cka = about as close; vgg-svhn-converged-depth-svcca = below 0; vgg-svhn-converged-depth-cka = below 0; resnet-fast-converged-level-1-svcca = about as close; resnet-fast-converged-level-1-cka = about as close; resnet_fast_converged-adds-svcca = holds; resnet_fast_converged-adds-cka = holds; resnet-fast-converged-depth-svcca = below 0; resnet-fast-converged-depth-cka = below 0
# Where training has ended, it is. In all three networks, trained until next to nothing was left to gain, taking away
# the first two thirds of the weights makes hardly a difference beside training on. What follows takes them much
# further than training does, their last layers most ({doc}`converged`).
# :::
#
# :::{finding}
# :expects: vgg16-bn-mean-trained-on-svcca = about as close; resnet-fast-mean-trained-on-svcca = about as close; full-scale-training-vgg-svhn-slim = further; full-scale-training-vgg-svhn-full = about as close; vgg16-bn-twins-svcca = below 0; vgg16-bn-twins-cka = below 0
# Where training still moves a network, pruning adds less. In briefly trained VGG16_BN and ResNet_fast, and in one
# VGG_SVHN of the paper's width and recipe, networks that were trained as long without losing a weight end about as far
# away by SVCCA; in slim VGG_SVHN pruning takes them further ({doc}`controls`, {doc}`robustness`).
# :::
#
# :::{finding}
# :expects: vgg16-bn-silent = above 0; vgg-svhn-silent = above 0; vgg16-bn-u-left = above 0; vgg16-bn-u-all = undecided; vgg-svhn-u-left = above 0; vgg-svhn-u-all = undecided; full-scale-directions-vgg-svhn-full = further
# What SVCCA and its family overlook are the channels that pruning silences. If a direction that is lost counts as 0,
# the "U" that mean CCA draws in the two VGGs is no longer shown, and pruning takes the VGG_SVHN of the paper's width
# further than training does ({ref}`more <lost-directions>`).
# :::
#
# :::{finding}
# :expects: resnet-fast-layers-strangers-svcca = closer; resnet-fast-layers-strangers-cka = neither
# Strangers here were trained for a few epochs only. Where pruned networks were set beside complete ones of other seeds
# with equal training, in ResNet_fast, some layers are closer to their own by SVCCA and none is further; by CKA
# none differs ({doc}`resnet_fast`).
# :::
#
# :::{finding}
# :expects: accuracy-costless-vgg16-bn = about as close; accuracy-costless-vgg-svhn = about as close; accuracy-costless-resnet-fast = about as close
# As long as pruning costs no accuracy, it moves the layers about as far as training alone does
# ({ref}`more <while-pruning-costs-nothing>`).
# :::
#
# :::{finding}
# :expects: vgg16-bn-layers-independent-svcca = both ways; resnet-fast-layers-independent-svcca = both ways
# A mean hides layers that go opposite ways: at equal accuracy, some layers of VGG16_BN and ResNet_fast are closer to
# the complete network than a stranger's, and others are further away ({doc}`vgg16_bn`, {doc}`resnet_fast`).
# :::
#
# (why-believe-it)=
# ## Why believe it
#
# - **Networks are counted, not runs**: each interval is over complete networks from different seeds. Pruned
#   networks stand beside controls: trained as long without pruning, trained from another start, and pruned at
#   random ({doc}`controls`).
# - Similarities stand beside their **null**, the value for shuffled images ({doc}`what_a_value_means`).
# - **Sentences are guarded**: each finding names the comparisons that it rests on, and this book is not built
#   where one of them comes out otherwise.
# - **Claims are decided by rules** ({doc}`claims`). {ref}`how-claims-are-decided` says which rules were
#   committed before the runs that they decide. Of {glue:text}`claims.ipynb::paper_claims:d` claims of
#   {cite:t}`ansuini2020investigating`, {glue:text}`claims.ipynb::paper_holds:d` hold here and
#   {glue:text}`claims.ipynb::paper_does_not_hold:d` do not; the others are undecided, or need more than was
#   measured.
# - The metrics agree with **their definitions** up to rounding, and with other people's code. Their
#   settings are varied one by one ({doc}`robustness`).
# - Each similarity of a pruned network can be **computed again** from its seeds by one command
#   ({ref}`more <provenance>`).
#
# ## What it does not show
#
# This book says nothing about other architectures. What has been run at the paper's own width is on
# {doc}`robustness`. Nor does a similarity say whether a difference is good or bad, since a
# metric sees only the geometry of a layer. {doc}`function` asks how much of a network's answers can be
# read off it, and {doc}`prunings` what changes with the way of pruning.

# %%
from lib.book.report.page import open_study

study = open_study(results)

# %% [markdown]
# ## Where to go from here
#
# :::::{grid} 1 1 3 3
# :gutter: 3
#
# ::::{grid-item-card} Read: five pages
# :columns: 12 12 3 3
#
# {doc}`introduction`, {doc}`vgg16_bn`, {doc}`controls`, {doc}`contrast`, {doc}`conclusions`.
# Or try two networks by hand: {doc}`alive`.
# ::::
#
# ::::{grid-item-card} Use it on your networks
# :columns: 12 12 6 6
#
# ```python
# from lib import compare_networks
#
# compare_networks(a, b, images)
# ```
# gives a table with a row for each layer and metric; `permutations=200` adds p-values. {doc}`your_own`
# says what `a`, `b` and `images` may be.
# ::::
#
# ::::{grid-item-card} Run it
# :columns: 12 12 3 3
#
# ```sh
# make book
# ```
# in a clone trains, prunes and compares on small images, without a GPU, and builds this book.
# {doc}`run_it` has the larger scales.
# ::::
# :::::

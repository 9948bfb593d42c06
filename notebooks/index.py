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
# :expects: contrast-place-vgg16-bn-converged-svcca = closer; contrast-place-vgg16-bn-converged-cka = undecided; contrast-place-vgg-svhn-converged-svcca = as independent networks; contrast-place-vgg-svhn-converged-cka = as independent networks; contrast-place-resnet-fast-converged-svcca = closer; contrast-place-resnet-fast-converged-cka = as independent networks
# **Hardly more than strangers.** Train a network until it stops improving, prune it to a hundredth of its weights, and
# its layers resemble those it started from hardly more than those of a stranger, trained from other random weights, do:
# at most {glue:text}`converged.ipynb::most_left:s` of the way from a stranger to an identical network is left.
# :::
#
# :::{finding}
# :expects: contrast-place-vgg16-bn-converged-svcca = closer; contrast-place-vgg16-bn-converged-cka = undecided; contrast-place-vgg-svhn-converged-svcca = as independent networks; contrast-place-vgg-svhn-converged-cka = as independent networks; contrast-place-resnet-fast-converged-svcca = closer; contrast-place-resnet-fast-converged-cka = as independent networks; ancestry-everywhere-pwcca = holds
# Two things surprise. SVCCA and CKA nearly agree on this, although their raw values lie
# {glue:text}`converged.ipynb::apart_least:s` or more apart. And by PWCCA each layer still shows which network it comes
# from.
# :::
#
# :::{finding}
# :expects: vgg16-bn-converged-level-1-svcca = about as close; vgg16-bn-converged-level-1-cka = about as close; vgg16_bn_converged-adds-svcca = holds; vgg16_bn_converged-adds-cka = holds; vgg-svhn-converged-level-1-svcca = about as close; vgg-svhn-converged-level-1-cka = about as close; vgg_svhn_converged-adds-svcca = holds; vgg_svhn_converged-adds-cka = holds; resnet-fast-converged-level-1-svcca = about as close; resnet-fast-converged-level-1-cka = about as close; resnet_fast_converged-adds-svcca = holds; resnet_fast_converged-adds-cka = holds
# It rests on three networks of each of three kinds, slim and trained on few images. It ends where weights abound: with
# a third of them left, pruning changes the layers hardly more than training on does ({doc}`converged`).
# :::
#
# ```{glue} converged_scale_figure
# :doc: converged.ipynb
# ```
#
# *The most pruned networks beside the complete ones they come from, on average over the hidden layers. On the left the
# raw values, on the right the same on one scale: 0 for shuffled images, 1 for networks trained from other
# random weights, 2 for identical ones; {ref}`more <converged-scale>`.*
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
# Those strangers had a fraction of the training. Where briefly trained networks were pruned and set beside complete
# ones of other seeds with equal training, in ResNet_fast, some layers are closer to their own by SVCCA and none is
# further; by CKA none differs ({doc}`resnet_fast`).
# :::
#
# :::{finding}
# :expects: accuracy-costless-vgg16-bn = about as close; accuracy-costless-vgg-svhn = about as close; accuracy-costless-resnet-fast = about as close
# As long as pruning costs no accuracy, it moves the layers of these networks about as far as training alone does
# ({ref}`more <while-pruning-costs-nothing>`).
# :::
#
# :::{finding}
# :expects: vgg16-bn-layers-independent-svcca = both ways; resnet-fast-layers-independent-svcca = both ways
# A mean hides layers that go opposite ways: at equal accuracy, some layers of briefly trained VGG16_BN and ResNet_fast
# are closer to the complete network than a stranger's, and others are further away ({doc}`vgg16_bn`,
# {doc}`resnet_fast`).
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
# {doc}`introduction`, {doc}`converged`, {doc}`controls`, {doc}`contrast`, {doc}`conclusions`.
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
